//! Whether mails can leave, and how many have not.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{Clock, Result, Timestamp};
use integrations::mail::Carrier;
use store::mail as rows;

use super::Mails;

/// Seconds for which an answer of the mail server holds: it is not asked more often, whoever wants to know.
const HOLDS: i64 = 30;
/// How long somebody waits for a new answer before they get the one before, if there is any.
const WAIT: Duration = Duration::from_secs(2);
/// Days for which a mail that could not be sent counts.
const COUNTS_DAYS: i64 = 7;

/// How mails leave, and how many have not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// How long the mail server took to answer when it was last asked, or why mails cannot leave by it, in a few words
    /// without addresses; nothing where none is configured.
    pub server: Option<std::result::Result<Duration, String>>,
    /// Mails that wait to be sent.
    pub waiting: u64,
    /// Mails of the last seven days that could not be sent.
    pub failed: u64,
}

impl Mails {
    /// How mails leave, and how many have not. The mail server is asked now and then alone.
    pub async fn post(&self) -> Result<Post> {
        let since = self.0.clock.now().hours_before(24 * COUNTS_DAYS);
        let (waiting, failed) = rows::unsent(&mut *self.0.store.read().await?, since).await?;
        let server = match &self.0.door {
            Some(door) => Some(door.look().await),
            None => None,
        };
        Ok(Post { server, waiting, failed })
    }
}

/// Where mails leave: the mail server, and what it last answered. Clones share that.
#[derive(Clone)]
pub(super) struct Door(Arc<Parts>);

struct Parts {
    carrier: Arc<dyn Carrier>,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<Answer>>,
    /// One asks at a time.
    asking: tokio::sync::Mutex<()>,
}

/// What the mail server answered.
#[derive(Clone)]
struct Answer {
    at: Timestamp,
    outcome: std::result::Result<Duration, String>,
}

impl Door {
    /// By `carrier`, which is not asked yet.
    pub(super) fn new(carrier: Arc<dyn Carrier>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Parts { carrier, clock, last: Mutex::default(), asking: tokio::sync::Mutex::default() }))
    }

    async fn look(&self) -> std::result::Result<Duration, String> {
        if let Some(answer) = self.fresh() {
            return answer.outcome;
        }
        // Whoever asked may go before there is an answer, which is for the next one then.
        let door = self.clone();
        let asking = tokio::spawn(async move { door.ask().await });
        match tokio::time::timeout(WAIT, asking).await {
            Ok(Ok(answer)) => answer.outcome,
            _ => {
                self.last().map_or_else(|| Err("the mail server has not answered yet".to_owned()), |last| last.outcome)
            }
        }
    }

    async fn ask(&self) -> Answer {
        let _alone = self.0.asking.lock().await;
        if let Some(answer) = self.fresh() {
            return answer;
        }
        let outcome = self.0.carrier.greet().await;
        let answer = Answer { at: self.0.clock.now(), outcome };
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer.clone());
        answer
    }

    fn last(&self) -> Option<Answer> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last answer, while it holds.
    fn fresh(&self) -> Option<Answer> {
        let now = self.0.clock.now();
        self.last().filter(|answer| answer.at.seconds_later(HOLDS) > now)
    }
}
