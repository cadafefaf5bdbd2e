//! The mark: a four-pointed star whose long south point becomes a path.

use leptos::prelude::*;

/// The mark without its name; decoration beside the word. `style/icon.svg` draws the same path.
#[component]
pub fn Logo(
    /// Size classes.
    #[prop(default = "size-7")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("shrink-0 fill-primary {class}") viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path d="M17 .5C17.8 7.6 20.8 10.4 28.2 11.2C21.2 12 18.5 14.4 17.9 18.6C17.6 21.2 21.4 22 21.4 25C21.4 28 15.7 28.6 13.2 31.5H3C8 27.8 17.2 27 17.2 24.2C17.2 22.4 16.5 21.2 16.1 18.6C15.5 14.4 12.8 12 5.8 11.2C13.2 10.4 16.2 7.6 17 .5Z"/>
        </svg>
    }
}
