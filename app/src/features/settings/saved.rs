//! Confirms a change at the form that made it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::error::Failure;
use crate::ui::{Notice, Tone};

/// Says that a change is saved: the server leads back here with `?done=` and the name of the change.
#[component]
pub fn Saved(
    /// The name of the change.
    what: &'static str,
    /// A later try failed.
    unless: Signal<Option<Failure>>,
    /// The sentence.
    sentence: &'static str,
) -> impl IntoView {
    let query = use_query_map();
    let saved = move || unless.with(Option::is_none) && query.with(|query| query.get_str("done") == Some(what));
    move || saved().then(|| view! { <Notice tone=Tone::Success>{sentence}</Notice> })
}
