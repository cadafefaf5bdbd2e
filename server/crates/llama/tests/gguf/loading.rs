//! Whether llama.cpp bears what the check lets pass: everything that is accepted is loaded and
//! used in a process of its own, which must not die.

use std::{
    env, fs,
    io::Write,
    path::Path,
    process::{self, Command},
    thread,
    time::Duration,
};

use domain::model::ModelRole;
use futures::StreamExt;
use inference::{Embedder, Engine, Message, Output, Request};
use llama::{
    Chat, ChatOptions, Embedding, EmbeddingOptions,
    gguf::{self, Architecture},
};

use crate::{changes, sound};

/// Names the folder to the process that loads what is in it.
const FOLDER: &str = "GGUF_FOLDER";

/// Loads and uses everything in `folder`, of which there must be at least `least`.
fn load_all(folder: &Path, least: usize) {
    let count = fs::read_dir(folder).unwrap().count();
    assert!(count >= least, "{count} files were accepted, fewer than {least}");
    let program = env::current_exe().unwrap();
    let output = Command::new(program)
        .args(["loading::the_process_that_loads", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        // Else llama.cpp would call a debugger before it ends, which can wait for ever.
        .env("GGML_NO_BACKTRACE", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let last = said.lines().rev().find(|line| line.starts_with("loading ")).unwrap_or("nothing");
    assert!(
        output.status.success(),
        "{} while {last}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).lines().rev().take(12).collect::<Vec<_>>().join("\n")
    );
    assert_eq!(said.matches("loading ").count(), count, "{said}");
}

/// Does nothing unless [`load_all`] started it.
#[test]
fn the_process_that_loads() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    thread::spawn(|| {
        thread::sleep(Duration::from_secs(300));
        process::exit(3);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        println!("loading {name}");
        std::io::stdout().flush().unwrap();
        let result = runtime.block_on(using(&path));
        assert!(!name.starts_with("sound") || result.is_ok(), "{name}: {result:?}");
    }
}

/// Opens a model and lets it do what it is for.
async fn using(path: &Path) -> domain::Result<()> {
    if gguf::check(path)?.architecture == Architecture::Bert {
        let model = Embedding::open("bert", path, EmbeddingOptions { threads: 1, ..EmbeddingOptions::default() })?;
        let texts = ["a b. A\u{e9}\u{4e2d}?".to_owned(), "b ".repeat(400), String::new()];
        return model.embed(&texts).await.map(drop);
    }
    let options = ChatOptions { threads: 1, context: 256, memory: 512, sequences: 2, ..ChatOptions::default() };
    let model = Chat::open("chat", path, options)?;
    for temperature in [0.0, 1.0] {
        let messages = vec![Message::system("ab"), Message::user("a b? \u{e9}\u{4e2d}\n <|end|> x")];
        let request = Request { max_tokens: 8, temperature, ..Request::new(ModelRole::Fast, messages, 1) };
        let mut outputs = model.stream(request).await?;
        while let Some(output) = outputs.next().await {
            if let Output::End(_) = output? {
                break;
            }
        }
    }
    Ok(())
}

#[test]
fn llama_cpp_bears_every_change_that_is_accepted() {
    let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (name, model) in sound::all() {
        model.write(&folder.path().join(format!("sound {name}.gguf")));
    }
    let path = scratch.path().join("changed.gguf");
    let changes = changes::all();
    assert!(changes.len() > 1_000, "{}", changes.len());
    let mut accepted = 0;
    for (index, change) in changes.iter().enumerate() {
        change.model.write(&path);
        if gguf::check(&path).is_ok() {
            let what: String = change.what.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            fs::rename(&path, folder.path().join(format!("{index:05} {what:.80}.gguf"))).unwrap();
            accepted += 1;
        }
    }
    // Most changes are harm, and what is none must not be refused: names, scores, texts of tokens.
    assert!(accepted * 4 < changes.len(), "{accepted} of {}", changes.len());
    load_all(folder.path(), 100);
}

#[test]
fn llama_cpp_bears_weights_that_are_not_numbers() {
    let folder = tempfile::tempdir().unwrap();
    for (name, model) in sound::all() {
        let path = folder.path().join(format!("{name}.gguf"));
        model.write(&path);
        let mut bytes = fs::read(&path).unwrap();
        // All ones are no number in any of the storages.
        let from = bytes.len() - 4_096;
        bytes[from..].fill(0xFF);
        fs::write(&path, bytes).unwrap();
    }
    load_all(folder.path(), 5);
}
