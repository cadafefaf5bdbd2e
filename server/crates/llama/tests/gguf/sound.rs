//! Sound models as small as can be, one for each architecture and way of cutting text, to be
//! changed one thing at a time.

use std::{borrow::Cow, path::Path};

use llama::gguf::{self, Storage, Tensor, Value};

const HIDDEN: usize = 32;
const FEED_FORWARD: usize = 64;
const HEADS: u32 = 4;
/// A quarter of a vector for each head, in half as many heads as there are for queries.
const KEYS: usize = 16;
const CONTEXT: u32 = 256;

/// A model before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub metadata: Vec<(String, Value)>,
    pub tensors: Vec<Tensor>,
}

impl Model {
    /// Gives `key` a value, in its place if it has one.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.metadata.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.metadata.push((key.to_owned(), value)),
        }
    }

    pub fn remove(&mut self, key: &str) {
        let before = self.metadata.len();
        self.metadata.retain(|(name, _)| name != key);
        assert!(self.metadata.len() < before, "there is no {key}");
    }

    /// The list of texts of `key`.
    pub fn texts(&mut self, key: &str) -> &mut Vec<String> {
        let value = self.metadata.iter_mut().find(|(name, _)| name == key);
        let Some((_, Value::Texts(texts))) = value else { panic!("{key} has no texts") };
        texts
    }

    pub fn tensor(&mut self, name: &str) -> &mut Tensor {
        self.tensors.iter_mut().find(|tensor| tensor.name == name).unwrap()
    }

    /// Writes it with random numbers in the matrices.
    pub fn write(&self, path: &Path) {
        let metadata: Vec<_> = self.metadata.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let mut state = 1_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        gguf::write(path, &metadata, &self.tensors, |tensor| {
            Ok(Cow::Owned((0..tensor.len()).map(|_| if tensor.shape.len() == 1 { 1.0 } else { random() }).collect()))
        })
        .unwrap();
    }
}

