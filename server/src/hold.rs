//! Keeps those apart who use the data folder and those who replace what is in it.

use std::fs::{File, TryLockError};
use std::path::Path;

use domain::{Error, ErrorKind, Result};

/// The file on which the lock is. The system lets go of it when its holder ends in any way.
const LOCK: &str = ".lock";

/// Uses `folder`, as any number of servers may, until the answer is dropped.
///
/// # Errors
/// `Conflict` while a backup is being restored into it.
pub fn share(folder: &Path) -> Result<File> {
    let busy = "A backup is being restored into this data folder. Wait for that to end, then start again.";
    hold(folder, File::try_lock_shared, busy)
}

/// Uses `folder` alone until the answer is dropped.
///
/// # Errors
/// `Conflict` while somebody else uses it.
pub fn alone(folder: &Path) -> Result<File> {
    let busy = "Lodestar runs on this data folder. Nothing was changed. Stop it first, then restore.";
    hold(folder, File::try_lock, busy)
}

fn hold(folder: &Path, lock: fn(&File) -> Result<(), TryLockError>, busy: &str) -> Result<File> {
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| {
        let message = format!("{} cannot be written: {error}. Check the permissions of the folder.", path.display());
        Error::new(ErrorKind::Busy, message)
    })?;
    match lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::new(ErrorKind::Conflict, busy)),
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "the disk of the data folder knows no locks: do not restore while a server runs");
            Ok(file)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_share_and_a_restore_is_alone() {
        let folder = tempfile::tempdir().unwrap();
        let servers = [share(folder.path()).unwrap(), share(folder.path()).unwrap()];
        assert_eq!(alone(folder.path()).unwrap_err().kind, ErrorKind::Conflict);
        drop(servers);
        let restoring = alone(folder.path()).unwrap();
        assert_eq!(share(folder.path()).unwrap_err().kind, ErrorKind::Conflict);
        drop(restoring);
        share(folder.path()).unwrap();
    }
}
