//! The HTTP side: pages, server functions, files, health, and what every answer passes through.

pub mod client;
pub mod export;
mod headers;
pub mod health;
mod key;
mod live;
mod mail;
pub mod metrics;
mod openai;
mod origin;
mod pass;
mod refusal;
mod request;
pub mod streams;
mod tasks;

use std::sync::Arc;
use std::time::Duration;

use app::{App, shell};
use axum::Router;
use axum::body::HttpBody;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::{Error, ErrorKind};
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::api;
use crate::compose::Lodestar;
use crate::config::Config;
use crate::wiring;
use health::Health;
use metrics::Metrics;

/// Largest request, in bytes: an answer of the greatest length in the longest encoding, and room
/// to say kindly that a longer one is too long.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

/// Everything that is served.
///
/// # Errors
/// `Invalid` if the configuration names proxies or sites that are none.
pub fn router(config: &Config, lodestar: &Lodestar, health: &Health, metrics: &Metrics) -> domain::Result<Router> {
    let proxies = client::proxies(&config.http.trusted_proxies)?;
    let origins = origins(&config.http.cors_origins)?;
    let shared = Arc::new(lodestar.clone());
    let options = LeptosOptions::builder()
        .output_name("lodestar")
        .site_root(config.site_dir().display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(config.http.addr)
        .hash_files(has_hashed_names())
        .build();
    tasks::set_up();
    let routes = generate_route_list(App);
    let provide = {
        let lodestar = lodestar.clone();
        move || wiring::provide(&lodestar)
    };
    let page = {
        let options = options.clone();
        move || shell(options.clone())
    };
    let take_along = {
        let lodestar = lodestar.clone();
        move |session| export::download(lodestar, session)
    };
    let pages = Router::new()
        .leptos_routes_with_context(&options, routes, provide.clone(), page)
        .route("/export", get(take_along))
        .merge(live::router(lodestar))
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(provide, shell))
        .with_state(options)
        .merge(mail_previews(lodestar))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), streams::end))
        .layer(sessions(config, lodestar))
        .layer(middleware::map_response(unsaved));

    let router = Router::new()
        .route("/health", get(health::report))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .with_state(health.clone())
        .merge(pages)
        .layer(middleware::from_fn(request::isolate))
        .layer(middleware::from_fn(refusal::check))
        .layer(middleware::from_fn(origin::check))
        // What follows is for programs, which have a key and no cookie.
        .merge(openai::router(&config.inference.serve_key, lodestar))
        .merge(metrics.guarded(&config.metrics.key))
        .merge(api::router(&shared, &origins))
        .layer(middleware::from_fn_with_state(proxies, client::note))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(LARGEST_REQUEST))
        .layer(middleware::from_fn_with_state(headers::Policy { https: config.is_https() }, headers::set))
        .layer(CatchPanicLayer::custom(request::panicked))
        .layer(middleware::from_fn_with_state(
            request::Watch { requests: metrics.requests(), traced: !config.log.otlp.is_empty() },
            request::log,
        ));
    Ok(router)
}

/// Sites as browsers name them in `Origin`.
fn origins(text: &str) -> domain::Result<Vec<HeaderValue>> {
    let wrong = |origin: &str| {
        let message = format!("http.cors_origins: “{origin}” is no site such as https://tools.example.org.");
        Error::invalid("http.cors_origins", message)
    };
    let site = |origin: &str| {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || host.contains('/') {
            return Err(wrong(origin));
        }
        HeaderValue::from_str(origin).map_err(|_| wrong(origin))
    };
    text.split_whitespace().map(site).collect()
}

/// The status of answers that fail in this way.
pub(crate) fn status_of(kind: ErrorKind) -> StatusCode {
    StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What went wrong, as plain words, where no page says it.
fn refused(error: &Error) -> Response {
    (status_of(error.kind), error.message.clone()).into_response()
}

/// A session that could not be begun leaves an answer without any words: these are what it means.
async fn unsaved(response: Response) -> Response {
    let is_silent = response.status() == StatusCode::INTERNAL_SERVER_ERROR && response.body().is_end_stream();
    if !is_silent {
        return response;
    }
    let message = "You could not be signed in: this server cannot save anything just now, perhaps because its disk is full. Nothing that was saved before is lost. Tell the operator, and try again.";
    refused(&Error::new(ErrorKind::Busy, message))
}

fn mail_previews(lodestar: &Lodestar) -> Router {
    Router::new()
        .route("/admin/mail/preview/{template}", get(mail::preview))
        .with_state((lodestar.accounts.clone(), lodestar.mails.clone()))
}

/// Whether the build left the names of its files, which change with their content, beside the
/// program; without that list (as in tests) the plain names are used.
fn has_hashed_names() -> bool {
    std::env::current_exe().is_ok_and(|program| program.with_file_name("hash.txt").is_file())
}

fn sessions(config: &Config, lodestar: &Lodestar) -> SessionManagerLayer<store::Sessions> {
    SessionManagerLayer::new(store::Sessions::new(lodestar.store.clone()))
        // The prefix makes browsers refuse the cookie from anything but this host over HTTPS.
        .with_name(if config.is_https() { "__Host-lodestar" } else { "lodestar" })
        .with_secure(config.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(time::Duration::days(services::account::SESSION_IDLE_DAYS)))
}

/// How long open requests may go on after the signal to stop.
pub const GRACE: Duration = Duration::from_secs(10);
