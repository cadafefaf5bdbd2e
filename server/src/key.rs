//! The key of this installation, with which secrets of people are sealed in the database.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use domain::Random;
use domain::number::hex;
use services::vault::KEY_BYTES;
use tempfile::NamedTempFile;

use crate::system::SystemRandom;

/// The file in the data folder that holds it, where the configuration does not.
pub const FILE: &str = "secret.key";

/// A key.
pub type Key = [u8; KEY_BYTES];

/// The key that is `configured`, or else that of the file in `folder`, which is made if there is none.
///
/// # Errors
/// If it is no key, or the file can be neither read nor made.
pub fn load(configured: &str, folder: &Path) -> Result<Key> {
    if !configured.is_empty() {
        return parse(configured).context("data.key is no key: write 64 hexadecimal digits");
    }
    let path = folder.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => parse(text.trim())
            .with_context(|| format!("{} holds no key: put the one of a backup there", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Makes the file, readable by its owner alone. Of several that start at once, all take the one that came first.
fn make(path: &Path) -> Result<Key> {
    let mut key = Key::default();
    SystemRandom.fill(&mut key);
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = || -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(hex(&key).as_bytes())?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    let file = written().with_context(|| format!("{} cannot be written", path.display()))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(key),
        Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => parse(fs::read_to_string(path)?.trim()),
        Err(failed) => Err(failed.error).with_context(|| format!("{} cannot be written", path.display())),
    }
}

fn parse(text: &str) -> Result<Key> {
    let wrong = || anyhow!("a key has {} hexadecimal digits", 2 * KEY_BYTES);
    if text.len() != 2 * KEY_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let mut key = Key::default();
    for (byte, digits) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits)?, 16)?;
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_kept_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let key = load("", folder.path()).unwrap();
        assert_eq!(load("", folder.path()).unwrap(), key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_ne!(load("", tempfile::tempdir().unwrap().path()).unwrap(), key);
    }

    #[test]
    fn a_configured_key_counts_and_a_broken_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(load(&"0f".repeat(32), folder.path()).unwrap(), [15; KEY_BYTES]);
        assert!(!folder.path().join(FILE).exists());
        for wrong in ["0f", &"0g".repeat(32), &"é".repeat(32)] {
            assert!(load(wrong, folder.path()).is_err(), "{wrong}");
        }
        fs::write(folder.path().join(FILE), "nonsense").unwrap();
        assert!(load("", folder.path()).unwrap_err().to_string().contains("backup"));
    }
}
