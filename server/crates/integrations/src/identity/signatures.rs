//! Checks of the signatures of ID tokens by ring, the cryptography library of everything else here.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use ring::signature::{
    self as checks, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use signature::{Error, Verifier};

/// What checks tokens. Nothing is signed here.
pub(super) static RING: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Signatures that are taken: all of them by keys that only the issuer has.
pub(super) const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

struct Check {
    algorithm: Algorithm,
    key: Key,
}

enum Key {
    Rsa(&'static RsaParameters, RsaPublicKeyComponents<Vec<u8>>),
    Other(UnparsedPublicKey<Vec<u8>>),
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    let rsa: Option<&'static RsaParameters> = match algorithm {
        Algorithm::RS256 => Some(&checks::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RS384 => Some(&checks::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RS512 => Some(&checks::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::PS256 => Some(&checks::RSA_PSS_2048_8192_SHA256),
        Algorithm::PS384 => Some(&checks::RSA_PSS_2048_8192_SHA384),
        Algorithm::PS512 => Some(&checks::RSA_PSS_2048_8192_SHA512),
        _ => None,
    };
    let other: Option<&'static dyn VerificationAlgorithm> = match algorithm {
        Algorithm::ES256 => Some(&checks::ECDSA_P256_SHA256_FIXED),
        Algorithm::ES384 => Some(&checks::ECDSA_P384_SHA384_FIXED),
        Algorithm::EdDSA => Some(&checks::ED25519),
        _ => None,
    };
    let key = match (rsa, other, key.kind()) {
        (Some(rsa), _, DecodingKeyKind::RsaModulusExponent { n, e }) => {
            Key::Rsa(rsa, RsaPublicKeyComponents { n: n.clone(), e: e.clone() })
        }
        (_, Some(other), DecodingKeyKind::SecretOrDer(bytes)) => {
            Key::Other(UnparsedPublicKey::new(other, bytes.clone()))
        }
        _ => return Err(ErrorKind::InvalidKeyFormat.into()),
    };
    Ok(Box::new(Check { algorithm: *algorithm, key }))
}

impl Verifier<Vec<u8>> for Check {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), Error> {
        let checked = match &self.key {
            Key::Rsa(parameters, key) => key.verify(parameters, message, signature),
            Key::Other(key) => key.verify(message, signature),
        };
        checked.map_err(|_| Error::new())
    }
}

impl JwtVerifier for Check {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