/// Every model by name, which begins with its architecture.
pub fn all() -> [(&'static str, Model); 5] {
    [
        ("llama-scores", generative("llama", scores())),
        ("llama-merges", generative("llama", merges())),
        ("qwen2-merges", generative("qwen2", merges())),
        ("phi3-scores", generative("phi3", scores())),
        ("bert-pieces", bert()),
    ]
}

pub fn named(name: &str) -> Model {
    all().into_iter().find(|(known, _)| *known == name).unwrap().1
}

/// The part of the metadata that is the vocabulary, and how many tokens it has.
type Vocabulary = (Vec<(String, Value)>, usize);

fn own(metadata: Vec<(&str, Value)>) -> Vec<(String, Value)> {
    metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// In the manner of SentencePiece: every byte, and little else.
fn scores() -> Vocabulary {
    let mut tokens: Vec<_> = ["<unk>", "<s>", "</s>"].map(|text| (text.to_owned(), 3, 0.0)).into();
    tokens.extend((0..=255).map(|byte| (format!("<0x{byte:02X}>"), 6, 0.0)));
    tokens.extend(["\u{2581}", "a", "b", "ab", "\u{2581}ab"].map(|text| (text.to_owned(), 1, -(text.len() as f32))));
    let metadata = own(vec![
        ("tokenizer.ggml.model", Value::text("llama")),
        ("tokenizer.ggml.pre", Value::text("default")),
        ("tokenizer.ggml.tokens", Value::Texts(tokens.iter().map(|token| token.0.clone()).collect())),
        ("tokenizer.ggml.token_type", Value::I32s(tokens.iter().map(|token| token.1).collect())),
        ("tokenizer.ggml.scores", Value::F32s(tokens.iter().map(|token| token.2).collect())),
        ("tokenizer.ggml.bos_token_id", Value::U32(1)),
        ("tokenizer.ggml.eos_token_id", Value::U32(2)),
        ("tokenizer.ggml.add_bos_token", Value::Bool(true)),
    ]);
    (metadata, tokens.len())
}

/// Byte pairs in the manner of GPT-2.
fn merges() -> Vocabulary {
    let tokens = ["<|end|>", "a", "b", "ab", "\u{120}", "\u{120}a", "\u{10A}", ".", "?", "", "x", "y"];
    let kinds = tokens.map(|token| if token.starts_with("<|") { 3 } else { 1 });
    let metadata = own(vec![
        ("tokenizer.ggml.model", Value::text("gpt2")),
        ("tokenizer.ggml.pre", Value::text("qwen2")),
        ("tokenizer.ggml.tokens", Value::Texts(tokens.map(String::from).into())),
        ("tokenizer.ggml.token_type", Value::I32s(kinds.into())),
        ("tokenizer.ggml.merges", Value::Texts(["a b", "\u{120} a"].map(String::from).into())),
        ("tokenizer.ggml.bos_token_id", Value::U32(0)),
        ("tokenizer.ggml.eos_token_id", Value::U32(0)),
        ("tokenizer.ggml.add_bos_token", Value::Bool(false)),
        ("tokenizer.chat_template", Value::text(llama::tiny::CHATML)),
    ]);
    (metadata, tokens.len())
}

fn pieces() -> Vocabulary {
    let tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "\u{2581}a", "\u{2581}b", "b", "\u{2581}."];
    let kinds = tokens.map(|token| if token.starts_with('[') { 3 } else { 1 });
    let metadata = own(vec![
        ("tokenizer.ggml.model", Value::text("bert")),
        ("tokenizer.ggml.tokens", Value::Texts(tokens.map(String::from).into())),
        ("tokenizer.ggml.token_type", Value::I32s(kinds.into())),
        ("tokenizer.ggml.token_type_count", Value::U32(2)),
        ("tokenizer.ggml.padding_token_id", Value::U32(0)),
        ("tokenizer.ggml.unknown_token_id", Value::U32(1)),
        ("tokenizer.ggml.bos_token_id", Value::U32(2)),
        ("tokenizer.ggml.seperator_token_id", Value::U32(3)),
    ]);
    (metadata, tokens.len())
}

fn tensor(name: impl Into<String>, shape: &[usize]) -> Tensor {
    let storage = if shape.len() == 1 { Storage::F32 } else { Storage::F16 };
    Tensor { name: name.into(), shape: shape.to_vec(), storage }
}

fn sizes(architecture: &str, key_heads: u32) -> Vec<(String, Value)> {
    let counts = [
        ("context_length", CONTEXT),
        ("embedding_length", HIDDEN as u32),
        ("feed_forward_length", FEED_FORWARD as u32),
        ("block_count", 1),
        ("attention.head_count", HEADS),
        ("attention.head_count_kv", key_heads),
    ];
    let mut metadata = own(vec![("general.architecture", Value::text(architecture))]);
    metadata.extend(counts.map(|(key, count)| (format!("{architecture}.{key}"), Value::U32(count))));
    metadata
}

fn generative(architecture: &str, (vocabulary, tokens): Vocabulary) -> Model {
    let mut metadata = sizes(architecture, HEADS / 2);
    metadata.push((format!("{architecture}.attention.layer_norm_rms_epsilon"), Value::F32(1e-5)));
    metadata.push((format!("{architecture}.rope.freq_base"), Value::F32(1e4)));
    metadata.push((format!("{architecture}.rope.dimension_count"), Value::U32(HIDDEN as u32 / HEADS)));
    metadata.extend(vocabulary);
    let mut tensors = vec![
        tensor("token_embd.weight", &[tokens, HIDDEN]),
        tensor("output_norm.weight", &[HIDDEN]),
        tensor("blk.0.attn_norm.weight", &[HIDDEN]),
        tensor("blk.0.attn_output.weight", &[HIDDEN, HIDDEN]),
        tensor("blk.0.ffn_norm.weight", &[HIDDEN]),
        tensor("blk.0.ffn_down.weight", &[HIDDEN, FEED_FORWARD]),
    ];
    if architecture == "phi3" {
        tensors.push(tensor("blk.0.attn_qkv.weight", &[HIDDEN + 2 * KEYS, HIDDEN]));
        tensors.push(tensor("blk.0.ffn_up.weight", &[2 * FEED_FORWARD, HIDDEN]));
    } else {
        for (part, width) in [("attn_q", HIDDEN), ("attn_k", KEYS), ("attn_v", KEYS)] {
            tensors.push(tensor(format!("blk.0.{part}.weight"), &[width, HIDDEN]));
        }
        tensors.push(tensor("blk.0.ffn_gate.weight", &[FEED_FORWARD, HIDDEN]));
        tensors.push(tensor("blk.0.ffn_up.weight", &[FEED_FORWARD, HIDDEN]));
    }
    Model { metadata, tensors }
}

fn bert() -> Model {
    let (vocabulary, tokens) = pieces();
    let mut metadata = sizes("bert", HEADS);
    metadata.extend(own(vec![
        ("bert.attention.layer_norm_epsilon", Value::F32(1e-12)),
        ("bert.attention.causal", Value::Bool(false)),
        ("bert.pooling_type", Value::U32(1)),
    ]));
    metadata.extend(vocabulary);
    let mut tensors = vec![
        tensor("token_embd.weight", &[tokens, HIDDEN]),
        Tensor { storage: Storage::F32, ..tensor("position_embd.weight", &[CONTEXT as usize, HIDDEN]) },
        Tensor { storage: Storage::F32, ..tensor("token_types.weight", &[2, HIDDEN]) },
        tensor("blk.0.attn_q.weight", &[HIDDEN, HIDDEN]),
        tensor("blk.0.attn_k.weight", &[HIDDEN, HIDDEN]),
        tensor("blk.0.attn_v.weight", &[HIDDEN, HIDDEN]),
        tensor("blk.0.attn_output.weight", &[HIDDEN, HIDDEN]),
        tensor("blk.0.ffn_up.weight", &[FEED_FORWARD, HIDDEN]),
        tensor("blk.0.ffn_up.bias", &[FEED_FORWARD]),
        tensor("blk.0.ffn_down.weight", &[HIDDEN, FEED_FORWARD]),
    ];
    for norm in ["token_embd_norm", "blk.0.attn_output_norm", "blk.0.layer_output_norm"] {
        tensors.extend(["weight", "bias"].map(|part| tensor(format!("{norm}.{part}"), &[HIDDEN])));
    }
    Model { metadata, tensors }
}
