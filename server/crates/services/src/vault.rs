//! Sealing what must be read again but not by whoever gets hold of the database: with a key that is kept elsewhere.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use domain::{Error, Random, Result};

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce: enough for random ones never to meet.
const NONCE_BYTES: usize = 24;

/// Seals and opens with one key (XChaCha20-Poly1305).
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
    random: Arc<dyn Random>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// A vault with this key.
    pub fn new(key: &[u8; KEY_BYTES], random: Arc<dyn Random>) -> Self {
        Self { cipher: XChaCha20Poly1305::new(&Key::from(*key)), random }
    }

    /// Seals `secret` for `place`, which says what it is and whose: elsewhere it does not open.
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Result<String> {
        let mut sealed = vec![0; NONCE_BYTES];
        self.random.fill(&mut sealed);
        let nonce = XNonce::try_from(&sealed[..]).map_err(|_| broken())?;
        let payload = Payload { msg: secret, aad: place.as_bytes() };
        sealed.extend(self.cipher.encrypt(&nonce, payload).map_err(|_| broken())?);
        Ok(BASE64.encode(sealed))
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// `Unexpected` where it was sealed with another key or for another place, or was changed.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>> {
        let bytes = BASE64.decode(sealed).map_err(|_| broken())?;
        let (nonce, text) = bytes.split_at_checked(NONCE_BYTES).ok_or_else(broken)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| broken())?;
        self.cipher.decrypt(&nonce, Payload { msg: text, aad: place.as_bytes() }).map_err(|_| broken())
    }
}

fn broken() -> Error {
    Error::unexpected(&domain::error::reference(
        "a sealed secret cannot be opened: is the key of this installation another one?",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn with_key(key: u8) -> Vault {
        Vault::new(&[key; KEY_BYTES], Arc::new(Counting(0.into())))
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_key_at_the_same_place_alone() {
        let vault = with_key(1);
        let sealed = vault.seal("app of ada", b"secret").unwrap();
        assert_eq!(vault.open("app of ada", &sealed).unwrap(), b"secret");
        assert_ne!(vault.seal("app of ada", b"secret").unwrap(), sealed, "each time another one");
        assert!(!sealed.contains("secret"));

        let mut changed = sealed.clone().into_bytes();
        *changed.last_mut().unwrap() ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        for (place, text) in
            [("app of eve", &*sealed), ("app of ada", &*changed), ("app of ada", ""), ("app of ada", "?")]
        {
            assert!(vault.open(place, text).is_err(), "{place} {text}");
        }
        assert!(with_key(2).open("app of ada", &sealed).is_err());
    }
}
