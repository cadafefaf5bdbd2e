//! Version 1 of the API: one module a feature, each call the service that the pages call.

#![allow(unused_qualifications, reason = "the macro that describes calls writes them")]

mod audit;
mod auth;
mod data;
mod feedback;
mod interviews;
mod links;
mod models;
mod people;
mod sessions;
mod shares;
mod tasks;
mod tokens;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use services::account::Client;
use services::limits::ClientAddress;
use utoipa_axum::router::OpenApiRouter;

use super::error::Refused;
use crate::compose::Lodestar;
use crate::http::client;

/// What handlers work with.
pub type Shared = Arc<Lodestar>;

/// Every call, with what the document says of it.
pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .merge(auth::router())
        .merge(links::router())
        .merge(data::router())
        .merge(tokens::router())
        .merge(sessions::router())
        .merge(interviews::router())
        .merge(feedback::router())
        .merge(models::router())
        .merge(tasks::router())
        .merge(audit::router())
        .merge(shares::router())
        .merge(people::router())
}

/// What a request tells of the program that sends it.
struct Sender {
    address: ClientAddress,
    agent: String,
}

impl Sender {
    fn client(&self) -> Client<'_> {
        Client { address: self.address, agent: &self.agent }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Sender {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Ok(Self { address: client::address(&parts.extensions), agent: agent.to_owned() })
    }
}
