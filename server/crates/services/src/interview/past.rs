//! What came of interviews: the report of one, the dashboard over all, and closing idle ones.

use domain::account::Viewer;
use domain::dashboard::Dashboard;
use domain::feedback::{self, Band, Practise};
use domain::interview::{IDLE_HOURS, InterviewId, Report, Status, Summary};
use domain::{Result, Timestamp};
use store::interview as rows;

use super::Interviews;
use super::session::Session;

/// Interviews on the dashboard, at most.
const LISTED: i64 = 200;
/// Graded interviews over which the dashboard means are taken.
const RECENT: usize = 5;

impl Interviews {
    /// The report, of an open interview as it stands.
    pub async fn report(&self, viewer: &Viewer, id: InterviewId) -> Result<Report> {
        let session = self.load(viewer, id).await?;
        let feedbacks = session.feedbacks();
        let best = feedbacks.iter().max_by_key(|feedback| feedback.overall);
        let strength = best.map(|feedback| feedback.strength.text.clone());
        let overall = feedback::overall(&feedbacks);
        Ok(Report {
            id,
            status: session.row.status,
            started: session.row.created_at,
            overall: overall.as_ref().map(|overall| overall.value),
            strength,
            practise: overall.as_ref().map(|overall| to_practise(&overall.practise)).unwrap_or_default(),
            dimensions: overall.map(|overall| overall.dimensions).unwrap_or_default(),
            answers: session.answers(),
            resumable: session.resumable(),
            setup: session.row.setup,
        })
    }

    /// What to do next and how practice went so far.
    pub async fn dashboard(&self, viewer: &Viewer) -> Result<Dashboard> {
        let now = self.0.clock.now();
        let mut connection = self.0.store.read().await?;
        let latest = rows::latest(&mut connection, viewer.id, LISTED).await?;
        drop(connection);
        let mut feedbacks = Vec::new();
        for row in latest.iter().filter(|row| row.overall.is_some()).take(RECENT) {
            let session = Session::load(&self.0.store, viewer.id, row.id, now).await?;
            feedbacks.extend(session.feedbacks());
        }
        let dimensions = feedback::overall(&feedbacks).map(|overall| overall.dimensions).unwrap_or_default();
        Ok(Dashboard::new(latest.into_iter().map(|row| summary(row, now)).collect(), dimensions))
    }

    /// Closes the interviews that nobody came back to for a day; answers how many.
    pub async fn close_idle(&self) -> Result<u64> {
        let since = self.0.clock.now().hours_before(IDLE_HOURS);
        self.0.store.transaction(move |connection| Box::pin(rows::abandon_idle(connection, since))).await
    }
}

/// Essential points in the list of what to practise, at most.
const MISSED: usize = 3;

/// What to practise next as sentences, most useful first.
fn to_practise(practise: &Practise) -> Vec<String> {
    let missed =
        practise.missed.iter().take(MISSED).map(|missed| format!("Next time, say this too: {}", missed.point.text));
    [practise.text.clone(), practise.raise.clone()].into_iter().chain(missed).collect()
}

fn summary(row: rows::Interview, now: Timestamp) -> Summary {
    let idle = row.status == Status::Open && row.active_at < now.hours_before(IDLE_HOURS);
    let setup = domain::interview::Setup { job_description: None, ..row.setup };
    Summary {
        id: row.id,
        setup,
        status: if idle { Status::Abandoned } else { row.status },
        started: row.created_at,
        overall: row.overall,
        band: row.overall.map(Band::of),
        answered: row.answered,
    }
}
