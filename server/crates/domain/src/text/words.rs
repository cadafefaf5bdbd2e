//! Words, their stems, and which of them carry grammar rather than matter.

use std::{collections::HashSet, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

use super::entries;

static STOP_WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| entries(include_str!("../../data/stop-words.txt")).collect());

/// A word as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word.
    pub text: &'a str,
    /// Where it starts in the text, in bytes.
    pub start: usize,
}

impl Word<'_> {
    /// Where it ends in the text, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The words of `text` by the rules of Unicode (UAX 29): "don't", "3.5" and "p95" are one word
/// each, "start-up" is two, and punctuation is none.
pub fn words(text: &str) -> Vec<Word<'_>> {
    text.unicode_word_indices().map(|(start, text)| Word { text, start }).collect()
}

/// The stem of an English word in lower case, by the Snowball algorithm: "retries" and "Retry"
/// have the same one. Other languages come back in lower case.
pub fn stem(word: &str) -> String {
    Stemmer::create(Algorithm::English).stem(&plain(word)).into_owned()
}

/// Whether `word` is an English word of grammar, such as "the". Negations are not among them:
/// they turn the meaning.
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(plain(word).as_str())
}

/// The stems of the words of `text` that carry matter, in order, with repetitions.
pub fn content_stems(text: &str) -> Vec<String> {
    words(text).iter().filter(|word| !is_stop_word(word.text)).map(|word| stem(word.text)).collect()
}

/// Lower case, with the typewriter's apostrophe.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('\u{2019}', "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_numbers_and_contractions_whole() {
        let found: Vec<&str> = words("I didn't wait: 3.5 s at p95!").iter().map(|w| w.text).collect();
        assert_eq!(found, ["I", "didn't", "wait", "3.5", "s", "at", "p95"]);
    }

    #[test]
    fn words_know_where_they_are() {
        let text = "naïve café — 東京";
        for word in words(text) {
            assert_eq!(&text[word.start..word.end()], word.text);
        }
    }

    #[test]
    fn stems_join_forms_of_a_word() {
        assert_eq!(stem("retries"), stem("Retry"));
        assert_eq!(stem("measured"), stem("measuring"));
        assert_eq!(stem("Straße"), "straße");
    }

    #[test]
    fn grammar_is_told_from_matter() {
        assert!(is_stop_word("The") && is_stop_word("I’m"));
        assert!(!is_stop_word("not") && !is_stop_word("cache"));
        assert_eq!(content_stems("The caches were not warm"), ["cach", "not", "warm"]);
    }
}
