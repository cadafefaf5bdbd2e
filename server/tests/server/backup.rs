//! The commands that an operator gives: backup, restore, doctor.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::http::{ADA, encode, path};
use crate::support::{Serving, client, free_port, program, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_serving_server_is_backed_up_and_restored_elsewhere() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let serving = Serving::start(program(folder.path(), port), folder.path(), port);
    let post = |address: &str, function: &str| {
        let request = client().post(format!("{address}{}", path(function)));
        let request = request.header("origin", address).header("content-type", "application/x-www-form-urlencoded");
        request.body(encode(ADA)).send()
    };
    assert!(post(&serving.address, "/register").await.unwrap().status().is_success());
    fs::create_dir_all(folder.path().join("data/files")).unwrap();
    fs::write(folder.path().join("data/files/cv.txt"), "Ada").unwrap();
    let backup = folder.path().join("lodestar.backup");
    let file = backup.to_str().unwrap();
    let (ok, said) = run(&mut program(folder.path(), port), &["backup", file]);
    assert!(ok && said.contains("of SQLite and 2 files."), "{said}");
    let (ok, said) = run(&mut program(folder.path(), port), &["backup", file]);
    assert!(!ok && said.contains("is there already"), "{said}");
    let (ok, said) = run(&mut program(folder.path(), port), &["restore", file, "--force"]);
    assert!(!ok && said.contains("Lodestar runs on this data folder"), "{said}");
    serving.stop();
    let (ok, said) = run(&mut program(folder.path(), port), &["restore", file]);
    assert!(!ok && said.contains("add --force"), "{said}");

    let elsewhere = tempfile::tempdir().unwrap();
    let (ok, said) = run(&mut program(elsewhere.path(), port), &["restore", file]);
    assert!(ok && said.contains("Restored"), "{said}");
    assert_eq!(fs::read_to_string(elsewhere.path().join("data/files/cv.txt")).unwrap(), "Ada");
    let key = |folder: &Path| fs::read_to_string(folder.join("data/secret.key")).unwrap();
    assert_eq!(key(elsewhere.path()), key(folder.path()), "sealed secrets open there as well");
    let serving = Serving::start(program(elsewhere.path(), port), elsewhere.path(), port);
    assert!(post(&serving.address, "/sign_in").await.unwrap().status().is_success());
    serving.stop();
}

/// The lines that say that something is wrong.
fn wrong(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.starts_with("WRONG")).collect()
}

#[test]
fn the_doctor_says_what_is_wrong_and_what_to_do() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let program = || program(folder.path(), port);
    let (ok, said) = run(&mut program(), &["doctor"]);
    assert!(ok && wrong(&said).is_empty(), "{said}");
    for part in
        ["configuration", "data folder", "database", "pages", "model", "mail", "clock", "disk", "memory", "address"]
    {
        let line = said.lines().find(|line| line.contains(&format!(" {part}")));
        assert!(line.is_some_and(|line| line.starts_with("OK") || line.starts_with("NOTE")), "{part}: {said}");
    }
    assert!(!folder.path().join("data").exists(), "looking changes nothing");

    let (ok, said) = run(program().env("LODESTAR_HTTP__ADRESS", "x"), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("Did you mean “addr”?"), "{said}");

    assert!(run(&mut program(), &["migrate"]).0);
    let data = folder.path().join("data");
    let (ok, said) = run(&mut program(), &["doctor"]);
    assert!(ok && said.contains("the newest"), "{said}");

    fs::set_permissions(&data, fs::Permissions::from_mode(0o777)).unwrap();
    let (ok, said) = run(&mut program(), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("run `chmod 700"), "{said}");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (ok, said) = run(program().env("LODESTAR_METRICS__ADDR", &address), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("choose another metrics.addr"), "{said}");

    drop(taken);
    let from = ("LODESTAR_MAIL__FROM", "Lodestar <coach@example.org>");
    let (ok, said) =
        run(program().env("LODESTAR_MAIL__SMTP", format!("smtp://{address}")).env(from.0, from.1), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("mail: the mail server cannot be used: Connection refused"), "{said}");

    let (ok, said) = run(program().env("LODESTAR_MODELS__EMBEDDING", "all-MiniLM-L6-v2"), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("run `lodestar models pull all-MiniLM-L6-v2`"), "{said}");

    let empty = folder.path().join("empty");
    fs::create_dir_all(&empty).unwrap();
    let (ok, said) = run(program().env("LODESTAR_HTTP__SITE_DIR", &empty), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("set http.site_dir"), "{said}");

    fs::write(data.join("lodestar.sqlite"), "this is no database, and long enough to be looked at ".repeat(40))
        .unwrap();
    let (ok, said) = run(&mut program(), &["doctor"]);
    assert!(!ok && wrong(&said)[0].contains("database"), "{said}");
}
