//! The page a person comes back to: what to do next and why, and how practice went so far.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::feedback::{Dimension, Mean};
use crate::interview::{InterviewId, Status, Summary};

/// One thing to do, with the reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextStep {
    /// What, as a short sentence.
    pub title: String,
    /// Why it is the next thing.
    pub reason: String,
    /// The words on its button.
    pub action: String,
    /// Where the button leads.
    pub path: String,
}

/// One graded interview on the trend line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrendPoint {
    /// Which interview.
    pub id: InterviewId,
    /// When it started.
    pub started: Timestamp,
    /// 0 to 100.
    pub overall: u8,
}

/// Everything on the dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dashboard {
    /// The card at the top.
    pub next: NextStep,
    /// Past interviews, newest first.
    pub interviews: Vec<Summary>,
    /// Graded interviews, oldest first.
    pub trend: Vec<TrendPoint>,
    /// Means over the latest graded interviews; empty without any.
    pub dimensions: Vec<Mean>,
}

impl Dashboard {
    /// Builds the page from past interviews (newest first) and the means of recent scores.
    pub fn new(interviews: Vec<Summary>, dimensions: Vec<Mean>) -> Self {
        let mut trend: Vec<_> = interviews
            .iter()
            .filter_map(|past| past.overall.map(|overall| TrendPoint { id: past.id, started: past.started, overall }))
            .collect();
        trend.reverse();
        Self { next: next_step(&interviews, &dimensions), interviews, trend, dimensions }
    }
}

/// What to do next: finish what is open, then practise what is weakest, then begin.
fn next_step(interviews: &[Summary], dimensions: &[Mean]) -> NextStep {
    if let Some(open) = interviews.iter().find(|past| past.status == Status::Open) {
        return NextStep {
            title: format!("Go on with your interview as {}", open.setup.role.name()),
            reason: format!(
                "You started it on {} and answered {} of {} questions. It stays open for a day.",
                open.started.day(),
                open.answered,
                open.setup.questions
            ),
            action: "Continue interview".to_owned(),
            path: format!("/interview/{}", open.id),
        };
    }
    let latest = interviews.first();
    let weakest = dimensions.iter().min_by_key(|dimension| dimension.value);
    match (latest, weakest) {
        (Some(latest), Some(weakest)) => NextStep {
            title: format!("Practise {}", practice(weakest.dimension)),
            reason: format!(
                "{} is your lowest score so far: {} of 100 over {}.",
                weakest.dimension.name(),
                weakest.value,
                count(weakest.n)
            ),
            action: "Start another interview".to_owned(),
            path: format!("/interview?role={}&level={}", latest.setup.role.slug(), latest.setup.level.slug()),
        },
        _ => NextStep {
            title: "Rehearse your first interview".to_owned(),
            reason: "Three questions take about fifteen minutes. You answer in your own words and see what came across, sentence by sentence.".to_owned(),
            action: "Start an interview".to_owned(),
            path: "/interview".to_owned(),
        },
    }
}

fn count(answers: usize) -> String {
    if answers == 1 { "one answer".to_owned() } else { format!("{answers} answers") }
}

/// What practising a dimension means, in the words of a coach.
fn practice(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Relevance => "answering exactly what was asked",
        Dimension::Coverage => "saying more of what a strong answer contains",
        Dimension::Structure => "telling it in order",
        Dimension::Specificity => "numbers, names and what you did yourself",
        Dimension::Confidence => "saying it without hedging",
        Dimension::Positivity => "an even, constructive tone",
        Dimension::Clarity => "short sentences and a clear line",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::{JobRole, Kind, Level, Mode, Setup};

    fn past(status: Status, overall: Option<u8>, day: i64) -> Summary {
        Summary {
            id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            setup: Setup {
                role: JobRole::Devops,
                level: Level::Mid,
                kind: Kind::Mixed,
                mode: Mode::Real,
                questions: 5,
                job_description: None,
            },
            status,
            started: Timestamp::from_millis(day * 86_400_000),
            overall,
            band: None,
            answered: 2,
        }
    }

    #[test]
    fn newcomers_are_invited() {
        let page = Dashboard::new(vec![], vec![]);
        assert_eq!(page.next.path, "/interview");
        assert!(page.trend.is_empty());
    }

    #[test]
    fn an_open_interview_comes_first() {
        let page = Dashboard::new(vec![past(Status::Finished, Some(50), 2), past(Status::Open, Some(70), 1)], vec![]);
        assert!(page.next.path.starts_with("/interview/0189"));
        assert!(page.next.reason.contains("2 of 5"));
    }

    #[test]
    fn the_weakest_dimension_is_practised_and_the_trend_runs_forward() {
        let means = [(Dimension::Relevance, 80), (Dimension::Structure, 40), (Dimension::Clarity, 60)]
            .map(|(dimension, value)| Mean { dimension, value, n: 6 });
        let page = Dashboard::new(
            vec![
                past(Status::Finished, Some(70), 9),
                past(Status::Abandoned, None, 5),
                past(Status::Finished, Some(50), 2),
            ],
            means.into(),
        );
        assert_eq!(page.next.title, "Practise telling it in order");
        assert!(page.next.reason.contains("40 of 100 over 6 answers"));
        assert_eq!(page.trend.iter().map(|point| point.overall).collect::<Vec<_>>(), [50, 70]);
    }
}
