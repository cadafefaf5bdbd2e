//! A text prepared for comparison: its words with what each of them is worth comparing by.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, LazyLock},
};

use crate::text::{entries, is_stop_word, stem, words};

use super::{non_answer, opposites};

/// Words that turn the meaning of what follows.
static NEGATIONS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| entries(include_str!("../../data/negations.txt")).collect());

/// A negation reaches this many words of matter ahead, unless the clause ends first. On the
/// labelled sets, two told denied words from affirmed ones better than three or five.
const REACH: usize = 2;

/// Words that start a clause which a negation before them does not reach.
const CLAUSES: [&str; 8] = ["although", "because", "but", "however", "since", "so", "whereas", "which"];

/// A text prepared for comparison: its sentence vector (unit length, 384 numbers from
/// all-MiniLM-L6-v2) and the stems of its words.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    vector: Vec<f32>,
    pub(super) terms: Vec<Term>,
    /// Says only that there is no answer.
    pub(super) non_answer: bool,
}

/// A stem of a passage, once however often it occurs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub(super) stem: String,
    /// The first word with this stem, in lower case.
    pub(super) word: String,
    /// Carries grammar rather than matter.
    pub(super) grammar: bool,
    /// Occurs outside the reach of a negation.
    pub(super) affirmed: bool,
    /// Occurs within the reach of a negation.
    pub(super) denied: bool,
    /// Pairs of neighbouring letters of the stem and its two ends, sorted; none if it has digits.
    pub(super) pairs: Vec<[char; 2]>,
    /// The stems that deny it.
    pub(super) opposites: &'static [String],
    /// The vector of the word alone, when there is one.
    pub(super) vector: Option<Arc<[f32]>>,
}

/// Vectors of single words, by which words that are spelt differently are recognised as related.
/// Each is of unit length and comes from the model of the sentence vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WordVectors {
    by_word: HashMap<String, Arc<[f32]>>,
}

impl WordVectors {
    /// Adds the vector of `word`, which is one of [`content_words`].
    pub fn insert(&mut self, word: String, vector: Arc<[f32]>) {
        self.by_word.insert(word, vector);
    }
}

/// The words of `text` whose vectors help to compare it, in lower case, each once, in order.
/// Words of grammar and words with digits need none: they count only when they are the same.
pub fn content_words(text: &str) -> Vec<String> {
    let terms = terms(text).into_iter();
    terms.filter(|term| !term.grammar && !term.pairs.is_empty()).map(|term| term.word).collect()
}

impl Passage {
    /// Prepares `text`. `vector` is its sentence vector; an empty one is like no other.
    pub fn new(text: &str, vector: Vec<f32>) -> Self {
        Self { vector, terms: terms(text), non_answer: non_answer::is_non_answer(text) }
    }

    /// Adds the vectors of the words. Without them only words of the same or nearly the same
    /// spelling count as the same.
    #[must_use]
    pub fn with_words(mut self, vectors: &WordVectors) -> Self {
        for term in self.terms.iter_mut().filter(|term| !term.grammar) {
            term.vector = vectors.by_word.get(&term.word).cloned();
        }
        self
    }

    /// The likeness of the sentence vectors, -1 to 1; 0 when one is missing.
    pub(super) fn cosine(&self, other: &Self) -> f32 {
        likeness(&self.vector, &other.vector)
    }
}

/// The likeness of two unit vectors, -1 to 1; 0 when one is empty.
pub(super) fn likeness(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    // Sums side by side, since the order of one long sum would keep it from being vectorised.
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.chunks(LANES).zip(b.chunks(LANES)) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    let dot: f32 = sums.iter().sum();
    if dot.is_finite() { dot.clamp(-1.0, 1.0) } else { 0.0 }
}

fn terms(text: &str) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let (mut reach, mut end) = (0, 0);
    for word in words(text) {
        let lower = word.text.to_lowercase().replace('\u{2019}', "'");
        let ends_clause = text[end..word.start].contains(['.', ',', ';', ':', '!', '?']);
        end = word.end();
        if ends_clause || CLAUSES.contains(&lower.as_str()) {
            reach = 0;
        }
        if lower.ends_with("n't") || NEGATIONS.contains(lower.as_str()) {
            reach = REACH;
            continue;
        }
        let stem = stem(&lower);
        let index = *places.entry(stem).or_insert_with_key(|stem| {
            terms.push(Term::new(stem.clone(), lower));
            terms.len() - 1
        });
        let term = &mut terms[index];
        term.denied |= reach > 0;
        term.affirmed |= reach == 0;
        if !term.grammar {
            reach = reach.saturating_sub(1);
        }
    }
    terms
}

impl Term {
    fn new(stem: String, word: String) -> Self {
        let (pairs, opposites) = (pairs(&stem), opposites::of(&stem));
        // What has an opposite carries matter, however common it is.
        let grammar = opposites.is_empty() && is_stop_word(&word);
        Self { stem, word, grammar, affirmed: false, denied: false, pairs, opposites, vector: None }
    }
}

fn pairs(stem: &str) -> Vec<[char; 2]> {
    if stem.contains(char::is_numeric) {
        return Vec::new();
    }
    let letters: Vec<char> = ['^'].into_iter().chain(stem.chars()).chain(['$']).collect();
    let mut pairs: Vec<[char; 2]> = letters.windows(2).map(|pair| [pair[0], pair[1]]).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(text: &str) -> Vec<String> {
        terms(text).into_iter().filter(|term| term.denied && !term.grammar).map(|term| term.stem).collect()
    }

    #[test]
    fn a_negation_reaches_two_words_of_its_clause() {
        assert_eq!(denied("The bulb is not in a closed path with the battery."), ["close", "path"]);
        assert_eq!(denied("It doesn’t retry, the client waits."), ["retri"]);
        assert_eq!(denied("Never cached because reads changed."), ["cach"]);
        assert!(denied("The cache is warm.").is_empty());
    }

    #[test]
    fn content_words_are_what_is_worth_a_vector() {
        assert_eq!(
            content_words("The Queue grows to 512 jobs; a queue never blocks."),
            ["queue", "grows", "jobs", "blocks"]
        );
        assert!(content_words("… 42 … of the").is_empty());
    }
}
