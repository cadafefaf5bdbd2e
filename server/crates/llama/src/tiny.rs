//! A generative model of a few hundred kilobytes with random weights, for tests: it goes through
//! llama.cpp exactly as a real one does, and says real words that mean nothing.

use std::{borrow::Cow, io, path::Path};

use crate::gguf::{self, Storage, Tensor, Value};

const HIDDEN: usize = 64;
const FEED_FORWARD: usize = 128;
const LAYERS: usize = 2;
const HEADS: u32 = 4;

/// Tokens that it reads at once.
pub const CONTEXT: u32 = 4_096;

/// What it says besides punctuation.
const WORDS: &str = "the you your work team result clear next step plan show lead build ask learn time people goal answer start \
     detail number story strong short early change review write share help point place first reason week practice code data \
     measure improve";

/// What the model is like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tiny {
    /// The same seed gives the same file.
    pub seed: u64,
    /// A chat template to put into the file, such as "chatml" in full.
    pub template: Option<&'static str>,
}

/// The template of ChatML, by whose marks llama.cpp knows it.
pub const CHATML: &str = "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}\
     {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/// Writes the model to `path`.
///
/// # Errors
/// From the disk.
pub fn write(path: &Path, tiny: Tiny) -> io::Result<()> {
    let vocabulary = vocabulary(tiny.template.unwrap_or_default());
    let size = vocabulary.len();
    let mut random = SplitMix(tiny.seed);
    gguf::write(path, &metadata(vocabulary, tiny), &tensors(size), |tensor| {
        let values = if tensor.shape.len() == 1 {
            vec![1.0; tensor.len()]
        } else {
            (0..tensor.len()).map(|_| random.spread(0.3)).collect()
        };
        Ok(Cow::Owned(values))
    })
}

fn tensors(vocabulary: usize) -> Vec<Tensor> {
    let tensor = |name: String, shape: &[usize]| {
        let storage = if shape.len() == 1 { Storage::F32 } else { Storage::F16 };
        Tensor { name, shape: shape.to_vec(), storage }
    };
    let mut tensors = vec![
        tensor("token_embd.weight".into(), &[vocabulary, HIDDEN]),
        tensor("output_norm.weight".into(), &[HIDDEN]),
        tensor("output.weight".into(), &[vocabulary, HIDDEN]),
    ];
    for layer in 0..LAYERS {
        let parts: [(&str, &[usize]); 9] = [
            ("attn_norm", &[HIDDEN]),
            ("attn_q", &[HIDDEN, HIDDEN]),
            ("attn_k", &[HIDDEN, HIDDEN]),
            ("attn_v", &[HIDDEN, HIDDEN]),
            ("attn_output", &[HIDDEN, HIDDEN]),
            ("ffn_norm", &[HIDDEN]),
            ("ffn_gate", &[FEED_FORWARD, HIDDEN]),
            ("ffn_up", &[FEED_FORWARD, HIDDEN]),
            ("ffn_down", &[HIDDEN, FEED_FORWARD]),
        ];
        tensors.extend(parts.map(|(part, shape)| tensor(format!("blk.{layer}.{part}.weight"), shape)));
    }
    tensors
}

/// A token: its text, its score when a text is cut into tokens, and its kind.
type Token = (String, f32, i32);

/// Tokens for control that only a model has whose template names them: those of Phi-3.
const NAMED: [&str; 4] = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"];

/// A vocabulary in the manner of SentencePiece: three tokens for control, two of ChatML, those of
/// [`NAMED`] that the template has, one for each byte, and words with the space before them.
fn vocabulary(template: &str) -> Vec<Token> {
    const NORMAL: i32 = 1;
    const UNKNOWN: i32 = 2;
    const CONTROL: i32 = 3;
    const BYTE: i32 = 6;
    let mut tokens: Vec<Token> = vec![("<unk>".into(), 0.0, UNKNOWN)];
    tokens.extend(["<s>", "</s>", "<|im_start|>", "<|im_end|>"].map(|text| (text.into(), 0.0, CONTROL)));
    tokens.extend(NAMED.iter().filter(|text| template.contains(**text)).map(|text| ((*text).into(), 0.0, CONTROL)));
    tokens.extend((0..=255).map(|byte| (format!("<0x{byte:02X}>"), 0.0, BYTE)));
    // The tokeniser merges neighbours into the best-scored token, so letters must be there, and
    // every beginning of a word.
    let mut pieces: Vec<String> = ('a'..='z').map(String::from).collect();
    pieces.extend(["\u{2581}", ".", ",", "\n"].map(String::from));
    for word in WORDS.split_whitespace() {
        let word = format!("\u{2581}{word}");
        pieces.extend(word.char_indices().skip(2).map(|(end, _)| word[..end].to_owned()));
        pieces.push(word);
    }
    pieces.sort_by_key(|piece| piece.chars().count());
    let mut seen = std::collections::BTreeSet::new();
    pieces.retain(|piece| seen.insert(piece.clone()));
    tokens.extend(pieces.into_iter().map(|piece| {
        let score = piece.chars().count() as f32 - 100.0;
        (piece, score, NORMAL)
    }));
    tokens
}

fn metadata(vocabulary: Vec<Token>, tiny: Tiny) -> Vec<(&'static str, Value)> {
    let mut metadata = vec![
        ("general.architecture", Value::text("llama")),
        ("general.name", Value::text("tiny")),
        ("general.file_type", Value::U32(1)),
        ("llama.context_length", Value::U32(CONTEXT)),
        ("llama.embedding_length", Value::U32(HIDDEN as u32)),
        ("llama.feed_forward_length", Value::U32(FEED_FORWARD as u32)),
        ("llama.block_count", Value::U32(LAYERS as u32)),
        ("llama.attention.head_count", Value::U32(HEADS)),
        ("llama.attention.head_count_kv", Value::U32(HEADS)),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("llama.rope.dimension_count", Value::U32(HIDDEN as u32 / HEADS)),
        ("llama.vocab_size", Value::U32(vocabulary.len() as u32)),
        ("tokenizer.ggml.model", Value::text("llama")),
        ("tokenizer.ggml.pre", Value::text("default")),
        ("tokenizer.ggml.scores", Value::F32s(vocabulary.iter().map(|token| token.1).collect())),
        ("tokenizer.ggml.token_type", Value::I32s(vocabulary.iter().map(|token| token.2).collect())),
        ("tokenizer.ggml.unknown_token_id", Value::U32(0)),
        ("tokenizer.ggml.bos_token_id", Value::U32(1)),
        ("tokenizer.ggml.eos_token_id", Value::U32(2)),
        ("tokenizer.ggml.tokens", Value::Texts(vocabulary.into_iter().map(|token| token.0).collect())),
    ];
    metadata.extend(tiny.template.map(|template| ("tokenizer.chat_template", Value::text(template))));
    metadata
}

/// SplitMix64 by Sebastiano Vigna: small, and the same on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number between -`width` and `width`.
    fn spread(&mut self, width: f32) -> f32 {
        ((self.next() >> 40) as f32 / (1 << 23) as f32 - 1.0) * width
    }
}
