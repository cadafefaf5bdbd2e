//! Gives the pages their services: each one as a context of its own.

use leptos::prelude::provide_context;

use crate::compose::Lodestar;

/// Provides every service. Goes to each entry point that renders the app.
pub fn provide(lodestar: &Lodestar) {
    provide_context(lodestar.accounts.clone());
    provide_context(lodestar.tokens.clone());
    provide_context(lodestar.audit.clone());
    provide_context(lodestar.departures.clone());
    provide_context(lodestar.people.clone());
    provide_context(lodestar.interviews.clone());
    provide_context(lodestar.shares.clone());
    provide_context(lodestar.generation.clone());
    provide_context(lodestar.models.clone());
    provide_context(lodestar.tasks.clone());
    provide_context(lodestar.mails.clone());
    provide_context(lodestar.digests.clone());
    provide_context(app::ssr::Secure(lodestar.https));
}
