//! The weekly digest: which week it is about, and what it says of the score.

use crate::Timestamp;
use crate::dashboard::Dashboard;

/// Hours after Monday's midnight, in UTC, at which digests are written.
const HOUR: i64 = 8;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// The beginning of the week of `now`: Monday, 00:00 UTC.
pub fn week_of(now: Timestamp) -> Timestamp {
    let day = now.start_of_day();
    // 1 January 1970 was a Thursday.
    let since_monday = (day.millis().div_euclid(DAY * 1_000) + 3).rem_euclid(7);
    day.seconds_later(-since_monday * DAY)
}

/// When the digests of this week are written, or of the next one if `now` is later than that.
pub fn next_after(now: Timestamp) -> Timestamp {
    let this = week_of(now).seconds_later(HOUR * 3_600);
    if this > now { this } else { this.seconds_later(7 * DAY) }
}

/// A week of practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// Its first day.
    pub from: Timestamp,
    /// Its last day.
    pub to: Timestamp,
    /// Interviews that were begun.
    pub interviews: u64,
    /// Questions that were answered in them.
    pub answers: u64,
    /// What they were for, each once, the latest first.
    pub roles: Vec<&'static str>,
    /// How the score changed, in a sentence.
    pub score: String,
}

/// The week before the one of `now`, as the dashboard knows it; none when nothing was practised.
pub fn last_week(dashboard: &Dashboard, now: Timestamp) -> Option<Week> {
    let end = week_of(now);
    let from = end.seconds_later(-7 * DAY);
    let is_in = |at: Timestamp| from <= at && at < end;
    let interviews: Vec<_> =
        dashboard.interviews.iter().filter(|past| is_in(past.started) && past.answered > 0).collect();
    if interviews.is_empty() {
        return None;
    }
    let mut roles = Vec::new();
    for past in &interviews {
        let role = past.setup.role.name();
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    let mean = |inside: &dyn Fn(Timestamp) -> bool| {
        let scores: Vec<_> = dashboard
            .trend
            .iter()
            .filter(|point| inside(point.started))
            .map(|point| u32::from(point.overall))
            .collect();
        let count = u32::try_from(scores.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| (scores.iter().sum::<u32>() + count / 2) / count)
    };
    Some(Week {
        from,
        to: end.seconds_later(-1),
        interviews: interviews.len() as u64,
        answers: interviews.iter().map(|past| u64::from(past.answered)).sum(),
        roles,
        score: score(mean(&|at| at < from), mean(&is_in)),
    })
}

/// What is said of a score that was `before` and is `now`, each the mean of graded interviews.
fn score(before: Option<u32>, now: Option<u32>) -> String {
    match (before, now) {
        (_, None) => "None of it was graded: the answers were too short for that.".to_owned(),
        (None, Some(now)) => format!("Your score was {now} of 100; from now on you can see how it changes."),
        (Some(before), Some(now)) if now > before => {
            format!("Your score was {now} of 100, up from {before} before.")
        }
        (Some(before), Some(now)) if now < before => {
            format!(
                "Your score was {now} of 100, after {before} before. Harder questions do that, and so do tired evenings."
            )
        }
        (Some(_), Some(now)) => format!("Your score stayed at {now} of 100."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 20 Nov 2026, 00:00.
    const FRIDAY: i64 = 1_795_132_800;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis((FRIDAY + seconds) * 1_000)
    }

    #[test]
    fn weeks_begin_on_monday() {
        for (moment, monday) in [(0, "16 Nov 2026"), (3 * DAY - 1, "16 Nov 2026"), (3 * DAY, "23 Nov 2026")] {
            assert_eq!(week_of(at(moment)).day(), monday);
            assert_eq!(week_of(at(moment)), week_of(at(moment)).start_of_day());
        }
        assert_eq!(week_of(Timestamp::from_millis(0)).day(), "29 Dec 1969");
    }

    #[test]
    fn digests_are_written_on_mondays_at_eight() {
        assert_eq!(next_after(at(0)).minute(), "23 Nov 2026, 08:00 UTC");
        let monday = 3 * DAY + 8 * 3_600;
        assert_eq!(next_after(at(monday - 1)).minute(), "23 Nov 2026, 08:00 UTC");
        assert_eq!(next_after(at(monday)).minute(), "30 Nov 2026, 08:00 UTC");
    }

    #[test]
    fn the_score_is_compared_with_the_persons_own_past() {
        assert!(score(Some(61), Some(68)).contains("68 of 100, up from 61"));
        assert!(score(Some(68), Some(61)).contains("61 of 100, after 68"));
        assert!(score(Some(68), Some(68)).contains("stayed at 68"));
        assert!(score(None, Some(68)).contains("was 68 of 100"));
        assert!(score(Some(5), None).contains("None of it was graded"));
    }
}
