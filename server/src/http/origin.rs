//! Refuses requests that change something and were sent by another site.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets reading pass; anything else must come from this site, as the browser says in
/// `Sec-Fetch-Site` or, in older ones, in `Origin`.
pub async fn check(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) || is_own(request.headers()) {
        return next.run(request).await;
    }
    let message = "This request did not come from a page of this site, so nothing was changed. Open the page again and repeat what you did.";
    (StatusCode::FORBIDDEN, message).into_response()
}

/// Whether a page of this site asks, as the browser says.
pub fn is_own(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site".parse::<header::HeaderName>().expect("a valid header name")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(host))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(pairs: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        is_own(&headers)
    }

    #[test]
    fn only_this_site_may_change_things() {
        assert!(own(&[("sec-fetch-site", "same-origin")]));
        assert!(own(&[("origin", "http://localhost:3000"), ("host", "localhost:3000")]));
        for foreign in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://a.example"), ("host", "a.example")],
            &[("origin", "http://evil.example"), ("host", "a.example")],
            &[("origin", "null"), ("host", "a.example")],
            &[("host", "a.example")],
            &[],
        ] {
            assert!(!own(foreign), "{foreign:?}");
        }
    }
}
