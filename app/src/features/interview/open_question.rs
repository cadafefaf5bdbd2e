//! The question that is open, beside the conversation.

use domain::interview::{AnswerReport, Setup};
use domain::question::QuestionKind;
use leptos::prelude::*;

use super::timer::Elapsed;

/// Its number, kind, competency and words, and for how long it has been here.
#[component]
pub fn OpenQuestion(
    /// The question.
    #[prop(into)]
    question: Signal<Option<AnswerReport>>,
    /// What was chosen.
    setup: Setup,
) -> impl IntoView {
    let total = setup.questions;
    let position =
        Memo::new(move |_| question.with(|question| question.as_ref().map_or(0, |question| question.position)));
    view! {
        <section class="grid gap-3 rounded-box border border-base-300 p-4" aria-labelledby="open-question">
            <div class="flex items-baseline justify-between gap-2">
                <h2 class="text-base font-semibold" id="open-question">{move || format!("Question {} of {total}", position.get() + 1)}</h2>
                <Elapsed position=position/>
            </div>
            <progress class="progress" max=total.to_string() value=move || (position.get() + 1).to_string() aria-labelledby="open-question"></progress>
            {move || question.get().map(|question| {
                view! {
                    <p class="text-sm text-muted">{kind_name(question.kind)}" · "{question.competency}</p>
                    <p class="hidden font-medium lg:block">{question.question}</p>
                }
            })}
        </section>
    }
    .into_any()
}

/// A kind of question as people read it.
pub fn kind_name(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::Behavioural => "Behavioural",
        QuestionKind::Technical => "Technical",
    }
}
