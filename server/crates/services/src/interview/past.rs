//! What came of interviews: the report of one, the dashboard over all, and closing idle ones.

use domain::account::Viewer;
use domain::dashboard::Dashboard;
use domain::feedback::{self, Band, Feedback, Practise};
use domain::interview::{IDLE_HOURS, InterviewId, Report, Setup, Status, Summary};
use domain::progress::{Compared, Comparison, FeedbackSummary, Practised, Progress};
use domain::{Error, Result, Timestamp};
use store::interview as rows;

use super::Interviews;
use super::session::Session;

/// Interviews on the dashboard, at most.
const LISTED: i64 = 200;
/// Interviews of one page of a list, at most.
const LONGEST_PAGE: u32 = 100;
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
        let latest = rows::latest(&mut *self.0.store.read().await?, viewer.id, None, LISTED).await?;
        let (_, feedbacks) = self.recent(viewer, &latest).await?;
        let dimensions = feedback::overall(&feedbacks).map(|overall| overall.dimensions).unwrap_or_default();
        Ok(Dashboard::new(latest.into_iter().map(|row| summary(row, now)).collect(), dimensions))
    }

    /// Past interviews, newest first: `limit` of them, those that come after `after`; and whether more follow.
    ///
    /// # Errors
    /// `Invalid` for no interview or too many, `NotFound` if `after` is none of the person's.
    pub async fn list(&self, viewer: &Viewer, after: Option<InterviewId>, limit: u32) -> Result<(Vec<Summary>, bool)> {
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(Error::invalid("limit", format!("Ask for 1 to {LONGEST_PAGE} interviews at once.")));
        }
        let mut connection = self.0.store.read().await?;
        let after = match after {
            Some(id) => Some((rows::find(&mut connection, viewer.id, id).await?.created_at, id)),
            None => None,
        };
        let mut page = rows::latest(&mut connection, viewer.id, after, i64::from(limit) + 1).await?;
        let more = page.len() > limit as usize;
        page.truncate(limit as usize);
        let now = self.0.clock.now();
        Ok((page.into_iter().map(|row| summary(row, now)).collect(), more))
    }

    /// Where the person stands, over the latest graded interviews.
    pub async fn feedback_summary(&self, viewer: &Viewer) -> Result<FeedbackSummary> {
        let latest = rows::latest(&mut *self.0.store.read().await?, viewer.id, None, LISTED).await?;
        let (interviews, feedbacks) = self.recent(viewer, &latest).await?;
        let best = feedbacks.iter().max_by_key(|feedback| feedback.overall);
        let overall = feedback::overall(&feedbacks);
        Ok(FeedbackSummary {
            interviews,
            answers: u32::try_from(feedbacks.len()).unwrap_or(u32::MAX),
            overall: overall.as_ref().map(|overall| overall.value),
            band: overall.as_ref().map(|overall| Band::of(overall.value)),
            strength: best.map(|feedback| feedback.strength.text.clone()),
            practise: overall.as_ref().map(|overall| to_practise(&overall.practise)).unwrap_or_default(),
            dimensions: overall.map(|overall| overall.dimensions).unwrap_or_default(),
        })
    }

    /// Two interviews side by side.
    pub async fn compare(&self, viewer: &Viewer, a: InterviewId, b: InterviewId) -> Result<Comparison> {
        let side = async |id| {
            let Report { setup, started, overall, dimensions, .. } = self.report(viewer, id).await?;
            Ok::<_, Error>(Compared { id, setup: without_posting(setup), started, overall, dimensions })
        };
        Ok(Comparison::new(side(a).await?, side(b).await?))
    }

    /// What was practised in the last `days` days, today included.
    ///
    /// # Errors
    /// `Invalid` for no day or too many.
    pub async fn progress(&self, viewer: &Viewer, days: u32) -> Result<Progress> {
        let since = Progress::since(self.0.clock.now(), days)?;
        let rows = rows::since(&mut *self.0.store.read().await?, viewer.id, since).await?;
        let practised =
            rows.iter().map(|row| Practised { started: row.created_at, answered: row.answered, overall: row.overall });
        Ok(Progress::new(days, &practised.collect::<Vec<_>>()))
    }

    /// The feedback of the latest graded interviews of `latest`, and how many those are.
    async fn recent(&self, viewer: &Viewer, latest: &[rows::Interview]) -> Result<(u32, Vec<Feedback>)> {
        let (mut interviews, mut feedbacks) = (0, Vec::new());
        for row in latest.iter().filter(|row| row.overall.is_some()).take(RECENT) {
            let session = Session::load(&self.0.store, viewer.id, row.id, self.0.clock.now()).await?;
            interviews += 1;
            feedbacks.extend(session.feedbacks());
        }
        Ok((interviews, feedbacks))
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

fn without_posting(setup: Setup) -> Setup {
    Setup { job_description: None, ..setup }
}

fn summary(row: rows::Interview, now: Timestamp) -> Summary {
    let idle = row.status == Status::Open && row.active_at < now.hours_before(IDLE_HOURS);
    Summary {
        id: row.id,
        setup: without_posting(row.setup),
        status: if idle { Status::Abandoned } else { row.status },
        started: row.created_at,
        overall: row.overall,
        band: row.overall.map(Band::of),
        answered: row.answered,
    }
}
