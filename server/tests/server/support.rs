//! What the server's tests share: models that `make models` installed, and a running server.

use std::path::PathBuf;
use std::sync::Arc;

use inference::Embedder;
use llama::{Embedding, EmbeddingOptions};
use server::system::{SystemClock, SystemRandom};
use services::audit::Audit;
use services::limits::{ClientAddress, Limits};
use store::Store;

/// Where all requests come from.
pub const HERE: ClientAddress = ClientAddress(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

/// Everybody may try as often as they like.
pub fn unlimited(store: &Store) -> Limits {
    Limits::new(store.clone(), Arc::new(SystemClock), Default::default())
}

/// The audit log in `store`.
pub fn audit(store: &Store) -> Audit {
    Audit::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom))
}

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
