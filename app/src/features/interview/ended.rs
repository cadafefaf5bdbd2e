//! What stands in the place of the composer when the interview does not go on.

use domain::interview::{InterviewId, InterviewView, MessageKind, Status};
use leptos::prelude::*;

use super::api::ResumeInterview;
use super::draft;
use crate::ui::{ButtonLink, FormError, Icon, Look, SubmitButton, failure_of};

/// Why it does not go on, the way to the report and, where questions are left, the way back.
#[component]
pub fn Ended(
    /// The interview.
    view: InterviewView,
    /// Takes it up again.
    resume: ServerAction<ResumeInterview>,
) -> impl IntoView {
    let id = view.id;
    let completed = view.messages.last().is_some_and(|message| message.kind == MessageKind::Closing);
    let why = match view.status {
        Status::Abandoned => "This interview was closed after a day without an answer.",
        _ if completed => "This interview is complete.",
        _ => "You ended this interview before its last question.",
    };
    view! {
        <section class="grid gap-4 rounded-box border border-base-300 p-4" aria-labelledby="ended">
            <div>
                <h2 class="text-base font-semibold" id="ended">{why}</h2>
                <p class="measure">"The report shows what came across well and what to work on next."</p>
            </div>
            <Unsent id=id refused=view.draft completed=completed/>
            <FormError failure=failure_of(resume) lost="The report is there all the same."/>
            <div class="flex flex-wrap gap-2">
                <ButtonLink href=format!("/interview/{id}/report")>{Icon::FileText.view()}"See the report"</ButtonLink>
                {(!completed).then(|| view! { <Resume id=id resume=resume/> })}
            </div>
        </section>
    }
    .into_any()
}

/// Takes an interview up again where it was left.
#[component]
pub fn Resume(
    /// Which.
    id: InterviewId,
    /// Does it.
    resume: ServerAction<ResumeInterview>,
) -> impl IntoView {
    view! {
        <ActionForm action=resume>
            <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
            <SubmitButton look=Look::Secondary pending=resume.pending()>{Icon::Resume.view()}"Continue this interview"</SubmitButton>
        </ActionForm>
    }
}

/// An answer that was written and not accepted: it is still there.
#[component]
fn Unsent(id: InterviewId, refused: String, completed: bool) -> impl IntoView {
    let text = RwSignal::new(refused);
    Effect::new(move || {
        if let Some(kept) = draft::kept(id) {
            text.set(kept);
        }
    });
    let what = if completed {
        "An answer that was not sent is kept here."
    } else {
        "Your unsent answer is kept. Continue the interview to send it."
    };
    move || {
        let text = text.get();
        (!text.is_empty()).then(|| {
            view! {
                <details>
                    <summary class="cursor-pointer font-medium">{what}</summary>
                    <p class="measure mt-2 whitespace-pre-line break-words">{text}</p>
                </details>
            }
        })
    }
}
