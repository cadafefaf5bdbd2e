//! Keys that programs send as `Authorization: Bearer KEY`.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::api::bearer;

/// A key that requests must carry. Only its digest is kept: digests have one length, so how long the
/// comparison takes tells nothing, not even the key's length.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The key that the configuration holds; nothing if that is empty.
    pub fn of(key: &str) -> Option<Self> {
        (!key.is_empty()).then(|| Self(digest(key)))
    }

    /// Whether the request with `headers` carries it.
    pub fn is_in(&self, headers: &HeaderMap) -> bool {
        bearer(headers).is_some_and(|key| digest(key).ct_eq(&self.0).into())
    }

    /// Has `refuse` answer whatever comes to the routes of `router` without the key.
    pub fn guard<S: Clone + Send + Sync + 'static>(self, router: Router<S>, refuse: fn() -> Response) -> Router<S> {
        router.layer(middleware::from_fn(move |request: Request, next: Next| {
            let is_in = self.is_in(request.headers());
            async move {
                if is_in {
                    return next.run(request).await;
                }
                (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")], refuse()).into_response()
            }
        }))
    }
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_key_opens() {
        let key = Key::of("secret").unwrap();
        let opens = |sent: &str| key.is_in(&HeaderMap::from_iter([(header::AUTHORIZATION, sent.parse().unwrap())]));
        assert!(opens("Bearer secret") && opens("bearer  secret "));
        for other in ["", "secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Basic secret"] {
            assert!(!opens(other), "{other}");
        }
        assert!(!key.is_in(&HeaderMap::new()) && Key::of("").is_none());
    }
}
