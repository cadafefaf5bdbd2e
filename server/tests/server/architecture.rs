//! Holds the arrows between the crates, and the absences that keep them apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which workspace crates each one may use. A missing arrow is the design, not an oversight.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("knowledge", &["domain"]),
    ("store", &["domain"]),
    ("inference", &["domain"]),
    ("integrations", &["domain"]),
    ("llama", &["inference", "domain"]),
    ("services", &["store", "inference", "integrations", "knowledge", "domain"]),
    ("app", &["services", "domain"]),
    ("frontend", &["app"]),
    ("server", &["app", "domain", "inference", "integrations", "knowledge", "llama", "services", "store"]),
];

/// Who may see what of the outside.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("llama-cpp-2", &["llama"]),
    ("reqwest", &["inference", "integrations"]),
    ("lettre", &["integrations"]),
    ("axum", &["server"]),
    ("leptos", &["app", "frontend", "server"]),
    ("leptos_axum", &["app", "server"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Crate → the crates that it uses outside of its tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let uses = |package: &Value| {
        let all = package["dependencies"].as_array().unwrap();
        all.iter().filter(|dependency| dependency["kind"] != "dev").map(name).collect()
    };
    metadata["packages"].as_array().unwrap().iter().map(|package| (name(package), uses(package))).collect()
}

#[test]
fn crates_use_only_what_the_design_allows() {
    let found = dependencies();
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    assert_eq!(
        found.keys().map(String::as_str).collect::<Vec<_>>(),
        allowed.keys().copied().collect::<Vec<_>>(),
        "every crate has its arrows"
    );
    for (name, uses) in &found {
        for used in uses.iter().filter(|used| found.contains_key(*used)) {
            assert!(allowed[name.as_str()].contains(&used.as_str()), "{name} must not use {used}");
        }
    }
}

#[test]
fn the_outside_is_seen_by_few() {
    for (name, uses) in dependencies() {
        for (outside, may) in OUTSIDE {
            assert!(!uses.contains(*outside) || may.contains(&name.as_str()), "{name} must not use {outside}");
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_page_code_has_one_seam_between_server_and_browser() {
    let app = root().join("app/src");
    for file in sources(&app) {
        let text = std::fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&app).unwrap().display().to_string();
        assert!(!text.contains("feature = \"ssr\"") || name == "lib.rs", "{name} has a cfg of its own");
        assert!(!text.contains("sqlx") && !text.contains("SELECT "), "{name} knows about SQL");
    }
}

#[test]
fn sql_stands_in_the_store_alone() {
    for folder in [
        "server/src",
        "server/crates/services/src",
        "server/crates/domain/src",
        "server/crates/inference/src",
        "server/crates/llama/src",
    ] {
        for file in sources(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(
                !["SELECT ", "INSERT INTO ", "DELETE FROM "].iter().any(|word| text.contains(word)),
                "{}",
                file.display()
            );
        }
    }
}

#[test]
fn files_stay_small() {
    for folder in ["app/src", "frontend/src", "server/src", "server/crates"] {
        for file in sources(&root().join(folder)) {
            let lines = std::fs::read_to_string(&file).unwrap().lines().count();
            let most = if file.starts_with(root().join("app/src")) { 200 } else { 400 };
            assert!(lines <= most, "{} has {lines} lines; {most} at most", file.display());
        }
    }
}

#[test]
fn migrations_use_portable_types() {
    for entry in std::fs::read_dir(root().join("migrations")).unwrap() {
        let path = entry.unwrap().path();
        let sql = std::fs::read_to_string(&path).unwrap().to_uppercase();
        let code: String =
            sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
        let words: BTreeSet<_> = code.split(|character: char| !character.is_alphanumeric()).collect();
        for word in [
            "BOOLEAN",
            "INTEGER",
            "INT",
            "SERIAL",
            "NUMERIC",
            "TIMESTAMP",
            "JSONB",
            "BLOB",
            "BYTEA",
            "AUTOINCREMENT",
            "TRIGGER",
            "REAL",
        ] {
            assert!(!words.contains(word), "{}: {word}", path.display());
        }
    }
}
