//! A whole interview: means over the graded answers, and what to practise next.

use serde::{Deserialize, Serialize};

use super::{Band, Covered, Dimension, Feedback, PointFeedback, wording::count};

/// An interview in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overall {
    /// 0 to 100, the mean of the answers' overall scores.
    pub value: u8,
    /// How many answers were graded.
    pub n: usize,
    /// All seven dimensions, in the order of [`Dimension`].
    pub dimensions: Vec<Mean>,
    /// What to work on.
    pub practise: Practise,
}

/// The mean of one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mean {
    /// What was graded.
    pub dimension: Dimension,
    /// 0 to 100.
    pub value: u8,
    /// How many answers it is the mean of.
    pub n: usize,
}

/// What to work on next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Practise {
    /// The weakest dimension; of equally weak ones the one that weighs most.
    pub dimension: Dimension,
    /// Why, in one sentence for the person.
    pub text: String,
    /// How to raise it, taken from the answer in which it was lowest.
    pub raise: String,
    /// Essential key points (weight 3) that were missing, in the order of the answers.
    pub missed: Vec<MissedPoint>,
}

/// An essential key point that an answer did not make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissedPoint {
    /// The place of the answer in the list that was summed up, from 0.
    pub answer: usize,
    /// The point.
    pub point: PointFeedback,
}

impl Overall {
    /// The overall score in words.
    pub fn band(&self) -> Band {
        Band::of(self.value)
    }
}

impl Mean {
    /// The mean in words.
    pub fn band(&self) -> Band {
        Band::of(self.value)
    }
}

/// Sums up the graded answers of an interview; none when there are none.
pub fn overall(feedbacks: &[Feedback]) -> Option<Overall> {
    let value = mean(feedbacks.iter().map(|feedback| feedback.overall))?;
    let dimensions: Vec<Mean> = Dimension::ALL.iter().filter_map(|dimension| mean_of(feedbacks, *dimension)).collect();
    let weakest = dimensions.iter().min_by_key(|mean| (mean.value, 100 - mean.dimension.weight()))?;
    let practise = practise(feedbacks, *weakest)?;
    Some(Overall { value, n: feedbacks.len(), dimensions, practise })
}

fn mean_of(feedbacks: &[Feedback], dimension: Dimension) -> Option<Mean> {
    let values = || feedbacks.iter().filter_map(|feedback| feedback.score(dimension)).map(|score| score.value);
    mean(values()).map(|value| Mean { dimension, value, n: values().count() })
}

/// The mean, rounded half up.
fn mean(values: impl Iterator<Item = u8>) -> Option<u8> {
    let (sum, n) = values.fold((0_u32, 0_u32), |(sum, n), value| (sum + u32::from(value), n + 1));
    (2 * sum + n).checked_div(2 * n).and_then(|mean| u8::try_from(mean).ok())
}

fn practise(feedbacks: &[Feedback], weakest: Mean) -> Option<Practise> {
    let scores = feedbacks.iter().filter_map(|feedback| feedback.score(weakest.dimension));
    let lowest = scores.min_by_key(|score| score.value)?;
    let text = format!(
        "{} has most room: {} on average over {}.",
        weakest.dimension.name(),
        weakest.value,
        count(weakest.n, "answer", "answers")
    );
    let missed = feedbacks.iter().enumerate().flat_map(|(answer, feedback)| {
        let essential = feedback.points.iter().filter(|point| point.weight == 3 && point.covered == Covered::Missing);
        essential.map(move |point| MissedPoint { answer, point: point.clone() })
    });
    Some(Practise { dimension: weakest.dimension, text, raise: lowest.raise.clone(), missed: missed.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::{Reason, Score};

    fn feedback(overall: u8, coverage: u8) -> Feedback {
        let value = |dimension| {
            if dimension == Dimension::Coverage { coverage } else { overall }
        };
        let score = |dimension: &Dimension| Score {
            dimension: *dimension,
            value: value(*dimension),
            reasons: Vec::new(),
            raise: format!("from the answer with {coverage}"),
        };
        let point = |weight, covered| PointFeedback {
            text: format!("{weight}"),
            weight,
            covered,
            sentence: None,
            strength: 0.0,
        };
        Feedback {
            overall,
            strength: Reason { text: String::new(), quote: None },
            scores: Dimension::ALL.iter().map(score).collect(),
            points: vec![point(3, Covered::Missing), point(3, Covered::Partly), point(1, Covered::Missing)],
        }
    }

    #[test]
    fn means_carry_their_n() {
        let sum = overall(&[feedback(80, 50), feedback(61, 20)]).unwrap();
        assert_eq!((sum.value, sum.n, sum.band()), (71, 2, Band::Good));
        let coverage = sum.dimensions[1];
        assert_eq!((coverage.dimension, coverage.value, coverage.n), (Dimension::Coverage, 35, 2));
        assert_eq!(overall(&[]), None);
    }

    #[test]
    fn the_weakest_dimension_is_practised_first() {
        let practise = overall(&[feedback(80, 50), feedback(61, 20)]).unwrap().practise;
        assert_eq!(practise.text, "Coverage has most room: 35 on average over two answers.");
        assert_eq!(practise.raise, "from the answer with 20");
        assert_eq!(practise.missed.iter().map(|missed| missed.answer).collect::<Vec<_>>(), [0, 1]);
        let level = overall(&[feedback(60, 60)]).unwrap();
        assert_eq!(level.practise.dimension, Dimension::Coverage);
    }
}
