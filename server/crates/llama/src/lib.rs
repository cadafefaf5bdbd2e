//! llama.cpp inside this process: the one crate that sees it.
mod backend;
mod embedding;
pub mod gguf;
pub mod minilm;
mod pack;
mod text;

pub use embedding::{Embedding, EmbeddingOptions};
