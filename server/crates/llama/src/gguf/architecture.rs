//! The architectures that are accepted, and the sizes that a model of each must state.
//!
//! llama.cpp reads these into `llama_hparams` and asserts much about them, some of it only when it
//! builds a graph (`load_hparams` in llama-model.cpp, and `llama.cpp`, `qwen2.cpp`, `phi3.cpp` and
//! `bert.cpp` in its `src/models`). Settings that it would read and that are not known here are
//! refused, because what it does with them was not looked at.

use super::{
    Checked, Value,
    metadata::{Metadata, required},
};

/// How a model computes, by its name in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// Llama, Mistral and others like them.
    Llama,
    /// Qwen 2 and 2.5.
    Qwen2,
    /// Phi 3 and 4.
    Phi3,
    /// Embedding models such as MiniLM.
    Bert,
}

impl Architecture {
    const ALL: [Self; 4] = [Self::Llama, Self::Qwen2, Self::Phi3, Self::Bert];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Llama => "llama",
            Self::Qwen2 => "qwen2",
            Self::Phi3 => "phi3",
            Self::Bert => "bert",
        }
    }

    /// The architecture that the file names.
    pub(super) fn of(metadata: &Metadata) -> Checked<Self> {
        const KEY: &str = "general.architecture";
        let name = metadata.text(KEY)?.ok_or("it does not say which architecture it has")?;
        Self::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            format!("its architecture is {name:?}, and only these are known: {known}")
        })
    }
}

/// The most layers, by `LLAMA_MAX_LAYERS` in llama-hparams.h.
const MOST_LAYERS: u64 = 512;
/// More than any model has; what follows from it is far from overflowing.
const WIDEST: u64 = 1 << 20;
/// The longest context that is believed, in tokens.
const LONGEST_CONTEXT: u64 = 1 << 24;

/// Settings that are counts.
const COUNTS: &[&str] = &[
    "vocab_size",
    "context_length",
    "embedding_length",
    "feed_forward_length",
    "block_count",
    "pooling_type",
    "attention.head_count",
    "attention.head_count_kv",
    "attention.key_length",
    "attention.value_length",
    "attention.sliding_window",
    "rope.dimension_count",
    "rope.scaling.original_context_length",
];
/// Settings that are parameters; all of them are finite.
const PARAMETERS: &[&str] = &[
    "attention.layer_norm_epsilon",
    "attention.layer_norm_rms_epsilon",
    "rope.freq_base",
    "rope.scale_linear",
    "rope.scaling.factor",
    "rope.scaling.attn_factor",
    "rope.scaling.yarn_log_multiplier",
    "rope.scaling.yarn_ext_factor",
    "rope.scaling.yarn_attn_factor",
    "rope.scaling.yarn_beta_fast",
    "rope.scaling.yarn_beta_slow",
];
/// The ways of reaching beyond the trained context, by `LLAMA_ROPE_SCALING_TYPES`.
const ROPE_SCALINGS: [&str; 4] = ["none", "linear", "yarn", "longrope"];
/// The highest pooling that gives a vector: none, mean, first or last token.
const MOST_POOLING: u32 = 3;

/// The sizes of a model, all positive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    pub architecture: Architecture,
    pub layers: u64,
    /// Length of the vector of a token.
    pub hidden: u64,
    /// Width of the feed-forward layers.
    pub feed_forward: u64,
    /// Width of all queries.
    pub queries: u64,
    /// Width of all keys, which is that of all values.
    pub keys: u64,
    /// Numbers of a head that are rotated by the position.
    pub rotated: u64,
    /// Tokens that it was trained to read at once.
    pub context: u64,
}

