//! Files that are cut short, made to do harm, or simply others: an error each time, never a crash.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

use domain::ErrorKind;
use llama::{
    Chat, ChatOptions, Embedding, EmbeddingOptions,
    gguf::{self, Storage, Tensor, Value},
    tiny::{self, Tiny},
};
use proptest::prelude::*;
use tempfile::TempDir;

fn tiny_model() -> (TempDir, PathBuf, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny::write(&path, Tiny { seed: 1, template: Some(tiny::CHATML) }).unwrap();
    let bytes = fs::read(&path).unwrap();
    (folder, path, bytes)
}

/// Where the header ends: before the first tensor, which is aligned to 32 bytes.
fn header_length(bytes: &[u8]) -> usize {
    let last = b"blk.1.ffn_down.weight";
    bytes.windows(last.len()).position(|window| window == last).unwrap() + last.len() + 32
}

fn write_with(path: &Path, metadata: &[(&str, Value)], tensors: &[Tensor]) {
    gguf::write(path, metadata, tensors, |tensor| Ok(Cow::Owned(vec![0.5; tensor.len()]))).unwrap();
}

fn tensor(name: &str, shape: &[usize], storage: Storage) -> Tensor {
    Tensor { name: name.into(), shape: shape.into(), storage }
}

#[test]
fn a_whole_file_is_summed_up() {
    let (_folder, path, bytes) = tiny_model();
    let summary = gguf::check(&path).unwrap();
    assert_eq!((summary.architecture.as_str(), summary.tensors, summary.has_vocabulary), ("llama", 21, true));
    assert_eq!(bytes.len() % 32, 0);
}

#[test]
fn every_kind_of_value_and_storage_can_be_written_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.gguf");
    let metadata = [
        ("general.architecture", Value::text("any")),
        ("a", Value::U32(1)),
        ("b", Value::F32(0.5)),
        ("c", Value::Bool(true)),
        ("d", Value::Texts(vec!["é".into(), String::new()])),
        ("e", Value::I32s(vec![1, -2])),
        ("f", Value::F32s(vec![])),
    ];
    let tensors =
        [tensor("x", &[3, 5], Storage::F32), tensor("y", &[7], Storage::F16), tensor("z", &[2, 64], Storage::Q8)];
    write_with(&path, &metadata, &tensors);
    let summary = gguf::check(&path).unwrap();
    assert_eq!((summary.tensors, summary.has_vocabulary), (3, false));
    let wrong = gguf::write(&path, &metadata, &tensors, |_| Ok(Cow::Owned(vec![0.0; 4]))).unwrap_err();
    assert!(wrong.to_string().contains("x has 4 numbers instead of 15"), "{wrong}");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let (_folder, path, bytes) = tiny_model();
    let header = header_length(&bytes);
    for cut in (0..header).step_by(61).chain([header, bytes.len() - 33]) {
        fs::write(&path, &bytes[..cut]).unwrap();
        let error = gguf::check(&path).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "cut at {cut}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_changed_header_is_read_without_harm(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        thread_local! {
            static MODEL: (TempDir, PathBuf, Vec<u8>) = tiny_model();
        }
        MODEL.with(|(_folder, path, bytes)| {
            let header = header_length(bytes);
            // The whole length with the header alone: only that is looked at.
            let mut changed = bytes[..header].to_vec();
            for (place, byte) in places {
                changed[place.index(header)] = byte;
            }
            fs::write(path, changed).unwrap();
            fs::File::options().write(true).open(path).unwrap().set_len(bytes.len() as u64).unwrap();
            let _ = gguf::check(path);
        });
    }
}

#[test]
fn absurd_headers_are_named() {
    let (_folder, path, bytes) = tiny_model();
    let refusal = |offset: usize, with: &[u8]| {
        let mut changed = bytes.clone();
        changed[offset..offset + with.len()].copy_from_slice(with);
        fs::write(&path, changed).unwrap();
        gguf::check(&path).unwrap_err().message
    };
    let huge = u64::MAX.to_le_bytes();
    assert!(refusal(0, b"GGML").contains("not a GGUF file"));
    assert!(refusal(4, &9_u32.to_le_bytes()).contains("version 9"));
    assert!(refusal(8, &huge).contains("declares"));
    assert!(refusal(8, &0_u64.to_le_bytes()).contains("declares 0 tensors"));
    assert!(refusal(16, &huge).contains("declares"));
    assert!(refusal(24, &huge).contains("text of 18446744073709551615 bytes"));
    let shape = header_length(&bytes) - 32 + 4;
    assert!(refusal(shape, &huge).contains("impossible shape"));
    assert!(refusal(shape - 4, &9_u32.to_le_bytes()).contains("9 dimensions"));
    assert!(refusal(shape + 16, &77_u32.to_le_bytes()).contains("unknown way (77)"));
    assert!(refusal(shape + 20, &(u64::MAX - 31).to_le_bytes()).contains("impossible shape or place"));
    assert!(refusal(shape + 20, &1_u64.to_le_bytes()).contains("impossible shape or place"));
    assert!(refusal(shape + 20, &(1_u64 << 40).to_le_bytes()).contains("cut short: its tensors need more"));
}

#[test]
fn models_of_another_kind_are_refused() {
    let (folder, path, _) = tiny_model();
    let error = Embedding::open("tiny", &path, EmbeddingOptions::default()).unwrap_err();
    assert!(error.message.contains("its kind (\"llama\") is not meant for this"), "{}", error.message);
    let other = folder.path().join("other.gguf");
    let open = |metadata: &[(&str, Value)]| {
        write_with(&other, metadata, &[tensor("x", &[4], Storage::F32)]);
        Chat::open("other", &other, ChatOptions::default()).unwrap_err()
    };
    let vocabulary = ("tokenizer.ggml.model", Value::text("llama"));
    assert!(
        open(&[("general.architecture", Value::text("bert")), vocabulary.clone()])
            .message
            .contains("not meant for this")
    );
    assert!(open(&[("general.architecture", Value::text("llama"))]).message.contains("no vocabulary"));
    assert!(open(std::slice::from_ref(&vocabulary)).message.contains("which architecture"));
    // These look well, but not to llama.cpp, which says so without ending the process.
    for architecture in ["llama", "no-such-thing"] {
        let error = open(&[("general.architecture", Value::text(architecture)), vocabulary.clone()]);
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains("llama.cpp does not accept it"), "{}", error.message);
    }
}
