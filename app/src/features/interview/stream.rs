//! A message while it is being spoken: which of its words have come, whether they keep one waiting
//! too long, and when to try again after the connection broke. Plain state; it does no input or output.

use std::time::Duration;

/// Seconds without a word after which the page says why.
const LONG_SILENCE: u32 = 15;
/// Seconds to wait before the next try, by the number of tries that failed; the last one repeats.
const PAUSES: [u64; 5] = [1, 2, 4, 8, 15];
/// Characters after which words that begin like the question are taken for it; fewer could be a
/// word of the text that happens to be the same.
const TELLING: usize = 12;

/// The words of one message, as far as they have come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    turn: u32,
    known: String,
    heard: String,
    silence: u32,
    failures: usize,
    interrupted: bool,
}

impl Words {
    /// The message at `turn` is about to be spoken; `known` is what was shown of it already.
    pub fn begin(turn: u32, known: &str) -> Self {
        Self { turn, known: known.to_owned(), heard: String::new(), silence: 0, failures: 0, interrupted: false }
    }

    /// Which message it is.
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// Some more of it came.
    pub fn hear(&mut self, chunk: &str) {
        self.heard.push_str(chunk);
        (self.silence, self.failures, self.interrupted) = (0, 0, false);
    }

    /// A second went by.
    pub fn second(&mut self) {
        self.silence += 1;
    }

    /// The connection broke, or a try to get it back failed.
    pub fn interrupt(&mut self) {
        self.failures += 1;
        self.interrupted = true;
    }

    /// The connection is back. The message is spoken again from its beginning; what was shown of it stays.
    pub fn again(&mut self) {
        let shown = self.shown().to_owned();
        *self = Self { failures: self.failures, ..Self::begin(self.turn, &shown) };
    }

    /// How long to wait before the next try.
    pub fn pause(&self) -> Duration {
        let place = self.failures.saturating_sub(1).min(PAUSES.len() - 1);
        Duration::from_secs(PAUSES[place])
    }

    /// Whether the connection is broken.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Whether one has waited so long for a word that the page should say why.
    pub fn is_slow(&self) -> bool {
        !self.interrupted && self.silence >= LONG_SILENCE
    }

    /// What is to be seen: never less than was seen before. Words that differ from those wait until
    /// all of them are there.
    pub fn shown(&self) -> &str {
        if self.heard.starts_with(&self.known) { &self.heard } else { &self.known }
    }

    /// What is to be seen, divided into the text and as much of `question` as has come.
    pub fn parts(&self, question: Option<&str>) -> (&str, &str) {
        divide(self.shown(), question.unwrap_or_default())
    }
}

/// Divides `spoken`, a text that is followed by `question`, before the part of the question that
/// has come so far.
fn divide<'a>(spoken: &'a str, question: &str) -> (&'a str, &'a str) {
    let starts = std::iter::once(0)
        .chain(spoken.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8()));
    let asks = |start: &usize| {
        let rest = &spoken[*start..];
        let told = spoken[..*start].ends_with("\n\n") || rest.chars().count() >= TELLING || rest == question;
        !rest.is_empty() && question.starts_with(rest) && told
    };
    match starts.into_iter().find(asks) {
        Some(start) => (spoken[..start].trim_end(), &spoken[start..]),
        None => (spoken.trim_end(), ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(chunks: &[&str]) -> Words {
        let mut words = Words::begin(3, "");
        for chunk in chunks {
            words.hear(chunk);
        }
        words
    }

    #[test]
    fn words_add_up() {
        let words = heard(&["Hello ", "Ada, ", "good to meet you."]);
        assert_eq!((words.turn(), words.shown()), (3, "Hello Ada, good to meet you."));
    }

    #[test]
    fn what_was_seen_never_shrinks() {
        let mut words = Words::begin(0, "Hello Ada, good");
        words.hear("Hello ");
        assert_eq!(words.shown(), "Hello Ada, good");
        words.hear("Ada, good to meet");
        assert_eq!(words.shown(), "Hello Ada, good to meet");
        words.interrupt();
        words.again();
        words.hear("Hello");
        assert_eq!(words.shown(), "Hello Ada, good to meet");
        assert!(!words.is_interrupted());
    }

    #[test]
    fn other_words_than_those_seen_wait() {
        let mut words = Words::begin(0, "Hello Ada");
        words.hear("Good day, Ada.");
        assert_eq!(words.shown(), "Hello Ada");
    }

    #[test]
    fn the_question_is_told_from_the_text() {
        let question = Some("Tell me about an outage that you caused.");
        assert_eq!(heard(&["Let me ask. Tell"]).parts(question), ("Let me ask. Tell", ""));
        assert_eq!(heard(&["Let me ask. Tell me about"]).parts(question), ("Let me ask.", "Tell me about"));
        assert_eq!(heard(&["Let me ask.\n\nT"]).parts(question), ("Let me ask.", "T"));
        assert_eq!(
            heard(&["Tell me about an outage that you caused."]).parts(question),
            ("", "Tell me about an outage that you caused.")
        );
        assert_eq!(heard(&["Größer. 速い"]).parts(None), ("Größer. 速い", ""));
        assert_eq!(heard(&["Thanks. Why?"]).parts(Some("Why?")), ("Thanks.", "Why?"));
    }

    #[test]
    fn a_long_silence_is_noticed_and_ends_with_a_word() {
        let mut words = heard(&["Hello"]);
        for _ in 0..14 {
            words.second();
        }
        assert!(!words.is_slow());
        words.second();
        assert!(words.is_slow());
        words.hear(" Ada");
        assert!(!words.is_slow());
    }

    #[test]
    fn pauses_grow_and_start_anew_after_a_word() {
        let mut words = heard(&[]);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            words.interrupt();
            pauses.push(words.pause().as_secs());
            words.again();
        }
        assert_eq!(pauses, [1, 2, 4, 8, 15, 15, 15]);
        words.hear("Hello");
        words.interrupt();
        assert_eq!(words.pause().as_secs(), 1);
    }
}
