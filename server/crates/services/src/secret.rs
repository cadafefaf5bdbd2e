//! Random secrets, and the hashes of them that are stored.

use domain::Random;
use sha2::{Digest, Sha256};

/// 256 random bits as 64 hexadecimal digits.
pub(crate) fn new(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    hex(&bytes)
}

/// What is stored of a secret: it has 256 random bits, so a plain hash is enough.
pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
