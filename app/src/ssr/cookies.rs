//! Cookies that are no session: preferences, and what was typed into a refused form.

use http::{header, request::Parts};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use leptos_router::location::Url;
use services::account::{BROWSER_DAYS, Browser};

use crate::cookie;

/// The cookie of [`keep_typed`].
const TYPED: &str = "typed";

/// Whether people reach the site over HTTPS, as the server's wiring provides it.
#[derive(Clone, Copy)]
pub struct Secure(pub bool);

/// The cookie of [`keep_browser`]. The prefix makes browsers refuse it from anything but this host over HTTPS.
fn device() -> (&'static str, &'static str) {
    match use_context::<Secure>() {
        Some(Secure(true)) => ("__Host-device", "; Secure"),
        _ => ("device", ""),
    }
}

/// The browser that asks.
pub fn browser() -> Browser {
    let agent =
        use_context::<Parts>().and_then(|parts| Some(parts.headers.get(header::USER_AGENT)?.to_str().ok()?.to_owned()));
    Browser { token: preference(device().0), agent: agent.unwrap_or_default() }
}

/// Gives the browser what it is recognised by, out of reach of scripts. It opens nothing: it only
/// keeps people from being told of browsers that they know.
pub fn keep_browser(token: &str) {
    let (name, secure) = device();
    let seconds = BROWSER_DAYS * 86_400;
    let cookie = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = cookie.parse() {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    }
}

/// Longest cookie that browsers must keep, in bytes (RFC 6265, section 6.1).
const LONGEST_COOKIE: usize = 4_096;

/// Keeps a preference in a cookie for a year. It decides about looks only, so scripts may read it.
pub fn keep_preference(name: &'static str, value: &'static str) {
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(cookie) = cookie.parse() {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    }
}

/// Keeps what was typed into a form that was refused, for the page that it leads back to: five
/// minutes, out of reach of scripts. Passwords are never kept.
pub fn keep_typed(name: &str, email: &str) {
    let cookie =
        format!("{TYPED}={}&{}; Path=/; Max-Age=300; HttpOnly; SameSite=Lax", Url::escape(name), Url::escape(email));
    if let (true, Ok(cookie)) = (cookie.len() <= LONGEST_COOKIE, cookie.parse()) {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    }
}

/// The name and the address that [`keep_typed`] kept, once.
pub fn take_typed() -> (String, String) {
    let Some(typed) = preference(TYPED) else { return Default::default() };
    let forget = header::HeaderValue::from_static("typed=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, forget);
    let (name, email) = typed.split_once('&').unwrap_or_default();
    (Url::unescape(name), Url::unescape(email))
}

/// Keeps a new secret for the page that shows it once: five minutes, out of reach of scripts. Nothing but the browser
/// has it meanwhile.
pub fn keep_secret(name: &'static str, secret: &str) {
    let cookie = format!("{name}={secret}; Path=/; Max-Age=300; HttpOnly; SameSite=Strict");
    if let Ok(cookie) = cookie.parse() {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, cookie);
    }
}

/// The secret that [`keep_secret`] kept under that name: in one request as often as it is asked for, and never again.
pub fn take_secret(name: &'static str) -> Option<String> {
    let secret = preference(name).filter(|secret| !secret.is_empty())?;
    if let Ok(forget) = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict").parse() {
        expect_context::<ResponseOptions>().append_header(header::SET_COOKIE, forget);
    }
    Some(secret)
}

/// The preference of that name, as the request's cookie says.
pub fn preference(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let cookies = parts.headers.get(header::COOKIE)?.to_str().ok()?;
    cookie::value(cookies, name).map(str::to_owned)
}
