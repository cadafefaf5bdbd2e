//! How practice goes over time: where somebody stands, two interviews side by side, and day by day.

use serde::{Deserialize, Serialize};

use crate::feedback::{Band, Dimension, Mean};
use crate::interview::{InterviewId, Setup};
use crate::{Error, Result, Timestamp};

/// Where somebody stands, over their latest graded interviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedbackSummary {
    /// Graded interviews that this is about; the latest five at most.
    pub interviews: u32,
    /// Answers that were graded in them.
    pub answers: u32,
    /// 0 to 100; none without a graded answer.
    pub overall: Option<u8>,
    /// Its band.
    pub band: Option<Band>,
    /// Each dimension; empty without a graded answer.
    pub dimensions: Vec<Mean>,
    /// What came across best.
    pub strength: Option<String>,
    /// What to practise next, most useful first.
    pub practise: Vec<String>,
}

/// One of two interviews.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Compared {
    /// The interview.
    pub id: InterviewId,
    /// What was chosen; without the job description.
    pub setup: Setup,
    /// When it started.
    pub started: Timestamp,
    /// 0 to 100; none when no answer could be graded.
    pub overall: Option<u8>,
    /// Each dimension; empty without a graded answer.
    pub dimensions: Vec<Mean>,
}

/// How a dimension changed from one interview to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The dimension.
    pub dimension: Dimension,
    /// 0 to 100 in the first one.
    pub a: u8,
    /// 0 to 100 in the second one.
    pub b: u8,
    /// `b` less `a`.
    pub change: i16,
}

/// Two interviews side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// The first one.
    pub a: Compared,
    /// The second one.
    pub b: Compared,
    /// The second overall score less the first; none unless both are graded.
    pub overall_change: Option<i16>,
    /// The dimensions that are graded in both.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Puts `b` beside `a`.
    pub fn new(a: Compared, b: Compared) -> Self {
        let less = |b: u8, a: u8| i16::from(b) - i16::from(a);
        let beside = |first: &Mean| {
            let second = b.dimensions.iter().find(|mean| mean.dimension == first.dimension)?;
            let change = less(second.value, first.value);
            Some(Change { dimension: first.dimension, a: first.value, b: second.value, change })
        };
        let changes = a.dimensions.iter().filter_map(beside).collect();
        Self { overall_change: a.overall.zip(b.overall).map(|(a, b)| less(b, a)), changes, a, b }
    }
}

/// What was practised on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PracticeDay {
    /// The beginning of the day, in UTC.
    pub day: Timestamp,
    /// Interviews that started on it.
    pub interviews: u32,
    /// Questions answered in them.
    pub answers: u32,
    /// Mean of their overall scores, 0 to 100; none without a graded one.
    pub overall: Option<u8>,
}

/// What was practised, day by day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// How many days were looked at, today included.
    pub days: u32,
    /// Days with an interview, the oldest first.
    pub practised: Vec<PracticeDay>,
    /// Interviews in all.
    pub interviews: u32,
    /// Questions answered in all.
    pub answers: u32,
    /// The mean score of the later half of the graded interviews less that of the earlier half; none for fewer than two.
    pub change: Option<i16>,
}

/// An interview as progress counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Practised {
    /// When it started.
    pub started: Timestamp,
    /// Questions answered.
    pub answered: u32,
    /// 0 to 100; none when nothing was graded.
    pub overall: Option<u8>,
}

impl Progress {
    /// Most days that are looked at.
    pub const MOST_DAYS: u32 = 366;
    /// Days that are looked at if nobody says.
    pub const USUAL_DAYS: u32 = 30;

    /// The first moment of `days` days that end today, `now` being in the last one.
    ///
    /// # Errors
    /// `Invalid` for no day or too many.
    pub fn since(now: Timestamp, days: u32) -> Result<Timestamp> {
        if !(1..=Self::MOST_DAYS).contains(&days) {
            return Err(Error::invalid("days", "Choose between 1 and 366 days."));
        }
        Ok(now.start_of_day().hours_before(24 * i64::from(days - 1)))
    }