impl Sizes {
    /// The sizes that the metadata states, if they fit each other.
    pub fn of(architecture: Architecture, metadata: &Metadata) -> Checked<Self> {
        let settings = Settings { prefix: format!("{}.", architecture.name()), metadata };
        settings.are_known()?;
        settings.are_of(architecture)?;
        let heads = settings.size("attention.head_count", None, WIDEST)?;
        let key_heads = settings.size("attention.head_count_kv", Some(heads), heads)?;
        let hidden = settings.size("embedding_length", None, WIDEST)?;
        let head = settings.size("attention.key_length", hidden.checked_div(heads), WIDEST)?;
        let value = settings.size("attention.value_length", hidden.checked_div(heads), WIDEST)?;
        let rotated = settings.size("rope.dimension_count", Some(head), head)?;
        let sizes = Self {
            architecture,
            layers: settings.size("block_count", None, MOST_LAYERS)?,
            hidden,
            feed_forward: settings.size("feed_forward_length", None, WIDEST)?,
            queries: heads * head,
            keys: key_heads * head,
            rotated,
            context: settings.size("context_length", None, LONGEST_CONTEXT)?,
        };
        let fits = heads.is_multiple_of(key_heads)
            && head == value
            // Llama alone may have heads of any length.
            && (architecture == Architecture::Llama || sizes.queries == hidden)
            && match architecture {
                Architecture::Llama | Architecture::Qwen2 => rotated == head && rotated.is_multiple_of(2),
                Architecture::Phi3 => rotated.is_multiple_of(2),
                Architecture::Bert => true,
            };
        if fits {
            Ok(sizes)
        } else {
            Err(format!(
                "its sizes do not fit each other: vectors of {hidden} numbers with {heads} heads of {head}, {key_heads} of them for keys, values of {value}, {rotated} rotated"
            ))
        }
    }
}

/// The metadata that belongs to the architecture.
struct Settings<'a> {
    prefix: String,
    metadata: &'a Metadata,
}

impl Settings<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A count from 1 to `most`; `missing` if the file does not say it.
    fn size(&self, name: &str, missing: Option<u64>, most: u64) -> Checked<u64> {
        let key = self.key(name);
        let size = required(&key, self.metadata.u32(&key)?.map(u64::from).or(missing))?;
        if (1..=most).contains(&size) { Ok(size) } else { Err(format!("its {key} is {size}")) }
    }

    /// Whether every setting is one that was looked at, and of its kind.
    fn are_known(&self) -> Checked<()> {
        for (name, value) in self.metadata.below(&self.prefix) {
            let fits = match (name, value) {
                (name, Some(Value::U32(_))) if COUNTS.contains(&name) => true,
                (name, Some(Value::F32(x))) if PARAMETERS.contains(&name) => x.is_finite(),
                ("attention.causal" | "rope.scaling.finetuned", Some(Value::Bool(_))) => true,
                ("rope.scaling.type", Some(Value::Text(kind))) => ROPE_SCALINGS.contains(&kind.as_str()),
                ("tensor_data_layout", Some(Value::Text(_))) => true,
                _ => false,
            };
            if !fits {
                return Err(format!("it has a setting that is not known, or impossible: {}", self.key(name)));
            }
        }
        for name in ["rope.freq_base", "rope.scale_linear", "rope.scaling.factor"] {
            let key = self.key(name);
            if self.metadata.f32(&key)?.is_some_and(|x| x <= 0.0) {
                return Err(format!("its {key} is not positive"));
            }
        }
        Ok(())
    }

    /// Whether the settings that make the difference between reading and writing are those of the
    /// architecture.
    fn are_of(&self, architecture: Architecture) -> Checked<()> {
        let reads = architecture == Architecture::Bert;
        let norm = if reads { "attention.layer_norm_epsilon" } else { "attention.layer_norm_rms_epsilon" };
        let (norm, causal, pooling) = (self.key(norm), self.key("attention.causal"), self.key("pooling_type"));
        // Zero would do for llama.cpp, but not for vectors of zeros.
        let epsilon = required(&norm, self.metadata.f32(&norm)?)?;
        if !(epsilon > 0.0 && epsilon < 1.0) {
            return Err(format!("its {norm} is {epsilon}"));
        }
        if self.metadata.bool(&causal)?.unwrap_or(true) == reads {
            return Err(format!("its {causal} does not suit its architecture"));
        }
        let most = if reads { MOST_POOLING } else { 0 };
        match self.metadata.u32(&pooling)? {
            Some(kind) if kind > most => Err(format!("its {pooling} is {kind}")),
            _ => Ok(()),
        }
    }
}
