//! An answer prepared for grading: its sentences with their words in lower case.

use std::collections::HashSet;

use super::{
    Quote,
    lexicon::{Group, Span},
};
use crate::question::Question;
use crate::text::{Sentence, Word, content_stems, is_stop_word, sentences, words};

/// Stems that add nothing to the words of a question.
const HOLLOW: [&str; 14] = [
    "not", "sure", "import", "question", "good", "think", "describ", "tell", "answer", "end", "yes", "mean", "know",
    "need",
];

/// An answer, divided once for all dimensions.
pub(super) struct Answer<'a> {
    /// The answer as given.
    pub(super) text: &'a str,
    /// Its sentences, as [`sentences`] divides them; vectors are matched to them by position.
    pub(super) lines: Vec<Line<'a>>,
    /// The number of words.
    pub(super) words: usize,
}

/// A sentence of an answer.
pub(super) struct Line<'a> {
    /// The sentence and where it starts in the answer.
    pub(super) sentence: Sentence<'a>,
    /// Its words; their starts count from the start of the sentence.
    pub(super) words: Vec<Word<'a>>,
    /// The same words in lower case with plain apostrophes.
    pub(super) lower: Vec<String>,
    /// The share of the answer's words that come before the middle of this sentence, 0 to 1.
    pub(super) place: f32,
    /// Whether it says hardly anything beyond the question's own words.
    pub(super) echo: bool,
}

impl<'a> Answer<'a> {
    /// Divides `text`.
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines: Vec<Line<'a>> = sentences(text).into_iter().map(Line::new).collect();
        let total: usize = lines.iter().map(|line| line.words.len()).sum();
        let mut before = 0;
        for line in &mut lines {
            let middle = before as f32 + line.words.len() as f32 / 2.0;
            line.place = middle / total.max(1) as f32;
            before += line.words.len();
        }
        Self { text, lines, words: total }
    }

    /// The same answer, with the sentences marked that only repeat the question.
    pub(super) fn to(mut self, question: &Question) -> Self {
        let asked: HashSet<String> = content_stems(&question.text).into_iter().collect();
        for line in &mut self.lines {
            line.echo = line.repeats(&asked);
        }
        self
    }

    /// The sentences that say something: neither a mere list of terms nor the question again.
    pub(super) fn telling(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|line| !line.echo && !line.is_list())
    }
}

impl<'a> Line<'a> {
    fn new(sentence: Sentence<'a>) -> Self {
        let words = words(sentence.text);
        let lower = words.iter().map(|word| word.text.to_lowercase().replace('\u{2019}', "'")).collect();
        Self { sentence, words, lower, place: 0.0, echo: false }
    }

    /// Where the entries occur.
    pub(super) fn find(&self, entries: &Group) -> Vec<Span> {
        entries.find(&self.lower)
    }

    /// The whole sentence as evidence.
    pub(super) fn quote(&self) -> Quote {
        Quote { text: self.sentence.text.to_owned(), start: self.sentence.start }
    }

    /// The words of `span` as they were written.
    pub(super) fn said(&self, span: Span) -> &'a str {
        &self.sentence.text[self.words[span.first].start..self.words[span.end - 1].end()]
    }

    /// What stands between word `index` and the word before it.
    pub(super) fn gap(&self, index: usize) -> &'a str {
        let from = index.checked_sub(1).map_or(0, |before| self.words[before].end());
        &self.sentence.text[from..self.words[index].start]
    }

    /// Whether this says hardly anything beyond the question's own words, whose stems are `asked`.
    fn repeats(&self, asked: &HashSet<String>) -> bool {
        let said: HashSet<String> = content_stems(self.sentence.text).into_iter().collect();
        let said = || said.iter().filter(|stem| !HOLLOW.contains(&stem.as_str()));
        let known = said().filter(|stem| asked.contains(*stem)).count();
        known == said().count() || known >= 2 && known * 5 >= said().count() * 3
    }

    /// Whether this is a mere list of terms: many commas and hardly any word of grammar. Such a
    /// list names things without saying anything about them.
    pub(super) fn is_list(&self) -> bool {
        let count = self.words.len();
        let grammar = self.lower.iter().filter(|word| is_stop_word(word)).count();
        let commas = self.sentence.text.matches([',', ';', '/', '|']).count();
        count >= 8 && grammar * 7 < count && commas * 5 >= count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_know_their_place() {
        let answer = Answer::new("One two three four. Five six seven eight.");
        let places: Vec<f32> = answer.lines.iter().map(|line| line.place).collect();
        assert_eq!(places, [0.25, 0.75]);
        assert_eq!(answer.words, 8);
    }

    #[test]
    fn lists_are_told_from_sentences() {
        let is_list = |text| Answer::new(text).lines[0].is_list();
        assert!(is_list("Idempotency key, UUID, unique index, transaction, ACID, retry, backoff, saga, Kafka"));
        assert!(!is_list("I looked at logs, metrics, traces and tickets, and then I asked the team."));
        assert!(!is_list("Logs, metrics, traces."));
    }

    #[test]
    fn spans_are_said_verbatim() {
        let answer = Answer::new("Well, I’m NOT sure.");
        let line = &answer.lines[0];
        assert_eq!(line.lower[1], "i'm");
        assert_eq!(line.said(Span { first: 1, end: 3 }), "I’m NOT");
        assert_eq!(line.gap(1), ", ");
    }
}
