//! The corpus of the fuzz target (`make fuzz`), read as the target does: what once went wrong
//! stays there, and is tried again here.

use std::{fs, path::Path};

use llama::gguf;

#[test]
fn the_corpus_of_the_fuzz_target_is_read_without_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/gguf");
    let (mut sound, mut bytes) = (0, 0);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let data = fs::read(&path).unwrap();
        bytes += data.len();
        let read = [0, 1 << 20].map(|more| gguf::inspect(data.as_slice(), data.len() as u64 + more));
        if path.file_name().unwrap().to_string_lossy().starts_with("sound") {
            sound += 1;
            // Its tensors are left out.
            assert!(read[0].is_err() && read[1].is_ok(), "{}: {read:?}", path.display());
        }
    }
    assert_eq!(sound, 5);
    assert!(bytes < 200_000, "the corpus has {bytes} bytes; keep it small with `cargo fuzz cmin`");
}
