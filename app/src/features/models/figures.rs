//! Figures of models.

use leptos::prelude::*;

/// How much of something is taken, as a bar; the words beside it say it in numbers.
#[component]
pub fn Meter(
    /// What is taken, for people who hear it.
    label: &'static str,
    /// How much is taken.
    #[prop(into)]
    part: Signal<u64>,
    /// How much there is.
    #[prop(into)]
    whole: Signal<u64>,
) -> impl IntoView {
    let percent = move || match whole.get() {
        0 => 0,
        whole => (u128::from(part.get()) * 100 / u128::from(whole)).min(100),
    };
    view! { <progress class="progress progress-secondary" aria-label=label max="100" value=move || percent().to_string()></progress> }
}
