//! What a form without JavaScript was refused for comes back in the address of its page, where
//! Leptos reads it. Anybody could write such an address, so a cookie that only this server can set
//! says which message it wrote; an address with another one is opened without it.

use app::cookie;
use axum::extract::Request;
use axum::http::header::{COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

/// The parts of an address that Leptos reads a refusal from.
const MESSAGE: &str = "__err=";
const FUNCTION: &str = "__path=";
/// The cookie with the message.
const WRITTEN: &str = "refusal";
/// Seconds for which the page may be loaded again with its message.
const SECONDS: u32 = 300;

/// Lets only this server's messages through, and marks them as they are written.
pub async fn check(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let message = request.uri().query().and_then(message);
    if reads && message.is_some_and(|message| !is_written(request.headers(), message)) {
        return Redirect::to(&without(request.uri().path(), request.uri().query().unwrap_or_default())).into_response();
    }
    let mut response = next.run(request).await;
    let leads_to = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
    let query = leads_to.and_then(|place| place.split_once('?')).map(|(_, query)| query);
    if let Some(cookie) = query.and_then(message_of_ours) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn message_of_ours(query: &str) -> Option<HeaderValue> {
    let message = message(query)?;
    HeaderValue::from_str(&format!("{WRITTEN}={message}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Lax")).ok()
}

fn message(query: &str) -> Option<&str> {
    let query = query.split('#').next()?;
    query.split('&').find_map(|part| part.strip_prefix(MESSAGE))
}

fn is_written(headers: &HeaderMap, message: &str) -> bool {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    cookies.filter_map(|cookies| cookie::value(cookies, WRITTEN)).any(|written| written == message)
}

fn without(path: &str, query: &str) -> String {
    let rest: Vec<_> =
        query.split('&').filter(|part| !part.starts_with(MESSAGE) && !part.starts_with(FUNCTION)).collect();
    // A path of two slashes would lead to another host.
    let path = format!("/{}", path.trim_start_matches('/'));
    if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_taken_out_and_the_rest_stays() {
        assert_eq!(without("/login", "next=%2Fsettings&__path=%2Fapi%2Fsign_in&__err=x"), "/login?next=%2Fsettings");
        assert_eq!(without("/login", "__err=x"), "/login");
        assert_eq!(without("//evil.example", "__err=x"), "/evil.example");
    }

    #[test]
    fn only_a_message_that_was_written_here_is_known() {
        let mut headers = HeaderMap::new();
        assert!(!is_written(&headers, "abc"));
        let cookie = message_of_ours("a=b&__err=abc#top").unwrap();
        let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
        headers.insert(COOKIE, format!("theme=dark; {cookie}").parse().unwrap());
        assert!(is_written(&headers, "abc"));
        assert!(!is_written(&headers, "abd"));
    }
}
