//! Writing all-MiniLM-L6-v2 as GGUF, from the files that its authors publish.
//!
//! The layout (tensor names, metadata, how the vocabulary is spelt) is what llama.cpp expects of
//! the architecture "bert". Every tensor and the whole vocabulary are checked before a byte is
//! written, so that a file of another model is refused rather than turned into nonsense.

use std::{collections::BTreeMap, fs, path::Path};

use domain::{Error, ErrorKind, Result};
use half::{bf16, f16};
use inference::models::{Encoding, Model};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::gguf::{self, Storage, Tensor, Value};

/// Length of a vector.
const HIDDEN: usize = 384;
/// Width of the feed-forward layers.
const FEED_FORWARD: usize = 1_536;
const LAYERS: usize = 6;
const HEADS: u32 = 12;
/// Positions that were trained; texts are cut far below that, at 256 tokens.
const POSITIONS: usize = 512;
const TOKENS: usize = 30_522;
/// Kinds of segments (first and second sentence); only the first is used.
const SEGMENTS: usize = 2;
/// `layer_norm_eps` of the published configuration.
const EPSILON: f32 = 1e-12;

/// The tokens with a meaning of their own, and their places in the vocabulary.
const SPECIAL: [(&str, usize); 5] = [("[PAD]", 0), ("[UNK]", 100), ("[CLS]", 101), ("[SEP]", 102), ("[MASK]", 103)];

/// Writes the model to `output` from `model.safetensors` and `vocab.txt` in `folder`. This is the
/// [`inference::models::Convert`] for embedding models.
///
/// # Errors
/// [`ErrorKind::Invalid`] naming the file, tensor or line that is wrong, [`ErrorKind::Busy`] if
/// `output` cannot be written.
pub fn convert(model: &Model, folder: &Path, output: &Path) -> Result<()> {
    let bytes = read(&folder.join("model.safetensors"))?;
    let source = SafeTensors::deserialize(&bytes)
        .map_err(|error| invalid("model.safetensors", &format!("it is not whole ({error})")))?;
    let text =
        String::from_utf8(read(&folder.join("vocab.txt"))?).map_err(|_| invalid("vocab.txt", "it is not UTF-8"))?;
    let metadata = metadata(model, &text).map_err(|reason| invalid("vocab.txt", &reason))?;
    let layout = layout(model.encoding)?;
    let views =
        layout.iter().map(|(theirs, ours)| view(&source, theirs, &ours.shape).map(|view| (ours.name.as_str(), view)));
    let views = views
        .collect::<std::result::Result<BTreeMap<_, _>, _>>()
        .map_err(|reason| invalid("model.safetensors", &reason))?;
    for (theirs, ours) in &layout {
        if !numbers(&views[ours.name.as_str()]).all(f32::is_finite) {
            return Err(invalid(
                "model.safetensors",
                &format!("the tensor {theirs} holds values that are not numbers"),
            ));
        }
    }
    let tensors: Vec<_> = layout.iter().map(|(_, ours)| ours.clone()).collect();
    gguf::write(output, &metadata, &tensors, |tensor| Ok(numbers(&views[tensor.name.as_str()]).collect())).map_err(
        |error| {
            Error::new(
                ErrorKind::Busy,
                format!("{} cannot be written: {error}. Check the space on its disk.", output.display()),
            )
        },
    )
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
        .map_err(|error| Error::new(ErrorKind::NotFound, format!("{} cannot be read: {error}.", path.display())))
}

fn invalid(file: &str, reason: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("{file} is not that of all-MiniLM-L6-v2: {reason}."))
}

/// Each tensor: its published name, and what becomes of it. Matrices take the encoding; vectors
/// and the small tables of positions and segments stay exact.
fn layout(encoding: Encoding) -> Result<Vec<(String, Tensor)>> {
    let matrix = match encoding {
        Encoding::F16 => Storage::F16,
        Encoding::Q8 => Storage::Q8,
        Encoding::Q4KM => return Err(invalid("the manifest", "it is not written as Q4_K_M")),
    };
    let tensor =
        |theirs: String, ours: String, shape: Vec<usize>, storage| (theirs, Tensor { name: ours, shape, storage });
    let pair = |theirs: &str, ours: &str, rows: usize, columns: usize| {
        [
            tensor(format!("{theirs}.weight"), format!("{ours}.weight"), vec![rows, columns], matrix),
            tensor(format!("{theirs}.bias"), format!("{ours}.bias"), vec![rows], Storage::F32),
        ]
    };
    let norm = |theirs: &str, ours: &str| {
        ["weight", "bias"]
            .map(|part| tensor(format!("{theirs}.{part}"), format!("{ours}.{part}"), vec![HIDDEN], Storage::F32))
    };
    let table = |theirs: &str, ours: &str, rows: usize, storage| {
        tensor(format!("embeddings.{theirs}.weight"), format!("{ours}.weight"), vec![rows, HIDDEN], storage)
    };
    let mut layout = vec![
        table("word_embeddings", "token_embd", TOKENS, matrix),
        table("position_embeddings", "position_embd", POSITIONS, Storage::F32),
        table("token_type_embeddings", "token_types", SEGMENTS, Storage::F32),
    ];
    layout.extend(norm("embeddings.LayerNorm", "token_embd_norm"));
    for layer in 0..LAYERS {
        let (theirs, ours) = (format!("encoder.layer.{layer}"), format!("blk.{layer}"));
        for (part, name) in [
            ("self.query", "attn_q"),
            ("self.key", "attn_k"),
            ("self.value", "attn_v"),
            ("output.dense", "attn_output"),
        ] {
            layout.extend(pair(&format!("{theirs}.attention.{part}"), &format!("{ours}.{name}"), HIDDEN, HIDDEN));
        }
        layout.extend(norm(&format!("{theirs}.attention.output.LayerNorm"), &format!("{ours}.attn_output_norm")));
        layout.extend(pair(&format!("{theirs}.intermediate.dense"), &format!("{ours}.ffn_up"), FEED_FORWARD, HIDDEN));
        layout.extend(pair(&format!("{theirs}.output.dense"), &format!("{ours}.ffn_down"), HIDDEN, FEED_FORWARD));
        layout.extend(norm(&format!("{theirs}.output.LayerNorm"), &format!("{ours}.layer_output_norm")));
    }
    Ok(layout)
}

