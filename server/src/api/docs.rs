//! The document of the API (OpenAPI 3.1), and the pages that show it.

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use domain::event::{ClientMessage, ServerMessage};
use domain::task::TaskProgress;
use utoipa::openapi::security::{Flow, Http, HttpAuthScheme, OAuth2, Password, Scopes, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use super::error::ErrorBody;
use super::v1;

/// What the document says of the whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lodestar",
        description = "Everything that the pages of Lodestar can do, for programs.\n\nSign in with `POST /api/v1/auth/login`, or make a personal token in the settings, and send it as `Authorization: Bearer`. Times are milliseconds since 1970 in UTC, identifiers are UUIDs. Errors have one shape, `{error: {kind, message, field?, reference?}}`, with a message for people. Reads carry an `ETag`; creating calls take an `Idempotency-Key`, which does nothing where the answer holds a token. Where an answer comes of a model, `Accept: text/event-stream` gives it word by word.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "account", description = "Signing in and out, and who one is."),
        (name = "tokens", description = "Personal tokens for one's own programs."),
        (name = "interviews", description = "Rehearsing interviews."),
        (name = "feedback", description = "What came of practice."),
        (name = "models", description = "Models and what they take."),
        (name = "operations", description = "Background tasks and mails, for administrators."),
        (name = "sharing", description = "Sharing one's practice with a mentor, and what mentors see."),
        (name = "people", description = "Accounts, what they may do and keeping people out, for administrators."),
        (name = "audit", description = "What matters for security, for administrators."),
        (name = "live", description = "What happens while one looks on: a WebSocket at `/ws`, opened with the same token (or by pages of this site with their session). Each message is one JSON object, a `ClientMessage` from the client and a `ServerMessage` from the server (see the schemas). Topics are `notifications`, `interview:{id}` and `tasks`: the person's own background tasks, such as mails to them. Events of `tasks` are named `queued` (also when one failed and is tried again), `running`, `done` and `failed` (given up), and their `data` is a `TaskProgress`. Events are counted for each person; after a broken connection, subscribing with `after` and the number of the last event that was seen brings those that were missed, none lost and none twice, for a day. The connection closes with 4001 within five seconds of signing out."),
    ),
    components(schemas(ClientMessage, ServerMessage, TaskProgress, ErrorBody)),
    security(("token" = []), ("password" = [])),
    modifiers(&Schemes),
)]
struct Document;

/// How programs sign in.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let password = Flow::Password(Password::new("/api/v1/auth/token", Scopes::new()));
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        components.add_security_scheme("password", SecurityScheme::OAuth2(OAuth2::new([password])));
    }
}

/// The calls, and the document that describes them.
pub fn parts() -> (Router<v1::Shared>, utoipa::openapi::OpenApi) {
    let (calls, paths) = OpenApiRouter::new().merge(v1::router()).split_for_parts();
    let document = Document::openapi().nest("/api/v1", paths);
    (calls, document)
}

/// The document in JSON.
pub fn document() -> String {
    parts().1.to_pretty_json().unwrap_or_default()
}

/// The document and its pages.
pub fn router<S: Clone + Send + Sync + 'static>(document: &utoipa::openapi::OpenApi) -> Router<S> {
    let json = document.to_json().unwrap_or_default();
    Router::new()
        .route("/api/v1/openapi.json", get(async || ([(CONTENT_TYPE, "application/json")], json)))
        .route("/docs", get(async || page(include_str!("docs/swagger.html"))))
        .route("/redoc", get(async || page(include_str!("docs/redoc.html"))))
}

/// Both viewers come from this server, run no code of the page, and write styles into it.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; \
                      object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

fn page(html: &'static str) -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(html))
}
