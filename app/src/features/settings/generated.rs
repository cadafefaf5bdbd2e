//! The part of the settings that says how much text models wrote for the person today.

use domain::generation::Today;
use domain::number::grouped;
use leptos::prelude::*;

/// What was used today, and what may be.
#[component]
pub fn GeneratedSection(
    /// How that stands.
    today: Today,
) -> impl IntoView {
    let (used, sum) = (today.consumption, grouped(today.consumption.tokens()));
    let words = match (today.limit, used.requests) {
        (Some(limit), _) => format!("Today models read and wrote {sum} of your {} tokens.", grouped(limit)),
        (None, 0) => "Today no model wrote for you.".to_owned(),
        (None, requests) => {
            format!(
                "Today models read and wrote {sum} tokens for you, in {} requests. There is no limit.",
                grouped(requests)
            )
        }
    };
    let rest = match today.left() {
        Some(0) => "Until 00:00 UTC the built-in coach goes on without a model.",
        _ => "A token is about four letters. Whatever no model writes, the built-in coach says.",
    };
    view! {
        <section class="section" aria-labelledby="generated">
            <h2 id="generated">"Generated text"</h2>
            <p>{words}</p>
            <p class="measure text-muted">{rest}</p>
        </section>
    }
    .into_any()
}
