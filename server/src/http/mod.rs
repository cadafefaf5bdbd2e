//! The HTTP side: pages, server functions, files, health, and what every answer passes through.

mod headers;
pub mod health;
mod key;
pub mod metrics;
mod openai;
mod origin;
mod refusal;
mod request;
mod tasks;

use std::time::Duration;

use app::{App, shell};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::get;
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

use crate::compose::Lodestar;
use crate::config::Config;
use crate::wiring;
use health::Health;
use metrics::Metrics;

/// Largest request, in bytes: an answer of the greatest length in the longest encoding, and room
/// to say kindly that a longer one is too long.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;
/// Days without any request after which a session ends.
const SESSION_IDLE_DAYS: i64 = 14;

/// Everything that is served.
pub fn router(config: &Config, lodestar: &Lodestar, health: &Health, metrics: &Metrics) -> Router {
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
    let pages = Router::new()
        .leptos_routes_with_context(&options, routes, provide.clone(), page)
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(provide, shell))
        .with_state(options)
        .layer(sessions(config, lodestar));

    Router::new()
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
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(LARGEST_REQUEST))
        .layer(middleware::from_fn_with_state(headers::Policy { https: config.is_https() }, headers::set))
        .layer(CatchPanicLayer::custom(request::panicked))
        .layer(middleware::from_fn_with_state(
            request::Watch { requests: metrics.requests(), traced: !config.log.otlp.is_empty() },
            request::log,
        ))
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
        .with_expiry(Expiry::OnInactivity(time::Duration::days(SESSION_IDLE_DAYS)))
}

/// How long open requests may go on after the signal to stop.
pub const GRACE: Duration = Duration::from_secs(10);
