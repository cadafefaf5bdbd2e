//! Grading by comparison: how well words that somebody said make a point that somebody meant.
//!
//! A pure rule over stems and sentence vectors, so that every strength can be explained.

use std::collections::HashSet;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// A text prepared for comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    vector: Vec<f32>,
    stems: HashSet<String>,
    negated: bool,
}

impl Passage {
    /// Prepares `text`; `vector` is its sentence vector of unit length, 384 numbers from
    /// all-MiniLM-L6-v2.
    pub fn new(text: &str, vector: Vec<f32>) -> Self {
        let stemmer = Stemmer::create(Algorithm::English);
        let words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
        let negated = words.iter().any(|word| matches!(word.as_str(), "not" | "no" | "never" | "without") || word.ends_with("n't"));
        let stems = words.iter().filter(|word| word.len() > 3).map(|word| stemmer.stem(word).into_owned()).collect();
        Self { vector, stems, negated }
    }
}

/// How well something said makes a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// 0 to 1, the whole judgement.
    pub strength: f32,
    /// -1 to 1, likeness of the two sentence vectors.
    pub cosine: f32,
    /// 0 to 1, the share of the point's words that were said, apart from the question's own.
    pub overlap: f32,
    /// Whether one of the two denies what the other says.
    pub contradicted: bool,
}

/// Compares `said`, one sentence of an answer, with `meant`, one key point or a paraphrase of
/// it. Words of `question` earn nothing.
pub fn compare(meant: &Passage, said: &Passage, question: &Passage) -> Match {
    let cosine: f32 = meant.vector.iter().zip(&said.vector).map(|(a, b)| a * b).sum();
    let own: HashSet<&String> = meant.stems.difference(&question.stems).collect();
    let shared = own.iter().filter(|stem| said.stems.contains(**stem)).count();
    let overlap = if own.is_empty() { 0.0 } else { shared as f32 / own.len() as f32 };
    let contradicted = meant.negated != said.negated && overlap >= 0.5;
    let likeness = ((cosine - 0.2) / 0.6).clamp(0.0, 1.0);
    let strength = (0.7 * likeness + 0.3 * overlap) * if contradicted { 0.5 } else { 1.0 };
    Match { strength, cosine, overlap, contradicted }
}

/// Grades a whole `answer` against the sentences of a `reference`, 0 to 1: the mean over the
/// reference's sentences of the best strength among the answer's sentences.
pub fn grade(question: &Passage, reference: &[Passage], answer: &[Passage]) -> f32 {
    if reference.is_empty() {
        return 0.0;
    }
    let best = |meant: &Passage| answer.iter().map(|said| compare(meant, said, question).strength).fold(0.0, f32::max);
    reference.iter().map(best).sum::<f32>() / reference.len() as f32
}
