//! A small model that is made of two files, and what the tests of its journey share.
#![allow(dead_code, reason = "each test file uses its own part")]

pub mod server;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use domain::{Error, ErrorKind};
use inference::models::{Fetcher, HttpLimits, Library, Manifest, Model, Progress, Step};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub const NAME: &str = "small";

/// The two artifacts, as large as the network hands over in several pieces.
pub fn weights() -> Vec<u8> {
    (0..300_000_u32).flat_map(|i| (i.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()).take(700_000).collect()
}

pub fn vocabulary() -> Vec<u8> {
    b"[PAD]\n[UNK]\n".to_vec()
}

pub fn manifest(sources: &str) -> Manifest {
    let artifact = |name: &str, content: &[u8]| {
        let sha256: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("[[model.artifact]]\nname = \"{name}\"\nsize = {}\nsha256 = \"{sha256}\"\n", content.len())
    };
    let text = format!(
        "[[model]]\nname = \"{NAME}\"\nrole = \"embedding\"\nlicence = \"MIT\"\nabout = \"For tests.\"\nencoding = \"F16\"\n\
         size = 1\nmemory = 1\ncontext = 1\n{}{}{sources}",
        artifact("weights.bin", &weights()),
        artifact("vocab.txt", &vocabulary()),
    );
    Manifest::parse(&text).unwrap()
}

pub fn https(address: &str) -> String {
    format!("[[model.source]]\nkind = \"https\"\nfolder = \"{address}\"\n")
}

pub fn file(path: &Path) -> String {
    format!("[[model.source]]\nkind = \"file\"\npath = \"{}\"\n", path.display())
}

pub fn wheel() -> String {
    "[[model.source]]\nkind = \"wheel\"\nrequirement = \"lodestar-test-model==1.0\"\n".into()
}

/// A folder of models with the patience of a test.
pub fn library(sources: &str) -> (TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let http = HttpLimits {
        connect: Duration::from_secs(5),
        idle: Duration::from_millis(400),
        retries: 3,
        pause: Duration::from_millis(5),
    };
    let library = Library::new(folder.path().join("models"), manifest(sources))
        .with_fetcher(Fetcher { http, ..Fetcher::default() });
    (folder, library)
}

/// Where the artifacts of the model are on their way.
pub fn downloads(folder: &TempDir) -> PathBuf {
    folder.path().join("models").join(format!(".{NAME}.download"))
}

/// The model file: both artifacts after each other.
pub fn join(_: &Model, artifacts: &Path, output: &Path) -> domain::Result<()> {
    let mut bytes = fs::read(artifacts.join("weights.bin")).unwrap();
    bytes.extend(fs::read(artifacts.join("vocab.txt")).unwrap());
    fs::write(output, bytes).unwrap();
    Ok(())
}

pub fn joined() -> Vec<u8> {
    [weights(), vocabulary()].concat()
}

/// A conversion that fails halfway.
pub fn give_up(_: &Model, _: &Path, output: &Path) -> domain::Result<()> {
    fs::write(output, "half of it").unwrap();
    Err(Error::new(ErrorKind::Invalid, "weights.bin is of another model."))
}

/// A folder that holds both artifacts.
pub fn artifacts() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("weights.bin"), weights()).unwrap();
    fs::write(folder.path().join("vocab.txt"), vocabulary()).unwrap();
    folder
}

/// Keeps every step as text.
#[derive(Default)]
pub struct Steps(pub Mutex<Vec<String>>);

impl Progress for Steps {
    fn at(&self, step: Step<'_>) {
        self.0.lock().unwrap().push(format!("{step:?}"));
    }
}

/// Nothing is installed, and no half of a model file is left.
pub fn assert_nothing_installed(folder: &TempDir, library: &Library) {
    assert_eq!(library.path(NAME).unwrap_err().kind, ErrorKind::NotFound);
    let models = folder.path().join("models");
    for entry in fs::read_dir(models).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(!name.contains("gguf") && !name.contains("toml"), "{name} is left");
    }
}
