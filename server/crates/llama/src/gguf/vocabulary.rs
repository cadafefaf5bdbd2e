//! The vocabulary: that its lists belong together, and that every token is what its kind says.
//!
//! Source: `llama_vocab::impl::load` in llama-vocab.cpp and what it calls, then and when text is
//! cut into tokens; there an assertion or an exception ends the process.

use std::collections::HashSet;

use super::{
    Checked, Value,
    architecture::Architecture,
    metadata::{Metadata, required, wrong_kind},
};

const MODEL: &str = "tokenizer.ggml.model";
const PRE: &str = "tokenizer.ggml.pre";
const TOKENS: &str = "tokenizer.ggml.tokens";
const SCORES: &str = "tokenizer.ggml.scores";
const KINDS: &str = "tokenizer.ggml.token_type";
const MERGES: &str = "tokenizer.ggml.merges";
const TEMPLATE: &str = "tokenizer.chat_template";

/// More tokens than any model has.
const MOST_TOKENS: usize = 1 << 20;
/// The longest token, in bytes; real ones are runs of up to 128 spaces at most.
const LONGEST_TOKEN: usize = 1_024;

/// The kind of a token that stands for a byte, and the highest kind.
const BYTE: i32 = 6;

/// How text is cut before byte pairs are merged, where llama.cpp spells bytes in the manner of
/// GPT-2; the names are those of models of the architectures that are accepted.
const PRE_TOKENISERS: &[&str] = &[
    "default",
    "llama3",
    "llama-v3",
    "llama-bpe",
    "falcon3",
    "qwen2",
    "deepseek-r1-qwen",
    "deepseek-llm",
    "deepseek-coder",
    "gpt-2",
    "gpt-4o",
    "phi-2",
    "dbrx",
    "tekken",
    "smollm",
    "smaug-bpe",
    "starcoder",
    "refact",
    "megrez",
    "mellum",
    "minerva-7b",
    "stablelm2",
    "olmo",
    "a.x-4.0",
];

/// How text becomes tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokeniser {
    /// SentencePiece: neighbours are joined by score.
    Scores,
    /// Byte pairs: neighbours are joined by a list of merges.
    Merges,
    /// Word pieces: the longest that fits is taken.
    Pieces,
}

impl Tokeniser {
    fn of(metadata: &Metadata, architecture: Architecture) -> Checked<Self> {
        let name = metadata.text(MODEL)?.ok_or("it has no vocabulary")?;
        match (architecture, name) {
            (Architecture::Bert, "bert") => Ok(Self::Pieces),
            (Architecture::Llama | Architecture::Qwen2 | Architecture::Phi3, "llama") => Ok(Self::Scores),
            (Architecture::Llama | Architecture::Qwen2 | Architecture::Phi3, "gpt2") => Ok(Self::Merges),
            (_, "none" | "no_vocab") => Err("it has no vocabulary".into()),
            _ => Err(format!("its tokenizer {name:?} is not one of its architecture")),
        }
    }

    /// The special tokens that llama.cpp cannot do without, and which it takes where the file
    /// names none.
    fn special(self) -> &'static [(&'static str, u32)] {
        match self {
            Self::Scores => &[("bos", 1), ("eos", 2), ("unknown", 0)],
            Self::Merges => &[("bos", 11), ("eos", 11)],
            // This is how the format spells the separator.
            Self::Pieces => &[("bos", 101), ("seperator", 102), ("unknown", 100), ("padding", 0)],
        }
    }
}

/// How many tokens the vocabulary has, if it is sound.
pub(super) fn check(metadata: &Metadata, architecture: Architecture) -> Checked<u64> {
    let tokeniser = Tokeniser::of(metadata, architecture)?;
    let tokens = required(TOKENS, metadata.texts(TOKENS)?)?;
    let count = u32::try_from(tokens.len()).ok().filter(|count| (1..=MOST_TOKENS as u32).contains(count));
    let count = count.ok_or_else(|| format!("it has {} tokens", tokens.len()))?;
    let key = format!("{}.vocab_size", architecture.name());
    if let Some(stated) = metadata.u32(&key)?.filter(|stated| *stated != count) {
        return Err(format!("its {key} is {stated}, and it has {count} tokens"));
    }
    for key in [PRE, TEMPLATE] {
        metadata.text(key)?;
    }
    let distinct = distinct(tokens)?;
    kinds(metadata, tokeniser, tokens)?;
    special(metadata, tokeniser, count)?;
    match tokeniser {
        Tokeniser::Scores => {
            scores(metadata, tokens.len(), true)?;
            bytes(&distinct)?;
        }
        Tokeniser::Merges => {
            scores(metadata, tokens.len(), false)?;
            merges(metadata)?;
        }
        Tokeniser::Pieces => scores(metadata, tokens.len(), false)?,
    }
    Ok(count.into())
}

