//! What the server's tests share: models that `make models` installed, and a running server.

use std::path::PathBuf;
use std::sync::Arc;

use inference::Embedder;
use llama::{Embedding, EmbeddingOptions};

/// The installed embedding model's file.
pub fn model() -> PathBuf {
    let folder = std::env::var_os("LODESTAR_TEST_MODELS")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/lodestar/models"));
    let path = folder.join("all-MiniLM-L6-v2.gguf");
    assert!(path.is_file(), "{} is missing: run `make models`", path.display());
    path
}

/// The embedding model, loaded.
pub fn embedder() -> Arc<dyn Embedder> {
    Arc::new(Embedding::open("all-MiniLM-L6-v2", model(), EmbeddingOptions::default()).unwrap())
}
