//! How many connections somebody has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::account::AccountId;
use domain::{Error, ErrorKind, Result};

/// Connections that one person may have to this server: as many as tabs that anybody uses.
const MOST: usize = 10;

/// Counts connections by person.
#[derive(Clone, Default)]
pub struct Places(Arc<Mutex<HashMap<AccountId, usize>>>);

/// One connection; it is given back when this is dropped.
pub struct Place {
    places: Places,
    owner: AccountId,
}

impl Places {
    /// Takes one for `owner`.
    ///
    /// # Errors
    /// `TooMany` when the person has all of theirs.
    pub fn take(&self, owner: AccountId) -> Result<Place> {
        let mut taken = self.lock();
        let count = taken.entry(owner).or_default();
        if *count >= MOST {
            let message = format!("You have {MOST} connections open, which is as many as one can have. Close a tab.");
            return Err(Error::new(ErrorKind::TooMany, message));
        }
        *count += 1;
        Ok(Place { places: self.clone(), owner })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<AccountId, usize>> {
        // The map stays whole even if a holder panicked: every change to it is a single call.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.owner);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Id, Timestamp};

    use super::*;
    use crate::system::SystemRandom;

    #[test]
    fn places_are_ones_own_and_come_back() {
        let (places, now) = (Places::default(), Timestamp::from_millis(0));
        let (ada, eve) = (Id::new(now, &SystemRandom), Id::new(now, &SystemRandom));
        let mut taken: Vec<_> = (0..MOST).map(|_| places.take(ada).unwrap()).collect();
        assert_eq!(places.take(ada).err().map(|error| error.kind), Some(ErrorKind::TooMany));
        assert!(places.take(eve).is_ok());
        taken.pop();
        assert!(places.take(ada).is_ok());
        taken.clear();
        assert!(places.lock().is_empty());
    }
}
