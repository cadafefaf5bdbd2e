//! Files that are cut short, made to do harm, or simply others: an error each time, never a crash.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod changes;
mod corpus;
mod hostile;
mod loading;
mod sound;

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::ErrorKind;
use llama::{
    Chat, ChatOptions, Embedding, EmbeddingOptions,
    gguf::{self, Architecture, Value},
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

#[test]
fn a_whole_file_is_summed_up() {
    let (_folder, path, bytes) = tiny_model();
    let summary = gguf::check(&path).unwrap();
    assert_eq!((summary.architecture, summary.tensors), (Architecture::Llama, 21));
    assert_eq!(summary.context, u64::from(tiny::CONTEXT));
    assert!(summary.tokens > 261, "{summary:?}");
    assert_eq!(bytes.len() % 32, 0);
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

#[test]
fn what_is_no_file_is_named() {
    let (folder, path, _) = tiny_model();
    let error = gguf::check(folder.path()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("it is not a file"), "{}", error.message);
    fs::remove_file(&path).unwrap();
    assert_eq!(gguf::check(&path).unwrap_err().kind, ErrorKind::NotFound);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn a_changed_header_is_read_without_harm(places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        thread_local! {
            static MODEL: (TempDir, PathBuf, Vec<u8>) = tiny_model();
        }
        MODEL.with(|(_folder, _path, bytes)| {
            let header = header_length(bytes);
            // The whole length with the header alone: only that is looked at.
            let mut changed = bytes[..header].to_vec();
            for (place, byte) in places {
                changed[place.index(header)] = byte;
            }
            let _ = gguf::inspect(changed.as_slice(), bytes.len() as u64);
        });
    }

    #[test]
    fn anything_after_the_first_bytes_is_read_without_harm(
        counts in (0..4_u64, 0..4_u64),
        rest in prop::collection::vec(prop_oneof![0..13_u8, any::<u8>()], 0..200),
        length in any::<u64>(),
    ) {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(counts.0.to_le_bytes());
        bytes.extend(counts.1.to_le_bytes());
        bytes.extend(rest);
        prop_assert!(gguf::inspect(bytes.as_slice(), length).is_err());
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
    assert!(refusal(0, b"GGML").contains("not a GGUF file. Pull it again"));
    assert!(refusal(4, &9_u32.to_le_bytes()).contains("version 9"));
    assert!(refusal(8, &huge).contains("declares"));
    assert!(refusal(8, &0_u64.to_le_bytes()).contains("declares 0 tensors"));
    assert!(refusal(16, &huge).contains("declares"));
    assert!(refusal(24, &huge).contains("name of 18446744073709551615 bytes"));
    assert!(refusal(32, &[0]).contains("odd characters"));
    let shape = header_length(&bytes) - 32 + 4;
    assert!(refusal(shape, &huge).contains("impossible shape"));
    assert!(refusal(shape - 4, &9_u32.to_le_bytes()).contains("9 dimensions"));
    assert!(refusal(shape + 16, &77_u32.to_le_bytes()).contains("unknown way (77)"));
    // An exact multiple of the alignment, within the file, but where another tensor is.
    for offset in [0, 1, 32, 1 << 40, u64::MAX - 31] {
        assert!(refusal(shape + 20, &u64::to_le_bytes(offset)).contains("impossible shape or place"), "{offset}");
    }
}

#[test]
fn models_of_another_kind_are_refused() {
    let (folder, path, _) = tiny_model();
    let error = Embedding::open("tiny", &path, EmbeddingOptions::default()).unwrap_err();
    assert!(error.message.contains("its kind (\"llama\") is not meant for this"), "{}", error.message);
    let other = folder.path().join("other.gguf");
    let open = |path: &Path| Chat::open("other", path, ChatOptions::default()).unwrap_err().message;
    let mut embedding = sound::named("bert-pieces");
    embedding.write(&other);
    assert!(open(&other).contains("its kind (\"bert\") is not meant for this"));
    // Sound for llama.cpp, until it is given a text of full length.
    embedding.set("bert.context_length", Value::U32(255));
    embedding.tensor("position_embd.weight").shape[0] = 255;
    embedding.write(&other);
    let error = Embedding::open("short", &other, EmbeddingOptions::default()).unwrap_err();
    assert!(error.message.contains("reads 255 tokens at once, and Lodestar needs 256"), "{}", error.message);
    let mut unknown = sound::named("llama-scores");
    unknown.set("general.architecture", Value::text("no-such-thing"));
    unknown.write(&other);
    assert!(open(&other).contains("only these are known: llama, qwen2, phi3, bert"));
}
