//! The server's side of the seam: services, the session and the answer's status.

mod cookies;

use std::net::{IpAddr, Ipv4Addr};

use domain::account::{AccountId, Viewer};
use domain::{Error, ErrorKind, Result};
use http::{StatusCode, header, request::Parts};
use leptos::prelude::{AnyView, IntoAny, IntoView, use_context};
use leptos_axum::ResponseOptions;
use services::account::{Accounts, SignedIn};
use services::limits::ClientAddress;
use tower_sessions::Session;
use tracing::Span;
use tracing::field::display;

pub use cookies::{Secure, keep_preference, keep_secret, keep_typed, preference, take_secret, take_typed};

/// The service `T`, as the server's wiring provides it.
pub fn service<T: Clone + 'static>() -> Result<T> {
    use_context::<T>().ok_or_else(|| Error::unexpected(&domain::error::reference(std::any::type_name::<T>())))
}

/// The person who is signed in; an error when nobody is.
pub async fn viewer() -> Result<Viewer> {
    maybe_viewer().await?.ok_or_else(Error::unauthenticated)
}

/// The person who is signed in, if somebody is.
pub async fn maybe_viewer() -> Result<Option<Viewer>> {
    viewer_of(&session().await?, &service::<Accounts>()?).await
}

/// The person who is signed in with `session`, if somebody is.
pub async fn viewer_of(session: &Session, accounts: &Accounts) -> Result<Option<Viewer>> {
    let Some(signed_in) = session.get::<SignedIn>(SignedIn::KEY).await.map_err(broken)? else { return Ok(None) };
    let viewer = accounts.viewer(signed_in).await?;
    if let Some(viewer) = &viewer {
        note_person(viewer.id);
    }
    // Changing the session is what keeps it from going idle.
    if let Some(seen) = accounts.seen(signed_in).filter(|_| viewer.is_some()) {
        session.insert(SignedIn::KEY, seen).await.map_err(broken)?;
    }
    Ok(viewer)
}

/// The network address that the request comes from.
pub fn client() -> ClientAddress {
    let known = use_context::<Parts>().and_then(|parts| parts.extensions.get().copied());
    known.unwrap_or(ClientAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
}

/// Starts a signed-in session. Its identifier is renewed, so one planted before is worth nothing.
pub async fn sign_in(signed_in: SignedIn) -> Result<()> {
    let session = session().await?;
    session.cycle_id().await.map_err(broken)?;
    note_person(signed_in.account);
    session.insert(SignedIn::KEY, signed_in).await.map_err(broken)
}

/// Remembers that the account was signed in to with this browser; tells its person of a new one,
/// unless the account `is_new` as well.
pub async fn recognise(signed_in: SignedIn, is_new: bool) -> Result<()> {
    let token = service::<Accounts>()?.recognise(signed_in.account, &cookies::browser(), is_new).await?;
    cookies::keep_browser(&token);
    Ok(())
}

/// Ends the session.
pub async fn sign_out() -> Result<()> {
    session().await?.flush().await.map_err(broken)
}

/// Sets the page's content security policy: nothing from elsewhere, no script without `nonce` or
/// from another place than this server, no inline style. WebAssembly may be compiled.
pub fn content_security_policy(nonce: &str) {
    // In development, the page listens on another port for new builds.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" };
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'{reload}; object-src 'none'; base-uri 'self'; form-action 'self'; \
         frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'"
    );
    if let (Some(options), Ok(policy)) = (use_context::<ResponseOptions>(), policy.parse()) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The path that is being answered.
pub fn path() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| parts.uri.path().to_owned())
}

/// Gives the answer the status of `kind`, except to a form posted without JavaScript: that one is
/// redirected back to its page, which shows the error.
pub fn answer_with(kind: ErrorKind) {
    let (Some(parts), Some(options)) = (use_context::<Parts>(), use_context::<ResponseOptions>()) else { return };
    let wants_page = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if parts.uri.path().starts_with("/api/") && wants_page {
        return;
    }
    if let Ok(status) = StatusCode::from_u16(kind.status()) {
        options.set_status(status);
    }
}

/// The same error with the id of the request that is being answered, if it is unexpected. The
/// server's outermost layer put that among the request's headers.
pub fn in_request(error: Error) -> Error {
    let id =
        use_context::<Parts>().and_then(|parts| parts.headers.get("x-request-id")?.to_str().ok().map(str::to_owned));
    match id {
        Some(id) => error.in_request(&id),
        None => error,
    }
}

/// Leads the browser to `path` after a server function, with or without JavaScript.
pub fn redirect(path: &str) {
    leptos_axum::redirect(path);
}

/// A page that is rendered here alone: the browser's program has no part in it.
pub fn asleep<V: IntoView + 'static>(page: impl FnOnce() -> V) -> AnyView {
    page().into_any()
}

/// Leads the reader of the page that is being rendered to `path` instead.
pub fn lead_to(path: &str) {
    leptos_axum::redirect(path);
    // Also for readers that accept anything: a page is not a server function.
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(StatusCode::FOUND);
    }
}

/// Has the log lines of the request that is being answered name the person from here on. Its span is
/// the one that the server's outermost layer left with it: the present one may be a step within.
fn note_person(person: AccountId) {
    let span = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Span>().cloned());
    if let Some(span) = span {
        span.record("user_id", display(person));
    }
}

async fn session() -> Result<Session> {
    leptos_axum::extract::<Session>()
        .await
        .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
}

fn broken(error: tower_sessions::session::Error) -> Error {
    // The store has logged the cause; what can be done about it is the same in every case.
    Error::new(
        ErrorKind::Busy,
        format!(
            "Your session could not be read ({}). Please try again in a moment.",
            domain::error::reference(&error.to_string())
        ),
    )
}

#[cfg(test)]
mod tests;