/// llama.cpp gives empty tokens names of their own; after that no two may be alike.
fn distinct(tokens: &[String]) -> Checked<HashSet<std::borrow::Cow<'_, str>>> {
    let mut distinct = HashSet::with_capacity(tokens.len());
    for (index, token) in tokens.iter().enumerate() {
        if token.len() > LONGEST_TOKEN || token.contains('\0') {
            return Err(format!("its token {index} is too long or holds a zero"));
        }
        let token = if token.is_empty() { format!("[EMPTY_{index}]").into() } else { token.as_str().into() };
        if !distinct.insert(token) {
            return Err(format!("its token {index} repeats another"));
        }
    }
    Ok(distinct)
}

fn kinds(metadata: &Metadata, tokeniser: Tokeniser, tokens: &[String]) -> Checked<()> {
    let kinds = required(KINDS, metadata.i32s(KINDS)?)?;
    as_many(KINDS, kinds.len(), tokens.len())?;
    for (index, (kind, token)) in kinds.iter().zip(tokens).enumerate() {
        let fits = match *kind {
            BYTE => tokeniser == Tokeniser::Scores && byte(token).is_some(),
            kind => (0..BYTE).contains(&kind),
        };
        if !fits {
            return Err(format!("its token {index} ({token:?}) cannot be of the kind {kind}"));
        }
    }
    Ok(())
}

/// The byte that a token such as `<0x0A>` stands for.
fn byte(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>').filter(|digits| digits.len() == 2)?;
    u8::from_str_radix(digits, 16).ok()
}

/// Whether every byte has a token, as text that nothing else fits falls back to them.
fn bytes(distinct: &HashSet<std::borrow::Cow<'_, str>>) -> Checked<()> {
    let has = |byte: u8| {
        distinct.contains(format!("<0x{byte:02X}>").as_str())
            || byte.is_ascii() && distinct.contains(char::from(byte).to_string().as_str())
    };
    match (0..=u8::MAX).find(|byte| !has(*byte)) {
        None => Ok(()),
        Some(byte) => Err(format!("it has no token for the byte {byte}")),
    }
}

fn scores(metadata: &Metadata, tokens: usize, needed: bool) -> Checked<()> {
    match metadata.f32s(SCORES)? {
        Some(scores) if scores.iter().any(|score| !score.is_finite()) => {
            Err(format!("its {SCORES} are not all numbers"))
        }
        Some(scores) => as_many(SCORES, scores.len(), tokens),
        None if needed => required(SCORES, None),
        None => Ok(()),
    }
}

/// Two tokens with a space between them, from the first to be joined to the last.
fn merges(metadata: &Metadata) -> Checked<()> {
    let pre = required(PRE, metadata.text(PRE)?)?;
    if !PRE_TOKENISERS.contains(&pre) {
        return Err(format!("its {PRE} {pre:?} is not known"));
    }
    let merges = required(MERGES, metadata.texts(MERGES)?)?;
    let is_pair = |merge: &String| {
        let sides = merge.split_once(' ');
        sides.is_some_and(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains([' ', '\0']))
    };
    match merges.iter().position(|merge| !is_pair(merge)) {
        None => Ok(()),
        Some(index) => Err(format!("its merge {index} is no pair of tokens")),
    }
}

/// Numbers of special tokens, and whether they are put around a text.
fn special(metadata: &Metadata, tokeniser: Tokeniser, count: u32) -> Checked<()> {
    const PREFIX: &str = "tokenizer.ggml.";
    for (name, value) in metadata.below(PREFIX) {
        let key = format!("{PREFIX}{name}");
        match value {
            Some(Value::U32(id)) if name.ends_with("_token_id") && *id >= count => {
                return Err(format!("its {key} is {id}, and it has {count} tokens"));
            }
            Some(Value::U32(_)) if name.ends_with("_token_id") => {}
            _ if name.ends_with("_token_id") => return Err(wrong_kind(&key)),
            Some(Value::Bool(_)) => {}
            _ if name.starts_with("add_") => return Err(wrong_kind(&key)),
            _ => {}
        }
    }
    for (name, usual) in tokeniser.special() {
        let key = format!("{PREFIX}{name}_token_id");
        if metadata.u32(&key)?.unwrap_or(*usual) >= count {
            return Err(format!("it does not say what its {key} is"));
        }
    }
    Ok(())
}

fn as_many(key: &str, found: usize, tokens: usize) -> Checked<()> {
    if found == tokens { Ok(()) } else { Err(format!("its {key} has {found} items for {tokens} tokens")) }
}
