//! Feedback on an answer: scores that explain themselves.
//!
//! Each dimension lives in a file of its own and is a pure function of the answer's text, the
//! question and, for relevance and coverage, of sentence vectors that the caller computed.
//! [`assess`] grades one answer in all of them, [`overall`] sums up an interview. The word lists
//! are in this crate's `data` folder; how far the scores agree with people's judgement is held by
//! the calibration set in its `tests` folder. To add a dimension, add a file with one function
//! that returns a [`Score`], and give it a weight in `assess.rs`.

mod actions;
mod answer;
mod assess;
mod clarity;
mod confidence;
mod coverage;
mod evidence;
mod language;
mod lexicon;
mod overall;
mod positivity;
#[cfg(test)]
mod properties;
mod relevance;
mod scoring;
mod specificity;
mod strength;
mod structure;
#[cfg(test)]
mod testing;
mod vectors;
mod wording;

pub use assess::{FEWEST_WORDS, assess};
pub use overall::{Mean, MissedPoint, Overall, Practise, overall};
pub use vectors::{Vectors, WrongCount};

use serde::{Deserialize, Serialize};

/// What an answer is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Whether it answers this question.
    Relevance,
    /// How much of the rubric it contains.
    Coverage,
    /// Situation, task, action, result; or claim, reasoning, trade-off.
    Structure,
    /// Numbers, names and first-person actions.
    Specificity,
    /// Freedom from hedges and fillers.
    Confidence,
    /// Tone.
    Positivity,
    /// Length, sentence length and repetition.
    Clarity,
}

/// A score in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// 85 to 100.
    Strong,
    /// 70 to 84.
    Good,
    /// 50 to 69.
    Fair,
    /// 30 to 49.
    Developing,
    /// 0 to 29.
    Weak,
}

/// Words of the answer, verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// The words.
    pub text: String,
    /// Where they start in the answer, in bytes.
    pub start: usize,
}

/// Why a score is what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason {
    /// One sentence for the person.
    pub text: String,
    /// The answer's own words that show it; none where it is about something missing.
    pub quote: Option<Quote>,
}

/// One graded dimension of one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Score {
    /// What was graded.
    pub dimension: Dimension,
    /// 0 to 100.
    pub value: u8,
    /// Why, best evidence first; at least one.
    pub reasons: Vec<Reason>,
    /// One concrete sentence on what would raise it.
    pub raise: String,
}

/// How far the answer makes a key point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Covered {
    /// It is said.
    Fully,
    /// Something close to it is said.
    Partly,
    /// It is not said.
    Missing,
}

/// One key point held against the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PointFeedback {
    /// The key point.
    pub text: String,
    /// 1 to 3.
    pub weight: u8,
    /// How far it is made.
    pub covered: Covered,
    /// The sentence that comes closest; none when missing.
    pub sentence: Option<Quote>,
    /// 0 to 1, how well that sentence makes the point.
    pub strength: f32,
}

/// Everything said about one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feedback {
    /// The weighted mean of the scores, 0 to 100; form counts only as far as there is substance.
    pub overall: u8,
    /// The first thing to read: something true that the answer did well.
    pub strength: Reason,
    /// All seven dimensions, in the order of [`Dimension`].
    pub scores: Vec<Score>,
    /// The rubric, in the question's order.
    pub points: Vec<PointFeedback>,
}

/// What came of grading an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Long enough to be graded.
    Graded(Feedback),
    /// Too little to judge by; the text says what is needed.
    NotGraded(String),
}

impl Dimension {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relevance => "Relevance",
            Self::Coverage => "Coverage",
            Self::Structure => "Structure",
            Self::Specificity => "Specificity",
            Self::Confidence => "Confidence",
            Self::Positivity => "Positivity",
            Self::Clarity => "Clarity",
        }
    }

    /// What it looks at, in one sentence for people.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Relevance => "Whether your answer is about what was asked.",
            Self::Coverage => "How many of the points of a strong answer you make; essential points count more.",
            Self::Structure => {
                "Whether a story has situation, task, action and result, and an explanation has claim, reasoning and trade-off."
            }
            Self::Specificity => "Whether there are figures, names and steps of your own rather than vague words.",
            Self::Confidence => "Whether you stand by what you say, without hedges and fillers.",
            Self::Positivity => "The tone in which you speak of people and of the work.",
            Self::Clarity => "Length, length of sentences, and repetition.",
        }
    }
}

impl Band {
    /// The band of a score of 0 to 100.
    pub fn of(value: u8) -> Self {
        match value {
            85.. => Self::Strong,
            70.. => Self::Good,
            50.. => Self::Fair,
            30.. => Self::Developing,
            _ => Self::Weak,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Developing => "developing",
            Self::Weak => "weak",
        }
    }
}

impl Score {
    /// The score in words.
    pub fn band(&self) -> Band {
        Band::of(self.value)
    }
}

impl Feedback {
    /// The overall score in words.
    pub fn band(&self) -> Band {
        Band::of(self.overall)
    }

    /// The score of one dimension.
    pub fn score(&self, dimension: Dimension) -> Option<&Score> {
        self.scores.iter().find(|score| score.dimension == dimension)
    }
}
