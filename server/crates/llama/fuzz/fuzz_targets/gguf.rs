//! Any bytes as a GGUF file: the reader gives a summary or a reason, and never panics, hangs or
//! asks for much memory. Files are tried as they are, and as the beginnings of larger ones, so that
//! small inputs reach what is looked at last.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/gguf/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the writer and the paths are not fuzzed")]
mod gguf;

fuzz_target!(|data: &[u8]| {
    for more in [0, 1 << 20] {
        match gguf::inspect(data, data.len() as u64 + more) {
            Ok(summary) => assert!(summary.tensors > 0 && summary.tokens > 0 && summary.context > 0),
            Err(reason) => assert!(!reason.is_empty() && reason.len() < 1_000),
        }
    }
});
