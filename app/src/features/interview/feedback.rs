//! Feedback within the conversation, in study mode.

use domain::feedback::{Feedback, Grade};
use domain::interview::{AnswerReport, AnswerState};
use leptos::prelude::*;

use super::rubric::Rubric;
use super::scores::{ScoreLine, Strength, weakest};
use crate::ui::ScoreBar;

/// What the answers to one question are worth so far.
#[component]
pub fn FeedbackCard(
    /// The question with its answers and what came of them.
    report: AnswerReport,
) -> impl IntoView {
    let heading = format!("Feedback on question {}", report.position + 1);
    let name = heading.clone();
    let strong = report.strong;
    view! {
        <section class="grid gap-4 rounded-box border border-base-300 p-4" aria-label=name>
            <h2 class="text-sm font-medium text-muted">{heading}</h2>
            {match report.state {
                AnswerState::Answered(Grade::Graded(feedback)) => view! { <Graded feedback=feedback/> }.into_any(),
                AnswerState::Answered(Grade::NotGraded(needed)) => view! { <NotGraded needed=needed/> }.into_any(),
                AnswerState::Skipped | AnswerState::Open => view! { <p>"You left this question, so there is nothing to grade."</p> }.into_any(),
            }}
            <details class="text-sm">
                <summary class="cursor-pointer font-medium">"Outline of a strong answer"</summary>
                <p class="measure mt-2 whitespace-pre-line">{strong}</p>
            </details>
        </section>
    }
    .into_any()
}

#[component]
fn Graded(feedback: Feedback) -> impl IntoView {
    let raise = weakest(&feedback).map(|score| score.raise.clone());
    let band = feedback.band().word();
    view! {
        <Strength reason=feedback.strength marks=None/>
        <div class="max-w-md"><ScoreBar label="Overall" value=feedback.overall word=band/></div>
        <div class="grid gap-4 xl:grid-cols-2">
            <div class="border-b border-base-300 self-start">
                {feedback.scores.into_iter().map(|score| view! { <ScoreLine score=score/> }).collect_view()}
            </div>
            <Rubric points=feedback.points marks=None/>
        </div>
        {raise.map(|raise| view! { <p class="measure"><strong>"To raise it: "</strong>{raise}</p> })}
    }
    .into_any()
}

/// In the place of a score, where there is too little to judge by.
#[component]
pub fn NotGraded(
    /// What is needed.
    needed: String,
) -> impl IntoView {
    view! {
        <div class="grid gap-1">
            <p class="text-lg font-semibold">"Not graded"</p>
            <p class="measure">{needed}</p>
        </div>
    }
}
