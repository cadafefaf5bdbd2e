//! Whether the process lives, whether it can serve, and how each of its parts is.

mod checks;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{Clock, Timestamp};
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::compose::Lodestar;
use crate::system::SystemClock;
use checks::Check;

/// How long one check may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often the parts are looked at when nobody asks, so that a failure is noted when it happens.
const WATCH: Duration = Duration::from_secs(60);

/// What is looked at, and what was last found wrong with it. Clones share that.
#[derive(Clone)]
pub struct Health(Arc<Vec<Watched>>);

struct Watched {
    check: Check,
    past: Mutex<Past>,
}

#[derive(Default)]
struct Past {
    fails: bool,
    last_error: Option<LastError>,
}

/// How a part was when something was last wrong with it.
#[derive(Clone, Serialize)]
struct LastError {
    message: String,
    /// When that was, by RFC 3339 in UTC.
    at: String,
}

/// What a look at a part gave.
struct Look {
    millis: u128,
    outcome: Result<String, String>,
}

/// One part, as readiness probes read it.
#[derive(Serialize)]
struct Part {
    ok: bool,
    /// Milliseconds that the check took.
    millis: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The parts without which nothing works, by name.
#[derive(Serialize)]
pub struct Readiness {
    ok: bool,
    #[serde(flatten)]
    parts: BTreeMap<&'static str, Part>,
}

/// How all is, or one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Condition {
    /// All of it works.
    Ok,
    /// Lodestar serves, but a part that it can do without fails.
    Degraded,
    /// It fails; of the whole, a part that is needed does.
    Failing,
}

/// All parts, for operators.
#[derive(Serialize)]
pub struct Report {
    state: Condition,
    version: &'static str,
    checks: Vec<Row>,
}

/// One part, for operators.
#[derive(Serialize)]
struct Row {
    name: &'static str,
    state: Condition,
    /// Whether nothing works without it.
    needed: bool,
    /// Milliseconds that the check took.
    millis: u128,
    /// What it is, or what is wrong with it.
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<LastError>,
}

impl Health {
    /// Of the parts of `lodestar`; nothing is looked at yet.
    pub fn new(lodestar: &Lodestar) -> Self {
        let watched = checks::all(lodestar).into_iter().map(|check| Watched { check, past: Mutex::default() });
        Self(Arc::new(watched.collect()))
    }

    /// Looks at the parts now and then, for as long as it is polled.
    pub async fn watch(&self) {
        loop {
            self.look(|_| true).await;
            tokio::time::sleep(WATCH).await;
        }
    }

    /// Looks at those that `which` chooses, at the same time.
    async fn look(&self, which: impl Fn(&Check) -> bool) -> Vec<(&Watched, Look)> {
        let looks = self.0.iter().filter(|watched| which(&watched.check));
        futures::future::join_all(looks.map(|watched| async move { (watched, watched.look().await) })).await
    }
}

impl Watched {
    async fn look(&self) -> Look {
        let started = Instant::now();
        let outcome = tokio::time::timeout(PATIENCE, (self.check.look)())
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
        self.note(outcome.as_ref().err(), SystemClock.now());
        Look { millis: started.elapsed().as_millis(), outcome }
    }

    /// Remembers a failure, and logs where a part begins or ceases to fail.
    fn note(&self, error: Option<&String>, now: Timestamp) {
        let (part, mut past) = (self.check.name, self.past.lock().unwrap_or_else(PoisonError::into_inner));
        match error {
            Some(error) if !past.fails => tracing::warn!(part, error, "a part fails"),
            None if past.fails => tracing::info!(part, "a part works again"),
            _ => {}
        }
        past.fails = error.is_some();
        if let Some(message) = error {
            past.last_error = Some(LastError { message: message.clone(), at: rfc3339(now) });
        }
    }

    fn last_error(&self) -> Option<LastError> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner).last_error.clone()
    }
}

fn rfc3339(moment: Timestamp) -> String {
    let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment.millis()) * 1_000_000);
    date.ok().and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The process answers.
pub async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "ok": true }))
}