    /// Counts `interviews`, which are in the order in which they started.
    pub fn new(days: u32, interviews: &[Practised]) -> Self {
        let by_day = interviews.chunk_by(|a, b| a.started.start_of_day() == b.started.start_of_day());
        let practised = by_day.map(|of_day| PracticeDay {
            day: of_day[0].started.start_of_day(),
            interviews: count(of_day.len()),
            answers: of_day.iter().map(|one| one.answered).sum(),
            overall: mean(&scores(of_day)),
        });
        let graded = scores(interviews);
        let (earlier, later) = graded.split_at(graded.len() / 2);
        Self {
            days,
            practised: practised.collect(),
            interviews: count(interviews.len()),
            answers: interviews.iter().map(|one| one.answered).sum(),
            change: mean(earlier).zip(mean(later)).map(|(earlier, later)| i16::from(later) - i16::from(earlier)),
        }
    }
}

fn scores(interviews: &[Practised]) -> Vec<u8> {
    interviews.iter().filter_map(|one| one.overall).collect()
}

/// The mean, rounded to the nearest; none of nothing.
fn mean(scores: &[u8]) -> Option<u8> {
    let sum: u32 = scores.iter().map(|score| u32::from(*score)).sum();
    let n = count(scores.len());
    u8::try_from((sum + n / 2).checked_div(n)?).ok()
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::{JobRole, Kind, Level, Mode};

    const DAY: i64 = 86_400_000;

    fn practised(day: i64, answered: u32, overall: Option<u8>) -> Practised {
        Practised { started: Timestamp::from_millis(day * DAY + 7), answered, overall }
    }

    #[test]
    fn days_are_counted_with_today() {
        let now = Timestamp::from_millis(10 * DAY + 5);
        assert_eq!(Progress::since(now, 1), Ok(Timestamp::from_millis(10 * DAY)));
        assert_eq!(Progress::since(now, 3), Ok(Timestamp::from_millis(8 * DAY)));
        assert!(Progress::since(now, 0).is_err() && Progress::since(now, 367).is_err());
    }

    #[test]
    fn interviews_are_gathered_by_day_and_the_change_is_that_of_the_halves() {
        let interviews =
            [practised(1, 3, Some(40)), practised(1, 5, Some(51)), practised(4, 0, None), practised(6, 5, Some(70))];
        let progress = Progress::new(30, &interviews);
        let days: Vec<_> =
            progress.practised.iter().map(|day| (day.day.millis() / DAY, day.interviews, day.overall)).collect();
        assert_eq!(days, [(1, 2, Some(46)), (4, 1, None), (6, 1, Some(70))]);
        assert_eq!((progress.interviews, progress.answers, progress.change), (4, 13, Some(61 - 40)));
        let none = Progress::new(30, &[]);
        assert_eq!((none.practised.len(), none.change), (0, None));
        assert_eq!(Progress::new(30, &interviews[..1]).change, None);
    }

    #[test]
    fn two_interviews_are_compared_where_both_are_graded() {
        let side = |overall, means: &[(Dimension, u8)]| Compared {
            id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            setup: Setup {
                role: JobRole::Devops,
                level: Level::Mid,
                kind: Kind::Mixed,
                mode: Mode::Real,
                questions: 5,
                job_description: None,
            },
            started: Timestamp::from_millis(0),
            overall,
            dimensions: means
                .iter()
                .map(|(dimension, value)| Mean { dimension: *dimension, value: *value, n: 3 })
                .collect(),
        };
        let both = Comparison::new(
            side(Some(60), &[(Dimension::Relevance, 70), (Dimension::Structure, 40)]),
            side(Some(55), &[(Dimension::Structure, 65)]),
        );
        let change = Change { dimension: Dimension::Structure, a: 40, b: 65, change: 25 };
        assert_eq!((both.overall_change, both.changes), (Some(-5), vec![change]));
        assert_eq!(Comparison::new(side(None, &[]), side(Some(1), &[])).overall_change, None);
    }
}
