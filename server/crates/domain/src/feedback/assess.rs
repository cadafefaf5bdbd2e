//! Grading one answer in all dimensions, and the weights of the overall score.

use super::{
    Dimension, Feedback, Grade, Score,
    answer::Answer,
    clarity::clarity,
    confidence::confidence,
    coverage::{coverage, points},
    language::is_foreign,
    positivity::positivity,
    relevance::relevance,
    specificity::specificity,
    strength::strength,
    structure::structure,
    vectors::Vectors,
    wording::count,
};
use crate::question::Question;

/// Fewer words than this are not graded.
pub const FEWEST_WORDS: usize = 8;

/// From this relevance on, the form of an answer may count in full.
const FITTING: f32 = 65.0;
/// From this coverage on, the form of an answer may count in full.
const SUBSTANTIAL: f32 = 50.0;

impl Dimension {
    /// All seven, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Relevance,
        Self::Coverage,
        Self::Structure,
        Self::Specificity,
        Self::Confidence,
        Self::Positivity,
        Self::Clarity,
    ];

    /// The part of 100 that the dimension has in the overall score. Substance weighs most:
    /// coverage is what an interviewer writes down, and relevance is what makes the rest count.
    /// Structure and specificity decide whether the substance can be believed. How it is said
    /// comes last, since it says least about whether somebody can do the work.
    pub fn weight(self) -> u8 {
        match self {
            Self::Coverage => 32,
            Self::Relevance => 20,
            Self::Structure => 14,
            Self::Specificity => 14,
            Self::Clarity => 8,
            Self::Confidence => 7,
            Self::Positivity => 5,
        }
    }

    /// Whether the dimension is about what was said rather than how.
    fn is_substance(self) -> bool {
        matches!(self, Self::Relevance | Self::Coverage)
    }
}

/// Grades `answer` to `question`. `vectors` are those of [`Vectors::texts`]; where some are
/// missing, the sentences concerned count as unlike anything.
pub fn assess(question: &Question, answer: &str, vectors: &Vectors) -> Grade {
    let answer = Answer::new(answer).to(question);
    if answer.words < FEWEST_WORDS {
        return Grade::NotGraded(too_short(answer.words));
    }
    if is_foreign(&answer) {
        return Grade::NotGraded(
            "The rules behind this feedback read English, and this answer seems to be in another language. Answer in English to get scores.".to_owned(),
        );
    }
    let points = points(question, &answer, vectors);
    let scores = vec![
        relevance(question, &answer, vectors),
        coverage(question, &points),
        structure(question, &answer),
        specificity(question, &answer),
        confidence(&answer),
        positivity(question, &answer),
        clarity(question, &answer),
    ];
    let strength = strength(question, &answer, &points);
    Grade::Graded(Feedback { overall: weighted(&scores), strength, scores, points })
}

fn too_short(words: usize) -> String {
    let has = if words == 0 {
        "This answer has no words yet".to_owned()
    } else {
        format!("This answer has {}", count(words, "word", "words"))
    };
    format!("{has}; it takes at least {FEWEST_WORDS} to judge by. Two or three full sentences are a good start.")
}

/// The weighted mean of `scores`, in which form counts only as far as there is substance: not at
/// all in an answer to another question, and half in one that fits but makes no key point. A
/// well-told answer that is beside the point must not do well.
fn weighted(scores: &[Score]) -> u8 {
    let value = |dimension| {
        let score = scores.iter().find(|score| score.dimension == dimension);
        score.map_or(0.0, |score| f32::from(score.value))
    };
    let fits = (value(Dimension::Relevance) / FITTING).min(1.0);
    let says = (value(Dimension::Coverage) / SUBSTANTIAL).min(1.0);
    let form = fits * (1.0 + says) / 2.0;
    let parts = Dimension::ALL.iter().map(|dimension| {
        let counts = if dimension.is_substance() { 1.0 } else { form };
        f32::from(dimension.weight()) * value(*dimension) * counts
    });
    (parts.sum::<f32>() / 100.0).round().clamp(0.0, 100.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::{graded, question, vectors};

    #[test]
    fn the_weights_make_a_hundred() {
        assert_eq!(Dimension::ALL.iter().map(|dimension| u32::from(dimension.weight())).sum::<u32>(), 100);
    }

    #[test]
    fn too_little_is_not_graded() {
        let seven = "I would just ask her about it.";
        assert_eq!(
            assess(&question(), seven, &vectors(&question(), seven)),
            Grade::NotGraded("This answer has seven words; it takes at least 8 to judge by. Two or three full sentences are a good start.".to_owned())
        );
        assert!(
            matches!(assess(&question(), " ... ", &Vectors::default()), Grade::NotGraded(text) if text.starts_with("This answer has no words"))
        );
        let eight = "I would just ask her about it now.";
        assert!(matches!(assess(&question(), eight, &vectors(&question(), eight)), Grade::Graded(_)));
    }

    #[test]
    fn other_languages_are_not_graded() {
        let german = "Ich habe die Zahlen geprüft und das Team informiert, weil der Filter falsch war.";
        assert!(
            matches!(assess(&question(), german, &vectors(&question(), german)), Grade::NotGraded(text) if text.contains("English"))
        );
    }

    #[test]
    fn every_dimension_is_there_and_explained() {
        let feedback = graded(
            "I asked Ana for half an hour, because the ticket went in circles. We tried both versions with 8 drivers and took hers.",
        );
        let order: Vec<Dimension> = feedback.scores.iter().map(|score| score.dimension).collect();
        assert_eq!(order, Dimension::ALL);
        assert!(feedback.scores.iter().all(|score| !score.reasons.is_empty() && !score.raise.is_empty()));
        assert!(feedback.strength.quote.is_some());
    }

    #[test]
    fn form_counts_only_as_far_as_the_answer_fits() {
        let score = |dimension, value| Score { dimension, value, reasons: Vec::new(), raise: String::new() };
        let off: Vec<Score> =
            Dimension::ALL.iter().map(|d| score(*d, if d.is_substance() { 0 } else { 100 })).collect();
        assert_eq!(weighted(&off), 0);
        let perfect: Vec<Score> = Dimension::ALL.iter().map(|d| score(*d, 100)).collect();
        assert_eq!(weighted(&perfect), 100);
    }
}
