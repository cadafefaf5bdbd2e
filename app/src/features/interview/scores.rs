//! Scores that explain themselves: value, band, the reasons with the person's own words, and what
//! would raise it.

use std::sync::Arc;

use domain::feedback::{Feedback, Quote, Reason, Score};
use leptos::prelude::*;

use super::highlight::Marks;
use crate::ui::{Icon, ScoreBar};

/// Reasons that are shown of one score; the best come first.
const REASONS: usize = 2;

/// One dimension of one answer, in full.
#[component]
pub fn ScoreCard(
    /// The score.
    score: Score,
    /// Where the quotes stand in the answer.
    marks: Arc<Marks>,
) -> impl IntoView {
    view! {
        <section class="grid content-start gap-2 rounded-box border border-base-300 p-4 break-inside-avoid">
            <h4 class="font-semibold">{score.dimension.name()}</h4>
            <Explained score=score marks=Some(marks)/>
        </section>
    }
    .into_any()
}

/// One dimension of one answer in a line that opens.
#[component]
pub fn ScoreLine(
    /// The score.
    score: Score,
) -> impl IntoView {
    let summary = format!("{} {}", score.value, score.band().word());
    view! {
        <details class="group border-t border-base-300 py-1">
            <summary class="flex min-h-8 cursor-pointer items-center gap-2">
                {Icon::ChevronRight.sized("size-4 group-open:rotate-90")}
                <span class="grow">{score.dimension.name()}</span>
                <span class="tabular-nums">{summary}</span>
            </summary>
            <div class="grid gap-2 pb-2 pl-6"><Explained score=score marks=None/></div>
        </details>
    }
    .into_any()
}

/// Bar, reasons and advice.
#[component]
fn Explained(score: Score, marks: Option<Arc<Marks>>) -> impl IntoView {
    let reasons = score
        .reasons
        .iter()
        .take(REASONS)
        .map(|reason| view! { <li><Because reason=reason.clone() marks=marks.clone()/></li> });
    view! {
        <ScoreBar label=score.dimension.name() value=score.value word=score.band().word() show_label=false/>
        <ul class="grid gap-2 text-sm">{reasons.collect_view()}</ul>
        <p class="text-sm"><strong>"To raise it: "</strong>{score.raise.clone()}</p>
    }
    .into_any()
}

/// A reason, with the words that show it.
#[component]
pub fn Because(
    /// The reason.
    reason: Reason,
    /// Where the quotes stand in the answer, if it is on the page.
    marks: Option<Arc<Marks>>,
) -> impl IntoView {
    view! {
        <span>{reason.text}</span>
        {reason.quote.map(|quote| view! { " "<Quoted quote=quote marks=marks/> })}
    }
}

/// Words of the answer. With `marks` they lead to their place, where they are highlighted; `:target`
/// does that, so it needs no script.
#[component]
pub fn Quoted(
    /// The words.
    quote: Quote,
    /// Where the quotes stand in the answer, if it is on the page.
    marks: Option<Arc<Marks>>,
) -> impl IntoView {
    let words = format!("“{}”", quote.text);
    match marks.and_then(|marks| marks.link(&quote)) {
        // The router would change the address without making the place the target.
        Some(place) => {
            view! { <a class="link break-words" href=place rel="external" title="Show in your answer">{words}</a> }
                .into_any()
        }
        None => view! { <q class="break-words italic before:content-none after:content-none">{words}</q> }.into_any(),
    }
}

/// The first thing to read: what the answer did well.
#[component]
pub fn Strength(
    /// What.
    reason: Reason,
    /// Where the quotes stand in the answer, if it is on the page.
    marks: Option<Arc<Marks>>,
) -> impl IntoView {
    view! {
        <p class="measure flex gap-2">
            {Icon::CircleCheck.sized("size-5 mt-0.5 text-secondary")}
            <span><Because reason=reason marks=marks/></span>
        </p>
    }
    .into_any()
}

/// The score that is worth working on first: the lowest, and of equals the one that counts more.
pub fn weakest(feedback: &Feedback) -> Option<&Score> {
    feedback.scores.iter().min_by_key(|score| (score.value, std::cmp::Reverse(score.dimension.weight())))
}
