//! The GGUF file format, as far as this product writes it and must check it: a header with
//! metadata and tensor descriptions, then the tensors. Source: `docs/gguf.md` of ggml, version 3.

mod check;
mod quantise;
mod write;

pub use check::{Summary, check};
pub use write::{Tensor, write};

/// The first four bytes.
const MAGIC: [u8; 4] = *b"GGUF";

/// The version that is written here.
const VERSION: u32 = 3;

/// Where tensors start, relative to each other and to the file, unless the metadata says otherwise.
const ALIGNMENT: u64 = 32;

/// A value of the metadata.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
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

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// How the numbers of a tensor are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// 32-bit floating point.
    F32,
    /// 16-bit floating point.
    F16,
    /// Blocks of 32 numbers: a 16-bit scale, then 8-bit integers.
    Q8,
}

impl Storage {
    /// The number in the file.
    fn code(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q8 => 8,
        }
    }
}

/// Numbers and bytes of one block of the storage with number `code`; `None` if llama.cpp does not
/// know it. Source: `enum ggml_type` in ggml.h and the block structures in ggml-common.h.
fn block(code: u32) -> Option<(u64, u64)> {
    Some(match code {
        0 | 26 => (1, 4),
        1 | 25 | 30 => (1, 2),
        24 => (1, 1),
        27 | 28 => (1, 8),
        2 | 20 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        9 => (32, 36),
        39 => (32, 17),
        40 => (64, 36),
        41 => (128, 18),
        42 => (64, 18),
        10 => (256, 84),
        11 | 21 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        15 => (256, 292),
        16 | 35 => (256, 66),
        17 => (256, 74),
        18 => (256, 98),
        19 => (256, 50),
        22 => (256, 82),
        23 => (256, 136),
        29 => (256, 56),
        34 => (256, 54),
        _ => return None,
    })
}
