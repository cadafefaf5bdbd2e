//! The tensors that a model must have, with the shapes that follow from its sizes.
//!
//! Source: `load_arch_tensors` of `llama.cpp`, `qwen2.cpp`, `phi3.cpp` and `bert.cpp` in
//! llama.cpp's `src/models`, and `create_tensor_qkv` in llama-model.cpp. Vectors must be stored in
//! 32 bits, because llama.cpp ends the process when it adds or multiplies others.

use std::collections::BTreeMap;

use super::{
    Checked,
    architecture::{Architecture, Sizes},
    header::Stored,
    metadata::{Metadata, required},
    storage,
};

/// Whether `tensors` are those of a model of these sizes with `tokens` tokens: all that it needs,
/// and none that it does not know.
pub(super) fn check(
    tensors: &BTreeMap<String, Stored>,
    sizes: &Sizes,
    metadata: &Metadata,
    tokens: u64,
) -> Checked<()> {
    let mut model = Model { tensors, sizes, known: 0 };
    model.table("token_embd.weight", [sizes.hidden, tokens])?;
    match sizes.architecture {
        Architecture::Bert => {
            const SEGMENTS: &str = "tokenizer.ggml.token_type_count";
            let segments = required(SEGMENTS, metadata.u32(SEGMENTS)?)?;
            model.exact("position_embd.weight", [sizes.hidden, sizes.context], true)?;
            model.exact("token_types.weight", [sizes.hidden, segments.into()], false)?;
            model.norm("token_embd_norm", sizes.hidden)?;
        }
        architecture => {
            model.exact("output_norm.weight", [sizes.hidden, 1], true)?;
            model.optional("output.weight", [sizes.hidden, tokens])?;
            if architecture == Architecture::Qwen2 {
                model.exact("output.bias", [tokens, 1], false)?;
            }
            let factors: &[&str] = match architecture {
                Architecture::Llama => &["rope_freqs", "rope_factors_long", "rope_factors_short"],
                Architecture::Phi3 => &["rope_factors_long", "rope_factors_short"],
                _ => &[],
            };
            for name in factors {
                model.exact(&format!("{name}.weight"), [sizes.rotated / 2, 1], false)?;
            }
        }
    }
    for layer in 0..sizes.layers {
        model.layer(&format!("blk.{layer}"))?;
    }
    model.nothing_else()
}

struct Model<'a> {
    tensors: &'a BTreeMap<String, Stored>,
    sizes: &'a Sizes,
    /// How many of the tensors were looked at.
    known: usize,
}

/// What comes with a matrix.
#[derive(Clone, Copy)]
enum Bias {
    None,
    Optional,
}

