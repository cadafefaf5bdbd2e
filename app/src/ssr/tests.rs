//! Tests of cookies and of the pages' security policy.

use leptos::prelude::{Owner, provide_context};

use super::*;

/// Runs `page` as if for a request with this cookie; gives what it returns and the answer's headers.
fn answering<T>(cookie: &str, page: impl FnOnce() -> T) -> (T, http::HeaderMap) {
    let (parts, ()) = http::Request::builder().header(header::COOKIE, cookie).body(()).unwrap().into_parts();
    let options = ResponseOptions::default();
    let result = Owner::new().with(|| {
        provide_context(parts);
        provide_context(options.clone());
        page()
    });
    let headers = options.0.read().unwrap().headers.clone();
    (result, headers)
}

#[test]
fn what_was_typed_comes_back_once() {
    let ((), headers) = answering("", || keep_typed("Zoë; & co", "zoe@example.org"));
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly"));
    let sent = format!("theme=dark; {}", cookie.split(';').next().unwrap());
    let (typed, headers) = answering(&sent, take_typed);
    assert_eq!(typed, ("Zoë; & co".to_owned(), "zoe@example.org".to_owned()));
    assert!(headers[header::SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(answering("theme=dark", take_typed).0, Default::default());
}

#[test]
fn too_much_is_not_kept() {
    let ((), headers) = answering("", || keep_typed(&"x".repeat(5_000), ""));
    assert!(headers.is_empty());
}

#[test]
fn pages_run_only_their_own_scripts() {
    let ((), headers) = answering("", || content_security_policy("abc"));
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
    assert!(!policy.contains("unsafe-inline"));
}
