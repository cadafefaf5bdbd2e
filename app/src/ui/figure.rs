//! Figures: scores, numbers, tables and dates.

use domain::Timestamp;
use leptos::prelude::*;

/// A score as a bar, with its number and its word beside it.
#[component]
pub fn ScoreBar(
    /// What was scored; read out with the number, and shown where `show_label` asks for it.
    #[prop(into)]
    label: String,
    /// 0 to 100.
    value: u8,
    /// The band in a word, like "Good".
    #[prop(into)]
    word: String,
    /// Whether the label stands above the bar.
    #[prop(default = true)]
    show_label: bool,
) -> impl IntoView {
    let value = value.min(100);
    let name = format!("{label}: {value} of 100, {word}");
    view! {
        <div class="score-bar">
            {show_label.then(|| view! { <span class="score-label" aria-hidden="true">{label}</span> })}
            <svg class="score-track" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=name>
                <rect class="fill-base-300" width="100" height="8" rx="1.5"/>
                <rect class="fill-secondary" width=value.to_string() height="8" rx="1.5"/>
            </svg>
            <span class="score-figure" aria-hidden="true"><strong>{value.to_string()}</strong>" "{word}</span>
        </div>
    }
}

/// A number with its name below it.
#[component]
pub fn Tile(
    /// What it is.
    label: &'static str,
    /// The number, with its unit.
    #[prop(into)]
    value: Signal<String>,
) -> impl IntoView {
    view! {
        <div class="tile">
            <dt class="text-sm text-muted">{label}</dt>
            <dd class="text-xl font-semibold tabular-nums">{value}</dd>
        </div>
    }
}

/// A table that scrolls sideways by itself where the screen is narrow. Its children are `thead` and `tbody`.
#[component]
pub fn ScrollTable(
    /// What it shows, for people who hear it.
    #[prop(into)]
    caption: String,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    view! {
        // Focusable, so that the keyboard can scroll it.
        <div class="overflow-x-auto rounded-box border border-base-300" role="region" aria-label=label tabindex="0">
            <table class="table tabular-nums">
                <caption class="sr-only">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}

/// A day, like "20 Nov 2026".
#[component]
pub fn Day(
    /// A moment of that day in UTC.
    at: Timestamp,
) -> impl IntoView {
    view! { <span class="whitespace-nowrap tabular-nums">{at.day()}</span> }
}
