//! Words and sentences of what people write, each with the place where it starts.
//!
//! Everything is a slice of the text it came from, so that evidence can be quoted verbatim and
//! found again. Offsets are in bytes and always lie on character boundaries.

mod run_ons;
mod sentences;
mod words;

pub use sentences::{Sentence, sentences, written_sentences};
pub use words::{Word, content_stems, is_stop_word, stem, words};

/// The entries of a word list: one a line, comments start with `#`, empty lines are skipped.
pub(crate) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
