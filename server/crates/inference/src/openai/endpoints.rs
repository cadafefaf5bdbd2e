//! The servers: which are there, and how many of our requests each one has open.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::model::EndpointView;
use tokio::time::Instant;

/// How long a server is left alone after its first failure; each further one doubles it.
const REST: Duration = Duration::from_secs(1);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// All servers of a model.
#[derive(Debug)]
pub(super) struct Endpoints(Vec<Arc<Endpoint>>);

/// One server.
#[derive(Debug)]
pub(super) struct Endpoint {
    address: String,
    open: AtomicUsize,
    failures: Mutex<Failures>,
}

#[derive(Debug, Default)]
struct Failures {
    in_a_row: u32,
    rests_until: Option<Instant>,
}

/// A server while a request of ours is open there.
#[derive(Debug)]
pub(super) struct Use(Arc<Endpoint>);

impl Endpoints {
    pub(super) fn new(addresses: &[String]) -> Self {
        let endpoint = |address: &String| {
            let address = address.trim_end_matches('/').to_owned();
            Arc::new(Endpoint { address, open: AtomicUsize::new(0), failures: Mutex::default() })
        };
        Self(addresses.iter().map(endpoint).collect())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Endpoint> {
        self.0.iter().map(|endpoint| &**endpoint)
    }

    /// The server with the fewest open requests of those that do not rest; when all rest, the one
    /// that has rested for longest.
    pub(super) fn choose(&self, now: Instant) -> Use {
        let load = |endpoint: &&Arc<Endpoint>| {
            let rest = endpoint.lock().rests_until.filter(|until| *until > now);
            (rest, endpoint.open.load(Ordering::Relaxed))
        };
        // There is at least one: the client is not made without.
        let chosen = self.0.iter().min_by_key(load).unwrap_or(&self.0[0]);
        chosen.open.fetch_add(1, Ordering::Relaxed);
        Use(chosen.clone())
    }
}

impl Endpoint {
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn view(&self, now: Instant) -> EndpointView {
        EndpointView {
            address: self.address.clone(),
            healthy: self.lock().rests_until.is_none_or(|until| until <= now),
            running: u32::try_from(self.open.load(Ordering::Relaxed)).unwrap_or(u32::MAX),
        }
    }

    /// Notes whether the server served.
    pub(super) fn note(&self, is_up: bool, now: Instant) {
        let mut failures = self.lock();
        if is_up {
            if failures.in_a_row > 0 {
                tracing::info!(address = self.address, "a model server is there again");
            }
            *failures = Failures::default();
            return;
        }
        let rest = REST.saturating_mul(1 << failures.in_a_row.min(5)).min(LONGEST_REST);
        failures.in_a_row += 1;
        failures.rests_until = Some(now + rest);
        if failures.in_a_row == 1 {
            tracing::warn!(address = self.address, "a model server failed; others are preferred for a while");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::ops::Deref for Use {
    type Target = Endpoint;

    fn deref(&self) -> &Endpoint {
        &self.0
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> Endpoints {
        Endpoints::new(&["http://a/v1/".to_owned(), "http://b/v1".to_owned()])
    }

    #[test]
    fn the_least_loaded_is_chosen() {
        let (endpoints, now) = (endpoints(), Instant::now());
        let first = endpoints.choose(now);
        let second = endpoints.choose(now);
        assert_eq!((first.address(), second.address()), ("http://a/v1", "http://b/v1"));
        drop(second);
        assert_eq!(endpoints.choose(now).address(), "http://b/v1");
    }

    #[test]
    fn one_that_failed_rests_longer_each_time_and_serves_again_afterwards() {
        let (endpoints, now) = (endpoints(), Instant::now());
        for _ in 0..3 {
            endpoints.all().next().unwrap().note(false, now);
        }
        let busy = [endpoints.choose(now), endpoints.choose(now)];
        assert!(busy.iter().all(|endpoint| endpoint.address() == "http://b/v1"));
        assert_eq!(endpoints.choose(now + Duration::from_secs(3)).address(), "http://b/v1");
        assert_eq!(endpoints.choose(now + Duration::from_secs(5)).address(), "http://a/v1");
        endpoints.all().for_each(|endpoint| endpoint.note(false, now));
        assert_eq!(endpoints.choose(now).address(), "http://b/v1");
        endpoints.all().for_each(|endpoint| endpoint.note(true, now));
        drop(busy);
        assert_eq!(endpoints.choose(now).address(), "http://a/v1");
    }
}
