//! Telling "I don't know" from an answer.

use std::sync::LazyLock;

use crate::text::{entries, is_stop_word, words};

/// Words of matter that may follow before it counts as an attempt, as in "no idea what a
/// prototype program does".
const MOST_ADDED: usize = 3;

/// Words that announce an attempt after all.
const ATTEMPTS: [&str; 8] = ["assume", "believe", "but", "guess", "maybe", "perhaps", "probably", "think"];

/// Words that come before saying so.
const SIGHS: [&str; 12] = ["actually", "er", "honestly", "hm", "hmm", "oh", "ok", "okay", "sorry", "uh", "um", "well"];

/// Words within such a sentence that change nothing.
const FILLERS: [&str; 7] = ["really", "honestly", "actually", "just", "quite", "exactly", "even"];

struct Phrase {
    words: Vec<&'static str>,
    /// Counts only as the whole sentence.
    whole: bool,
}

static PHRASES: LazyLock<Vec<Phrase>> = LazyLock::new(|| {
    let lines = entries(include_str!("../../data/non-answers.txt"));
    let phrases = lines.map(|line| {
        let phrase = line.strip_prefix('=');
        Phrase { words: phrase.unwrap_or(line).split(' ').collect(), whole: phrase.is_some() }
    });
    phrases.collect()
});

/// Whether `text` only says that there is no answer.
pub(super) fn is_non_answer(text: &str) -> bool {
    let lower: Vec<String> = words(text).iter().map(|word| word.text.to_lowercase().replace('\u{2019}', "'")).collect();
    if lower.iter().any(|word| ATTEMPTS.contains(&word.as_str())) {
        return false;
    }
    let sighs = lower.iter().take_while(|word| SIGHS.contains(&word.as_str())).count();
    let said: Vec<&str> = lower[sighs..].iter().map(String::as_str).filter(|word| !FILLERS.contains(word)).collect();
    PHRASES.iter().any(|phrase| {
        said.strip_prefix(phrase.words.as_slice()).is_some_and(|rest| {
            let added = rest.iter().filter(|word| !is_stop_word(word)).count();
            if phrase.whole { rest.is_empty() } else { added <= MOST_ADDED }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn non_answers_are_recognised() {
        for text in [
            "I don't know.",
            "idk",
            "I really don’t know the answer to this",
            "No idea!",
            "Not answered",
            "um, not sure",
        ] {
            assert!(is_non_answer(text), "{text}");
        }
    }

    #[test]
    fn attempts_are_not() {
        for text in [
            "Users don't know the password.",
            "I am not sure, but I think it is a stack.",
            "No answer is sent until the transaction has been committed on both database replicas.",
            "Nothing happens.",
            "",
            "A pass over the array.",
        ] {
            assert!(!is_non_answer(text), "{text}");
        }
    }
}
