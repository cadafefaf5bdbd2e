//! One question of a report: what was asked and why, the answer beside its rubric, and the scores.

use std::sync::Arc;

use domain::feedback::{Feedback, Grade};
use domain::interview::{AnswerReport, AnswerState};
use leptos::prelude::*;

use super::feedback::NotGraded;
use super::highlight::Marks;
use super::marked_answer::MarkedAnswer;
use super::open_question::kind_name;
use super::rubric::Rubric;
use super::scores::{ScoreCard, Strength};
use crate::ui::ScoreBar;

/// One question with all that came of it.
#[component]
pub fn ReportAnswer(
    /// The question.
    answer: AnswerReport,
) -> impl IntoView {
    let number = answer.position + 1;
    let heading = format!("question-{number}");
    let labelled_by = heading.clone();
    let body = match answer.state {
        AnswerState::Answered(Grade::Graded(feedback)) => {
            view! { <Graded position=answer.position answer=answer.answer feedback=feedback/> }.into_any()
        }
        AnswerState::Answered(Grade::NotGraded(needed)) => {
            view! { <TooShort answer=answer.answer needed=needed/> }.into_any()
        }
        AnswerState::Skipped => view! { <p>"You left this question."</p> }.into_any(),
        AnswerState::Open => view! { <p>"This question was not answered before the interview ended."</p> }.into_any(),
    };
    view! {
        <section class="grid gap-5 border-t border-base-300 pt-6" aria-labelledby=labelled_by>
            <div class="grid gap-1">
                <p class="text-sm text-muted">{format!("Question {number} · ")}{kind_name(answer.kind)}" · "{answer.competency}</p>
                <h2 class="measure text-xl font-semibold" id=heading>{answer.question}</h2>
                <p class="measure text-sm text-muted">"Why it was asked: "{answer.why}</p>
            </div>
            {body}
            <details class="rounded-box border border-base-300 p-4 print:[&::details-content]:[content-visibility:visible]">
                <summary class="cursor-pointer font-medium">"Outline of a strong answer, and a common mistake"</summary>
                <p class="measure mt-3 whitespace-pre-line">{answer.strong}</p>
                <p class="measure mt-3"><strong>"Common mistake: "</strong>{answer.mistake}</p>
            </details>
        </section>
    }
    .into_any()
}

#[component]
fn Graded(position: u32, answer: String, feedback: Feedback) -> impl IntoView {
    let marks = Arc::new(Marks::new(position, &answer, &feedback));
    let band = feedback.band().word();
    let cards = {
        let marks = Arc::clone(&marks);
        feedback.scores.into_iter().map(move |score| view! { <ScoreCard score=score marks=Arc::clone(&marks)/> })
    };
    view! {
        <Strength reason=feedback.strength marks=Some(Arc::clone(&marks))/>
        <div class="max-w-md"><ScoreBar label="This answer" value=feedback.overall word=band/></div>
        <div class="grid gap-6 lg:grid-cols-2">
            <div class="grid content-start gap-2">
                <h3 class="font-semibold">"Your answer"</h3>
                <MarkedAnswer marks=Arc::clone(&marks)/>
            </div>
            <div class="grid content-start gap-2">
                <h3 class="font-semibold">"What a strong answer contains"</h3>
                <Rubric points=feedback.points marks=Some(marks)/>
            </div>
        </div>
        <h3 class="font-semibold">"Scores"</h3>
        <div class="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">{cards.collect_view()}</div>
    }
    .into_any()
}

#[component]
fn TooShort(answer: String, needed: String) -> impl IntoView {
    view! {
        <div class="grid gap-2">
            <h3 class="font-semibold">"Your answer"</h3>
            <p class="measure whitespace-pre-line break-words">{answer}</p>
        </div>
        <div class="rounded-box border border-base-300 p-4"><NotGraded needed=needed/></div>
    }
}