/// What is needed works (database, files, embedding model): 200; else 503, with what does not.
pub async fn ready(State(health): State<Health>) -> (StatusCode, Json<Readiness>) {
    let parts: BTreeMap<_, _> = health
        .look(|check| check.needed)
        .await
        .into_iter()
        .map(|(watched, look)| {
            let part = Part { ok: look.outcome.is_ok(), millis: look.millis, error: look.outcome.err() };
            (watched.check.name, part)
        })
        .collect();
    let ok = parts.values().all(|part| part.ok);
    (status(ok), Json(Readiness { ok, parts }))
}

/// How each part is, with what was last wrong with it. The status is that of [`ready`].
pub async fn report(State(health): State<Health>) -> (StatusCode, Json<Report>) {
    let looks = health.look(|_| true).await;
    let checks: Vec<_> = looks
        .into_iter()
        .map(|(watched, look)| Row {
            name: watched.check.name,
            state: if look.outcome.is_ok() { Condition::Ok } else { Condition::Failing },
            needed: watched.check.needed,
            millis: look.millis,
            detail: look.outcome.unwrap_or_else(|error| error),
            last_error: watched.last_error(),
        })
        .collect();
    let fails = |needed: bool| checks.iter().any(|row| row.state == Condition::Failing && row.needed == needed);
    let state = match (fails(true), fails(false)) {
        (true, _) => Condition::Failing,
        (false, true) => Condition::Degraded,
        (false, false) => Condition::Ok,
    };
    (status(state != Condition::Failing), Json(Report { state, version: env!("CARGO_PKG_VERSION"), checks }))
}

fn status(ok: bool) -> StatusCode {
    if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A part that works until it is broken.
    fn part(name: &'static str, needed: bool, works: &Arc<AtomicBool>) -> Watched {
        let works = works.clone();
        let check = Check::new(name, needed, move || {
            let works = works.load(Ordering::Relaxed);
            async move { if works { Ok("as it should be".to_owned()) } else { Err("it is broken".to_owned()) } }
        });
        Watched { check, past: Mutex::default() }
    }

    async fn reported(health: &Health) -> (u16, serde_json::Value) {
        let (status, Json(report)) = report(State(health.clone())).await;
        (status.as_u16(), serde_json::to_value(report).unwrap())
    }

    #[tokio::test]
    async fn a_failure_is_remembered_with_its_time() {
        let works = Arc::new(AtomicBool::new(true));
        let health = Health(Arc::new(vec![part("database", true, &works)]));
        let (status, before) = reported(&health).await;
        assert_eq!((status, &before["state"], &before["checks"][0]["last_error"]), (200, &"ok".into(), &().into()));
        works.store(false, Ordering::Relaxed);
        let (status, during) = reported(&health).await;
        assert_eq!((status, &during["checks"][0]["detail"]), (503, &"it is broken".into()));
        works.store(true, Ordering::Relaxed);
        let (status, after) = reported(&health).await;
        assert_eq!((status, &after["state"]), (200, &"ok".into()));
        let last = &after["checks"][0]["last_error"];
        assert_eq!((&last["message"], &last["at"]), (&"it is broken".into(), &during["checks"][0]["last_error"]["at"]));
        assert!(OffsetDateTime::parse(last["at"].as_str().unwrap(), &Rfc3339).is_ok(), "{last}");
    }

    #[tokio::test]
    async fn what_is_not_needed_does_not_stop_it() {
        let (works, fails) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let health = Health(Arc::new(vec![part("database", true, &works), part("mail", false, &fails)]));
        let (status, report) = reported(&health).await;
        assert_eq!((status, &report["state"]), (200, &"degraded".into()));
        let (status, Json(readiness)) = ready(State(health)).await;
        let readiness = serde_json::to_value(readiness).unwrap();
        assert_eq!((status.as_u16(), &readiness["database"]["ok"]), (200, &true.into()));
        assert!(readiness["mail"].is_null(), "{readiness}");
    }

    #[tokio::test]
    async fn a_part_that_does_not_answer_fails() {
        let check = Check::new("database", true, || async {
            tokio::time::sleep(PATIENCE * 2).await;
            Ok(String::new())
        });
        let watched = Watched { check, past: Mutex::default() };
        assert_eq!(watched.look().await.outcome.unwrap_err(), "no answer within 3 s");
    }
}
