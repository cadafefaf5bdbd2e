//! The sentence vectors that relevance and coverage need, and which texts they come from.
//!
//! The caller computes them, so that grading stays a pure rule. Texts of the question are kept
//! apart from texts of the answer: they are the same for every answer and worth caching.

use std::fmt;

use crate::{question::Question, text::sentences};

/// Vectors of unit length for a question and an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// One for each of [`sentences`] of the answer.
    pub answer: Vec<Vec<f32>>,
    /// The question as spoken.
    pub question: Vec<f32>,
    /// The outline of a strong answer.
    pub strong: Vec<f32>,
    /// For each key point: its text, then each paraphrase.
    pub points: Vec<Vec<Vec<f32>>>,
}

/// There were more or fewer vectors than texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongCount {
    /// How many texts there are.
    pub expected: usize,
    /// How many vectors came.
    pub found: usize,
}

impl fmt::Display for WrongCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} vectors came for {} texts", self.found, self.expected)
    }
}

impl std::error::Error for WrongCount {}

impl Vectors {
    /// The texts of `question`, in the order in which [`Self::new`] wants their vectors.
    pub fn question_texts(question: &Question) -> Vec<&str> {
        let points = question.points.iter();
        let said = points.flat_map(|point| std::iter::once(&point.text).chain(&point.also));
        [&question.text, &question.strong].into_iter().chain(said).map(String::as_str).collect()
    }

    /// The texts of `answer`, in the order in which [`Self::new`] wants their vectors.
    pub fn answer_texts(answer: &str) -> Vec<&str> {
        sentences(answer).iter().map(|sentence| sentence.text).collect()
    }

    /// All texts in the order in which [`Self::from_flat`] wants their vectors: those of the
    /// question, then those of the answer.
    pub fn texts<'a>(question: &'a Question, answer: &'a str) -> Vec<&'a str> {
        let mut texts = Self::question_texts(question);
        texts.extend(Self::answer_texts(answer));
        texts
    }

    /// Sorts the vectors of [`Self::question_texts`] into place beside those of
    /// [`Self::answer_texts`].
    ///
    /// # Errors
    /// When `of_question` is not one vector for each text.
    pub fn new(question: &Question, of_question: Vec<Vec<f32>>, of_answer: Vec<Vec<f32>>) -> Result<Self, WrongCount> {
        let expected = Self::question_texts(question).len();
        let wrong = WrongCount { expected, found: of_question.len() };
        if of_question.len() != expected {
            return Err(wrong);
        }
        let mut rest = of_question.into_iter();
        let (text, strong) = rest.next().zip(rest.next()).ok_or(wrong)?;
        let points = question.points.iter();
        let points = points.map(|point| rest.by_ref().take(1 + point.also.len()).collect()).collect();
        Ok(Self { answer: of_answer, question: text, strong, points })
    }

    /// Sorts the vectors of [`Self::texts`] into place.
    ///
    /// # Errors
    /// When `flat` is not one vector for each text.
    pub fn from_flat(question: &Question, answer: &str, mut flat: Vec<Vec<f32>>) -> Result<Self, WrongCount> {
        let asked = Self::question_texts(question).len();
        let expected = asked + Self::answer_texts(answer).len();
        if flat.len() != expected {
            return Err(WrongCount { expected, found: flat.len() });
        }
        let of_answer = flat.split_off(asked);
        Self::new(question, flat, of_answer)
    }

    /// The vector of sentence `index` of the answer; empty when there is none.
    pub(super) fn said(&self, index: usize) -> &[f32] {
        self.answer.get(index).map_or(&[], Vec::as_slice)
    }
}

/// The likeness of two unit vectors, -1 to 1; 0 when one is empty or holds what is no number.
pub(super) fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let sum = a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    if sum.is_finite() { sum.clamp(-1.0, 1.0) } else { 0.0 }
}

/// The direction in which `vectors` point together, of unit length; empty when there are none.
pub(super) fn centre<'v>(vectors: impl Iterator<Item = &'v [f32]>) -> Vec<f32> {
    let mut sum: Vec<f32> = Vec::new();
    for vector in vectors {
        sum.resize(sum.len().max(vector.len()), 0.0);
        sum.iter_mut().zip(vector).for_each(|(total, x)| *total += x);
    }
    let length = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
    if length > 0.0 {
        sum.iter_mut().for_each(|x| *x /= length);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::question;

    #[test]
    fn vectors_come_back_to_their_texts() {
        let question = question();
        let answer = "I asked her. She agreed.";
        let texts = Vectors::texts(&question, answer);
        let flat: Vec<Vec<f32>> = (0..texts.len()).map(|n| vec![n as f32]).collect();
        let vectors = Vectors::from_flat(&question, answer, flat.clone()).unwrap();
        let place = |text: &str| texts.iter().position(|t| *t == text).unwrap() as f32;
        assert_eq!(vectors.question, [place(&question.text)]);
        assert_eq!(vectors.strong, [place(&question.strong)]);
        assert_eq!(vectors.points[1][2], [place(&question.points[1].also[1])]);
        assert_eq!(vectors.answer[1], [place("She agreed.")]);
        let missing = Vectors::from_flat(&question, answer, flat[1..].to_vec());
        assert_eq!(missing, Err(WrongCount { expected: texts.len(), found: texts.len() - 1 }));
    }

    #[test]
    fn the_centre_has_unit_length() {
        let both = [vec![1.0, 0.0], vec![0.0, 1.0]];
        let middle = centre(both.iter().map(Vec::as_slice));
        assert!((likeness(&middle, &middle) - 1.0).abs() < 1e-6);
        assert!(centre(std::iter::empty()).is_empty());
        assert_eq!(likeness(&[], &[1.0]), 0.0);
    }
}
