//! Size and sha256 of files, by which everything that comes from outside is known.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use domain::number::hex;
use sha2::{Digest, Sha256};

use super::Artifact;

/// Bytes and sha256 (64 lower-case hexadecimal digits) of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub size: u64,
    pub sha256: String,
}

/// Reads the whole of `path`; blocks.
pub(super) fn sum(path: &Path) -> io::Result<Sum> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut size = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
    Ok(Sum { size, sha256: hex(&hasher.finalize()) })
}

/// Whether `path` is exactly `artifact`; the reason if not. Blocks.
pub(super) fn check(path: &Path, artifact: &Artifact) -> Result<(), String> {
    let found = std::fs::metadata(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?.len();
    if found != artifact.size {
        return Err(format!("{} has {found} bytes instead of {}", artifact.name, artifact.size));
    }
    let sum = sum(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if sum.sha256 != artifact.sha256 {
        return Err(format!(
            "{} is not the file it should be: its sha256 is {} instead of {}",
            artifact.name, sum.sha256, artifact.sha256
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_as_the_standard_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc").unwrap();
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sum(&path).unwrap(), Sum { size: 3, sha256: expected.into() });
        let artifact = Artifact { name: "abc".into(), size: 3, sha256: expected.into() };
        assert_eq!(check(&path, &artifact), Ok(()));
        std::fs::write(&path, "abd").unwrap();
        assert!(check(&path, &artifact).unwrap_err().contains("sha256"));
        std::fs::write(&path, "ab").unwrap();
        assert!(check(&path, &artifact).unwrap_err().contains("2 bytes instead of 3"));
    }
}
