//! The part of the settings that says how much text models wrote for the person today.

use domain::generation::Today;
use domain::number::grouped;
use leptos::prelude::*;

use super::api::generated_today;
use crate::ui::{Failed, Skeleton};

/// What was used today, and what may be.
#[component]
pub fn GeneratedSection() -> impl IntoView {
    let today = Resource::new_blocking(|| (), |()| generated_today());
    view! {
        <section class="section" aria-labelledby="generated">
            <h2 id="generated">"Generated text"</h2>
            <Suspense fallback=|| view! { <Skeleton rows=2/> }>
                {move || Suspend::new(async move {
                    match today.await {
                        Ok(today) => view! { <Used today=today/> }.into_any(),
                        Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
    }
    .into_any()
}

#[component]
fn Used(today: Today) -> impl IntoView {
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
        <p>{words}</p>
        <p class="measure text-muted">{rest}</p>
    }
}
