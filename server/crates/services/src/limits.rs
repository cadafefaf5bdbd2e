//! How often something may be tried, counted in the database so that it holds for all instances together.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use domain::{Clock, Error, Result, Timestamp};
use store::Store;
use store::limit as rows;

use crate::secret;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limited {
    /// Wrong passwords for one account from one network address. Somebody else's tries from elsewhere do not count, so
    /// nobody can lock an account that is not theirs.
    Password,
    /// Wrong passwords from one network address, for any account.
    SignIn,
    /// Wrong codes at the second step of one account, whoever types them: only who knows its password gets there.
    SecondStep,
    /// Accounts opened from one network address.
    Registration,
    /// Links for new passwords that were asked for from one network address.
    Reset,
    /// Steps of practice of one person: interviews started, answers, questions left, messages worded anew.
    Practice,
}

impl Limited {
    /// The word that buckets begin with.
    fn slug(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SignIn => "sign-in",
            Self::SecondStep => "second-step",
            Self::Registration => "registration",
            Self::Reset => "reset",
            Self::Practice => "practice",
        }
    }

    /// Milliseconds in which as many tries as the configuration says are allowed.
    fn window(self) -> i64 {
        match self {
            Self::Password | Self::SignIn | Self::SecondStep => 15 * 60_000,
            Self::Registration | Self::Reset => 60 * 60_000,
            Self::Practice => 60_000,
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::Password | Self::SignIn => "There were too many tries to sign in from here.",
            Self::SecondStep => "There were too many wrong codes.",
            Self::Registration => "Many accounts were opened from here lately.",
            Self::Reset => "Many links were asked for from here lately.",
            Self::Practice => "That is more than the coach can follow at once.",
        }
    }
}

/// The network address that a request comes from, as far as it can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl std::fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.to_canonical().fmt(f)
    }
}

impl ClientAddress {
    /// What belongs to one subscriber: the address itself, or the 64 bits of an IPv6 network.
    pub(crate) fn network(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            }
        }
    }
}

/// Counts tries.
#[derive(Clone)]
pub struct Limits {
    store: Store,
    clock: Arc<dyn Clock>,
    most: Arc<BTreeMap<Limited, u32>>,
}

impl Limits {
    /// Limits kept in `store`: the `most` tries of each within its window. What is 0 or missing is not limited.
    pub fn new(store: Store, clock: Arc<dyn Clock>, most: BTreeMap<Limited, u32>) -> Self {
        Self { store, clock, most: Arc::new(most) }
    }

    /// Counts one try from a network address.
    ///
    /// # Errors
    /// `TooMany` with the seconds after which the next one counts.
    pub async fn count_from(&self, what: Limited, from: ClientAddress) -> Result<()> {
        self.count(what, &from.network()).await
    }

    /// Counts one try of a person, or of a network address for an account.
    ///
    /// # Errors
    /// As [`count_from`](Self::count_from).
    pub async fn count(&self, what: Limited, whose: &str) -> Result<()> {
        let Some(interval) = self.interval(what) else { return Ok(()) };
        let (bucket, now) = (bucket(what, whose), self.clock.now());
        let tolerance = what.window() - interval;
        let wait = self.store.transaction(move |connection| {
            Box::pin(async move { rows::count(connection, &bucket, now, interval, tolerance).await })
        });
        let Some(millis) = wait.await? else { return Ok(()) };
        let seconds = u32::try_from(millis.div_euclid(1_000) + 1).unwrap_or(u32::MAX);
        let after = if seconds < 120 { format!("{seconds} s") } else { format!("{} minutes", seconds.div_ceil(60)) };
        Err(Error::too_many(seconds, format!("{} Please try again in {after}.", what.message())))
    }

    /// Takes back one try that turned out not to count.
    pub async fn give_back(&self, what: Limited, whose: &str) -> Result<()> {
        let Some(interval) = self.interval(what) else { return Ok(()) };
        let bucket = bucket(what, whose);
        let work = self.store.transaction(move |connection| {
            Box::pin(async move { rows::give_back(connection, &bucket, interval).await })
        });
        work.await
    }

    /// Takes back one try from a network address.
    pub async fn give_back_from(&self, what: Limited, from: ClientAddress) -> Result<()> {
        self.give_back(what, &from.network()).await
    }

    /// Removes what limits nobody any more; answers how much.
    pub async fn remove_free(&self) -> Result<u64> {
        let now: Timestamp = self.clock.now();
        self.store.transaction(move |connection| Box::pin(rows::remove_free(connection, now))).await
    }

    /// Milliseconds from one try to the next, if they are limited.
    fn interval(&self, what: Limited) -> Option<i64> {
        let most = self.most.get(&what).copied().filter(|most| *most > 0)?;
        Some((what.window() / i64::from(most)).max(1))
    }
}

/// Buckets tell nobody who tried.
fn bucket(what: Limited, whose: &str) -> String {
    format!("{} {}", what.slug(), secret::hash(whose))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_those_of_one_subscriber() {
        let network = |text: &str| ClientAddress(text.parse().unwrap()).network();
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    }
}
