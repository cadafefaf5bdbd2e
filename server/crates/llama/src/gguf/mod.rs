//! The GGUF file format, as far as this product writes it and must check it: a header with
//! metadata and tensor descriptions, then the tensors. Source: `docs/gguf.md` of ggml, version 3.
//!
//! [`check`] goes over a file before llama.cpp sees it, from the outside in: [`header`] reads what
//! any GGUF file must have, [`architecture`] the sizes of the model, [`shapes`] the tensors that
//! these sizes ask for, and [`vocabulary`] the tokens. It knows the architectures of the models
//! that are offered here and refuses all others: llama.cpp ends the process over many a wrong
//! number, and each architecture has its own. To accept a further one, read its file in
//! llama.cpp's `src/models`, then add it to [`Architecture`] and its tensors to [`shapes`].
//!
//! Nothing here knows llama.cpp, so that the fuzz target (`server/crates/llama/fuzz`) builds it
//! without.

mod architecture;
mod check;
mod header;
mod metadata;
mod quantise;
mod shapes;
mod storage;
mod vocabulary;
mod write;

pub use architecture::Architecture;
pub(crate) use check::refusal;
pub use check::{Summary, check, inspect};
pub use storage::Storage;
pub use write::{Tensor, write};

/// The first four bytes.
const MAGIC: [u8; 4] = *b"GGUF";

/// The version that is written here.
const VERSION: u32 = 3;

/// Where tensors start, relative to each other and to the file, unless the metadata says otherwise.
const ALIGNMENT: u64 = 32;

/// What a check gives: its result, or the reason for which the file is refused, which completes
/// "it cannot be used: ".
type Checked<T> = Result<T, String>;

/// A value of the metadata.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A small count.
    U16(u16),
    /// A count or an enumeration.
    U32(u32),
    /// A parameter.
    F32(f32),
    /// A flag.
    Bool(bool),
    /// Text.
    Text(String),
    /// Texts, such as a vocabulary.
    Texts(Vec<String>),
    /// Numbers, such as the kinds of the tokens.
    I32s(Vec<i32>),
    /// Parameters, such as the scores of the tokens.
    F32s(Vec<f32>),
}

/// The numbers of the kinds of values. Source: `enum gguf_type` in gguf.h.
mod kind {
    pub(super) const U16: u32 = 2;
    pub(super) const U32: u32 = 4;
    pub(super) const I32: u32 = 5;
    pub(super) const F32: u32 = 6;
    pub(super) const BOOL: u32 = 7;
    pub(super) const TEXT: u32 = 8;
    pub(super) const ARRAY: u32 = 9;
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}
