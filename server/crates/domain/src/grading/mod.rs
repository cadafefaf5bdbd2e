//! Grading by comparison: how well words that somebody said make a point that somebody meant.
//!
//! The rule is a small formula with weights that can be read, not a trained model. Three quarters
//! of a judgement are the share of the meant words that were said: words of grammar and words that
//! the question has already count for a quarter, misspellings and related words in part, and
//! words said of the contrary ("not connected" for "connected", "lower" for "higher") for a
//! quarter. One quarter is the likeness of the sentence vectors. Contradictions and mere echoes
//! of the question are marked down, and "I don't know" earns nothing.
//!
//! The weights were chosen where both training sets of SemEval-2013 task 7 (Beetle and
//! SciEntsBank; `lodestar evaluate answers` measures them) have a flat optimum, so that they hold
//! for questions of either and, one may hope, for others.

mod non_answer;
mod opposites;
mod overlap;
mod passage;

pub use passage::{Passage, WordVectors, content_words};

/// The weight of the likeness of sentence vectors; the overlap of words has the rest.
const COSINE: f32 = 0.25;

/// From this share of words said of the contrary on, the whole is held to be a contradiction. Of
/// the answers found so, people labelled 56 % contradictory on Beetle (27 % of all answers are)
/// and 36 % on SciEntsBank (10 %).
const CONTRARY: f32 = 0.5;

/// What a contradiction keeps of its strength.
const CONTRADICTED: f32 = 0.8;

/// What an answer keeps that adds no word of its own to those of the question.
const ECHO: f32 = 0.8;

/// People are lenient with answers that say part of it: below 1, the exponent raises the middle.
/// An assumption about graded answers, not fitted: on the labelled sets, which know no half marks,
/// it costs less than 0.01 of Pearson against an exponent of 1.
const LENIENCE: f32 = 0.75;

/// How well something said makes a point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Match {
    /// 0 to 1, the whole judgement.
    pub strength: f32,
    /// 0 to 1, likeness of the sentence vectors; 0 also for opposite directions.
    pub cosine: f32,
    /// 0 to 1, the share of the point's words that were said, by their worth.
    pub overlap: f32,
    /// Whether what was said denies what was meant.
    pub contradicted: bool,
}

/// Compares `said`, one sentence of an answer (or the whole of a short one), with `meant`, one key
/// point or a paraphrase of it. Words of `question` earn next to nothing.
pub fn compare(meant: &Passage, said: &Passage, question: &Passage) -> Match {
    judge(question, std::slice::from_ref(meant), std::slice::from_ref(said))
}

/// Grades a whole answer, given sentence by sentence, against the sentences of a reference answer,
/// 0 to 1. The order of the sentences does not matter.
pub fn grade(question: &Passage, reference: &[Passage], answer: &[Passage]) -> f32 {
    judge(question, reference, answer).strength
}

/// Compares a whole answer with a whole reference, each given sentence by sentence: the words of
/// all sentences together, and for each sentence of the reference the answer's nearest. To say
/// more of the reference therefore never lowers the strength.
pub fn judge(question: &Passage, reference: &[Passage], answer: &[Passage]) -> Match {
    let answer: Vec<&Passage> = answer.iter().filter(|said| !said.non_answer).collect();
    if answer.is_empty() || reference.is_empty() {
        return Match::default();
    }
    let nearest = |meant: &Passage| answer.iter().map(|said| meant.cosine(said)).fold(0.0, f32::max);
    let cosine = reference.iter().map(nearest).sum::<f32>() / reference.len() as f32;
    let Some(words) = overlap::overlap(reference, &answer, question) else {
        return Match { strength: cosine, cosine, ..Match::default() };
    };
    let contradicted = words.contrary >= CONTRARY;
    let mut strength = COSINE * cosine + (1.0 - COSINE) * words.share;
    if contradicted {
        strength *= CONTRADICTED;
    }
    if !words.adds {
        strength *= ECHO;
    }
    Match { strength: strength.clamp(0.0, 1.0).powf(LENIENCE), cosine, overlap: words.share, contradicted }
}

#[cfg(test)]
mod tests;