impl Model<'_> {
    fn layer(&mut self, layer: &str) -> Checked<()> {
        let Sizes { hidden, feed_forward, queries, .. } = *self.sizes;
        self.attention(layer)?;
        match self.sizes.architecture {
            Architecture::Llama => {
                self.matrix(&format!("{layer}.attn_output"), [queries, hidden], Bias::Optional)?;
                self.norms(layer)?;
                self.gated(layer, Bias::Optional)
            }
            Architecture::Qwen2 => {
                self.matrix(&format!("{layer}.attn_output"), [hidden, hidden], Bias::None)?;
                self.norms(layer)?;
                self.gated(layer, Bias::None)
            }
            Architecture::Phi3 => {
                self.matrix(&format!("{layer}.attn_output"), [hidden, hidden], Bias::None)?;
                self.norms(layer)?;
                // Gate and values in one.
                self.matrix(&format!("{layer}.ffn_up"), [hidden, 2 * feed_forward], Bias::None)?;
                self.matrix(&format!("{layer}.ffn_down"), [feed_forward, hidden], Bias::None)
            }
            Architecture::Bert => {
                self.matrix(&format!("{layer}.attn_output"), [hidden, hidden], Bias::Optional)?;
                self.norm(&format!("{layer}.attn_output_norm"), hidden)?;
                self.matrix(&format!("{layer}.ffn_up"), [hidden, feed_forward], Bias::Optional)?;
                self.matrix(&format!("{layer}.ffn_down"), [feed_forward, hidden], Bias::Optional)?;
                self.norm(&format!("{layer}.layer_output_norm"), hidden)
            }
        }
    }

    /// Queries, keys and values, in one matrix or in three.
    fn attention(&mut self, layer: &str) -> Checked<()> {
        let Sizes { hidden, queries, keys, .. } = *self.sizes;
        let together = format!("{layer}.attn_qkv");
        if self.tensors.contains_key(&format!("{together}.weight")) {
            return self.matrix(&together, [hidden, queries + 2 * keys], Bias::Optional);
        }
        for (part, width) in [("attn_q", queries), ("attn_k", keys), ("attn_v", keys)] {
            self.matrix(&format!("{layer}.{part}"), [hidden, width], Bias::Optional)?;
        }
        Ok(())
    }

    /// The two norms of models that write, which have no bias.
    fn norms(&mut self, layer: &str) -> Checked<()> {
        self.exact(&format!("{layer}.attn_norm.weight"), [self.sizes.hidden, 1], true)?;
        self.exact(&format!("{layer}.ffn_norm.weight"), [self.sizes.hidden, 1], true)
    }

    fn gated(&mut self, layer: &str, bias: Bias) -> Checked<()> {
        let Sizes { hidden, feed_forward, .. } = *self.sizes;
        self.matrix(&format!("{layer}.ffn_gate"), [hidden, feed_forward], bias)?;
        self.matrix(&format!("{layer}.ffn_up"), [hidden, feed_forward], bias)?;
        self.matrix(&format!("{layer}.ffn_down"), [feed_forward, hidden], bias)
    }

    /// A norm with its bias.
    fn norm(&mut self, name: &str, width: u64) -> Checked<()> {
        self.exact(&format!("{name}.weight"), [width, 1], true)?;
        self.exact(&format!("{name}.bias"), [width, 1], true)
    }

    /// A matrix with `shape[0]` columns and `shape[1]` rows.
    fn matrix(&mut self, name: &str, shape: [u64; 2], bias: Bias) -> Checked<()> {
        self.table(&format!("{name}.weight"), shape)?;
        match bias {
            Bias::None => Ok(()),
            Bias::Optional => self.exact(&format!("{name}.bias"), [shape[1], 1], false),
        }
    }

    /// What must be there, in any storage.
    fn table(&mut self, name: &str, shape: [u64; 2]) -> Checked<()> {
        self.look(name, shape, true).map(drop)
    }

    fn optional(&mut self, name: &str, shape: [u64; 2]) -> Checked<()> {
        self.look(name, shape, false).map(drop)
    }

    /// What must be in 32 bits.
    fn exact(&mut self, name: &str, shape: [u64; 2], required: bool) -> Checked<()> {
        match self.look(name, shape, required)? {
            Some(stored) if stored.storage != storage::F32 => {
                Err(format!("its tensor {name} is not stored in 32 bits"))
            }
            _ => Ok(()),
        }
    }

    fn look(&mut self, name: &str, shape: [u64; 2], required: bool) -> Checked<Option<&Stored>> {
        let Some(stored) = self.tensors.get(name) else {
            return if required { Err(format!("its tensor {name} is missing")) } else { Ok(None) };
        };
        let wanted = [shape[0], shape[1], 1, 1];
        if stored.shape != wanted {
            return Err(format!("its tensor {name} has the shape {:?} instead of {wanted:?}", stored.shape));
        }
        self.known += 1;
        Ok(Some(stored))
    }

    /// llama.cpp refuses what it does not use, but some of it only after it has used it.
    fn nothing_else(&self) -> Checked<()> {
        match self.tensors.len() - self.known {
            0 => Ok(()),
            others => Err(format!("it has {others} tensors that models of its architecture do not have")),
        }
    }
}
