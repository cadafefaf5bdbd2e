//! How the numbers of a tensor are stored.

/// The storages that are written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// 32-bit floating point.
    F32,
    /// 16-bit floating point.
    F16,
    /// Blocks of 32 numbers: a 16-bit scale, then 8-bit integers.
    Q8,
}

/// The number of 32-bit floating point in the file.
pub(super) const F32: u32 = 0;

impl Storage {
    /// The number in the file.
    pub(super) fn code(self) -> u32 {
        match self {
            Self::F32 => F32,
            Self::F16 => 1,
            Self::Q8 => 8,
        }
    }
}

/// Numbers and bytes of one block of the storage with number `code`; `None` if llama.cpp cannot
/// multiply with it and look up rows in it, for which it would end the process. Source: `enum
/// ggml_type` in ggml.h, the block structures in ggml-common.h, `type_traits_cpu` in ggml-cpu.c and
/// `ggml_compute_forward_get_rows` in ops.cpp.
pub(super) fn block(code: u32) -> Option<(u64, u64)> {
    Some(match code {
        F32 => (1, 4),
        // F16 and BF16.
        1 | 30 => (1, 2),
        // Q4_0, Q4_1, Q5_0, Q5_1, Q8_0.
        2 | 20 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        // Q2_K to Q6_K.
        10 => (256, 84),
        11 | 21 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        // IQ2_XXS, IQ2_XS, IQ3_XXS, IQ1_S; IQ4_NL and IQ3_S stand above, with what has their size.
        16 => (256, 66),
        17 => (256, 74),
        18 => (256, 98),
        19 => (256, 50),
        // IQ2_S, IQ4_XS, IQ1_M.
        22 => (256, 82),
        23 => (256, 136),
        29 => (256, 56),
        // TQ1_0, TQ2_0.
        34 => (256, 54),
        35 => (256, 66),
        _ => return None,
    })
}
