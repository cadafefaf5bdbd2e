//! Hashing passwords, and holding them against their hashes.

use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use domain::account::Password;
use domain::{Error, ErrorKind, Result};

use super::Accounts;

/// Passwords hashed at the same time: each takes 19 MiB and a core for some 30 ms.
pub(super) const HASHES_AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn to hash.
const HASH_PATIENCE: Duration = Duration::from_secs(10);
/// Compared against where there is no password, so that the answer takes as long. It is the hash of random bytes that
/// nobody kept, with today's parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$ZGVjb3ktc2FsdC0wMDAx$2u1tB0sXbbkHcGdtH2ClTn8hGOkVn2VYqzVqk2K4o0g";

impl Accounts {
    pub(super) async fn hash(&self, password: Password) -> Result<String> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        self.in_turn(move || {
            // The default parameters are Argon2id, 19 MiB, 2 passes, 1 lane.
            Argon2::default().hash_password_with_salt(password.expose().as_bytes(), &salt).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
    }

    /// Whether it is the password with this hash. No password fits an empty one, which takes as long to find out.
    pub(super) async fn fits(&self, password: &str, hash: &str) -> Result<bool> {
        let hash = if hash.is_empty() { NOBODY } else { hash };
        let (password, hash) = (password.to_owned(), hash.to_owned());
        self.in_turn(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// Runs costly work off the async threads, a few at a time.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::new(ErrorKind::Busy, "Many people are signing in just now. Please try again in a moment.");
        let permit = tokio::time::timeout(HASH_PATIENCE, self.hashing.clone().acquire_owned())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
    }
}
