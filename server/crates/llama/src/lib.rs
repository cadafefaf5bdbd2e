//! llama.cpp inside this process.
//!
//! This is the one crate that sees llama.cpp. It implements the ports of `inference`:
//! [`Embedding`] for [`inference::Embedder`] and [`Chat`] for [`inference::Engine`], which writes
//! several answers at once. Each has a thread of its own, which alone touches the model's context,
//! behind a bounded queue that says "busy" when it is full; they compute in turns on one more
//! ([`compute`]). Many mistakes end the whole process in llama.cpp rather than return an error, so everything is checked before it gets there: files by [`gguf::check`],
//! batches by their sizes, texts by their lengths.
//!
//! [`minilm::convert`] writes the embedding model as [`gguf`] from what its authors publish, and
//! [`tiny`] writes a model for tests. To support a further published model, add a module beside
//! `minilm` and choose it where `models pull` is wired.

mod backend;
mod chat;
mod compute;
mod cpu;
mod embedding;
pub mod gguf;
mod install;
pub mod minilm;
mod pack;
mod spin;
mod text;
pub mod threads;
pub mod tiny;

pub use chat::{Chat, ChatOptions};
pub use embedding::{Embedding, EmbeddingOptions};
pub use install::install;