fn view<'a>(source: &SafeTensors<'a>, name: &str, shape: &[usize]) -> std::result::Result<TensorView<'a>, String> {
    let view = source.tensor(name).map_err(|_| format!("the tensor {name} is missing"))?;
    if view.shape() != shape {
        return Err(format!("the tensor {name} has the shape {:?} instead of {shape:?}", view.shape()));
    }
    if !matches!(view.dtype(), Dtype::F32 | Dtype::F16 | Dtype::BF16) {
        return Err(format!("the tensor {name} holds {:?} instead of floating point numbers", view.dtype()));
    }
    Ok(view)
}

/// The numbers of a tensor that [`view`] let pass.
fn numbers<'a>(view: &TensorView<'a>) -> Box<dyn Iterator<Item = f32> + 'a> {
    let data = view.data();
    match view.dtype() {
        Dtype::F16 => Box::new(data.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32())),
        Dtype::BF16 => Box::new(data.as_chunks().0.iter().map(|bytes| bf16::from_le_bytes(*bytes).to_f32())),
        _ => Box::new(data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes))),
    }
}

fn metadata(model: &Model, vocabulary: &str) -> std::result::Result<Vec<(&'static str, Value)>, String> {
    const MEAN_POOLING: u32 = 1;
    let (tokens, kinds) = tokens(vocabulary)?;
    let file_type = match model.encoding {
        Encoding::F16 => 1,
        Encoding::Q8 => 7,
        Encoding::Q4KM => 15,
    };
    let mut metadata = vec![
        ("general.architecture", Value::text("bert")),
        ("general.name", Value::text("all-MiniLM-L6-v2")),
        ("general.license", Value::text(model.licence.to_lowercase())),
        ("general.file_type", Value::U32(file_type)),
        ("general.quantization_version", Value::U32(2)),
        ("bert.context_length", Value::U32(POSITIONS as u32)),
        ("bert.embedding_length", Value::U32(HIDDEN as u32)),
        ("bert.feed_forward_length", Value::U32(FEED_FORWARD as u32)),
        ("bert.block_count", Value::U32(LAYERS as u32)),
        ("bert.attention.head_count", Value::U32(HEADS)),
        ("bert.attention.layer_norm_epsilon", Value::F32(EPSILON)),
        ("bert.attention.causal", Value::Bool(false)),
        ("bert.pooling_type", Value::U32(MEAN_POOLING)),
        ("tokenizer.ggml.model", Value::text("bert")),
        ("tokenizer.ggml.pre", Value::text("default")),
        ("tokenizer.ggml.tokens", Value::Texts(tokens)),
        ("tokenizer.ggml.token_type", Value::I32s(kinds)),
        ("tokenizer.ggml.token_type_count", Value::U32(SEGMENTS as u32)),
    ];
    let id = |index: usize| Value::U32(SPECIAL[index].1 as u32);
    metadata.extend([
        ("tokenizer.ggml.padding_token_id", id(0)),
        ("tokenizer.ggml.unknown_token_id", id(1)),
        ("tokenizer.ggml.bos_token_id", id(2)),
        ("tokenizer.ggml.eos_token_id", id(3)),
        // This is how the format spells it.
        ("tokenizer.ggml.seperator_token_id", id(3)),
        ("tokenizer.ggml.mask_token_id", id(4)),
    ]);
    Ok(metadata)
}

/// The pieces as llama.cpp spells them, and their kinds: continuation pieces lose their "##",
/// pieces that start a word gain U+2581, special ones stay.
fn tokens(vocabulary: &str) -> std::result::Result<(Vec<String>, Vec<i32>), String> {
    const NORMAL: i32 = 1;
    const CONTROL: i32 = 3;
    const UNUSED: i32 = 5;
    let pieces: Vec<_> = vocabulary.lines().collect();
    if pieces.len() != TOKENS {
        return Err(format!("it has {} lines instead of {TOKENS}", pieces.len()));
    }
    for (piece, line) in SPECIAL {
        if pieces[line] != piece {
            return Err(format!("line {} is \"{}\" instead of \"{piece}\"", line + 1, pieces[line]));
        }
    }
    let mut lines = BTreeMap::new();
    for (line, piece) in pieces.iter().enumerate() {
        if piece.is_empty() || piece.contains(['\0', ' ']) {
            return Err(format!("line {} is no word piece", line + 1));
        }
        if let Some(earlier) = lines.insert(piece, line) {
            return Err(format!("line {} repeats line {}", line + 1, earlier + 1));
        }
    }
    let spelt = pieces.iter().map(|piece| {
        if SPECIAL.iter().any(|(special, _)| special == piece) {
            ((*piece).to_owned(), CONTROL)
        } else if piece.starts_with("[unused") {
            ((*piece).to_owned(), UNUSED)
        } else if let Some(rest) = piece.strip_prefix("##") {
            (rest.to_owned(), NORMAL)
        } else {
            (format!("\u{2581}{piece}"), NORMAL)
        }
    });
    Ok(spelt.unzip())
}
