//! The server's side of the seam: services, the session and the answer's status.

mod cookies;
mod session;

use std::net::{IpAddr, Ipv4Addr};

use domain::account::{AccountId, Viewer};
use domain::session::SessionId;
use domain::{Error, ErrorKind, Result};
use http::{StatusCode, header, request::Parts};
use leptos::prelude::{AnyView, IntoAny, IntoView, use_context};
use leptos_axum::ResponseOptions;
use services::account::{Accounts, Client, SignedIn};
use services::limits::ClientAddress;
use tower_sessions::Session;
use tracing::Span;
use tracing::field::display;

pub use cookies::{Secure, keep_preference, keep_secret, keep_typed, preference, take_secret, take_typed};
pub use session::{NEW_PASSKEY, PASSKEY, ask_passkey, enter, halfway, keep, kept, recognise, sign_in, sign_out, take};

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
    let Some(Sender { address, .. }) = Sender::known().filter(|_| viewer.is_some()) else { return Ok(viewer) };
    // Changing the session is what keeps it from going idle.
    if let Some(seen) = accounts.seen(signed_in, address).await? {
        session.insert(SignedIn::KEY, seen).await.map_err(broken)?;
    }
    Ok(viewer)
}

/// The session of the person who is signed in.
pub async fn current_session() -> Result<SessionId> {
    let signed_in = session().await?.get::<SignedIn>(SignedIn::KEY).await.map_err(broken)?;
    signed_in.map(|signed_in| signed_in.session).ok_or_else(Error::unauthenticated)
}

/// What the request tells of the one who sends it.
pub struct Sender {
    /// The network address that it comes from.
    pub address: ClientAddress,
    agent: String,
}

impl Sender {
    fn known() -> Option<Self> {
        let parts = use_context::<Parts>()?;
        let address = parts.extensions.get().copied().unwrap_or(ClientAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Some(Self { address, agent: agent.to_owned() })
    }

    /// The same, as services take it.
    pub fn client(&self) -> Client<'_> {
        Client { address: self.address, agent: &self.agent }
    }
}

/// What the request that is being answered tells of the one who sends it.
pub fn sender() -> Sender {
    let nobody = || Sender { address: ClientAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), agent: String::new() };
    Sender::known().unwrap_or_else(nobody)
}

/// Whether a page of this site led here: what begins at a provider must not be begun by another site.
pub fn is_led_here() -> bool {
    let Some(parts) = use_context::<Parts>() else { return false };
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("referer"), text("host")) {
        (Some(site), _, _) => site == "same-origin",
        // Where there is no HTTPS, browsers tell the page alone.
        (None, Some(page), Some(host)) => {
            page.split_once("://").and_then(|(_, page)| page.split('/').next()).is_some_and(|from| from == host)
        }
        _ => false,
    }
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
