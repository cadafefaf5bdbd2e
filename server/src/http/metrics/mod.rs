//! Figures for Prometheus at `/metrics`: what is counted request by request, and what is looked up
//! when somebody asks.
//!
//! To add a figure: a line in `sampled.rs`, or a family in `requests.rs` if it is counted here.

mod requests;
mod sampled;
mod text;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::registry::Registry;

use super::key::Key;
use crate::compose::Lodestar;
use requests::Families;
pub use requests::{InFlight, Requests};
use sampled::Sampled;

/// The text format of Prometheus.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All figures. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Parts>);

struct Parts {
    lodestar: Lodestar,
    requests: Requests,
    counted: Registry,
}

impl Metrics {
    /// The figures of `lodestar`; nothing is counted yet.
    pub fn new(lodestar: &Lodestar) -> Self {
        let families = Families::default();
        let mut counted = Registry::default();
        families.register(&mut counted);
        Self(Arc::new(Parts { lodestar: lodestar.clone(), requests: Requests::new(families), counted }))
    }

    /// Where requests are counted.
    pub fn requests(&self) -> Requests {
        self.0.requests.clone()
    }

    /// The route of the main port, if there is a key.
    pub fn guarded(&self, key: &str) -> Router {
        let Some(key) = Key::of(key) else { return Router::new() };
        let refuse = || "The key is missing or wrong. Send it as “Authorization: Bearer KEY”.".into_response();
        key.guard(self.route(), refuse)
    }

    /// The route of a port of its own; with a key, that is asked for there too.
    pub fn alone(&self, key: &str) -> Router {
        if key.is_empty() { self.route() } else { self.guarded(key) }
    }

    fn route(&self) -> Router {
        let metrics = self.clone();
        Router::new().route(
            "/metrics",
            get(move || {
                let metrics = metrics.clone();
                async move { metrics.answer().await }
            }),
        )
    }

    async fn answer(&self) -> Response {
        let mut looked_up = Registry::default();
        looked_up.register_collector(Box::new(Sampled::take(&self.0.lodestar).await));
        let mut written = String::new();
        let all = [&self.0.counted, &looked_up];
        match all.into_iter().try_for_each(|registry| encode_registry(&mut written, registry)) {
            Ok(()) => ([(header::CONTENT_TYPE, FORMAT)], text::prometheus(&written)).into_response(),
            Err(error) => {
                tracing::error!(%error, "the figures could not be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}
