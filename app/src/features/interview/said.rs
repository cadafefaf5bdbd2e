//! One message of the conversation, and the interviewer's newest one while it is being spoken.

use domain::interview::{Author, InterviewId, Message, MessageKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::StopMessage;
use super::stream::Words;
use crate::ui::Icon;

/// One message. Its words are in the page from the start; only while they are being spoken here
/// do they come one by one.
#[component]
pub fn Said(
    /// The message.
    message: Message,
    /// Its place on the page.
    anchor: String,
    /// The interview that it belongs to.
    id: InterviewId,
    /// What is being spoken, if anything is.
    words: RwSignal<Option<Words>>,
    /// The person wants all of it at once.
    on_stop: Callback<()>,
) -> impl IntoView {
    if message.kind.author() == Author::Candidate {
        return view! { <li id=anchor class="scroll-mt-4" aria-live="off">{own_words(&message)}</li> }.into_any();
    }
    let turn = message.turn;
    let spoken = Memo::new(move |_| words.with(|words| words.as_ref().is_some_and(|words| words.turn() == turn)));
    let pending = message.pending;
    let author = if pending { "being worded".to_owned() } else { message.wording.clone() };
    let question = StoredValue::new(message.question.clone());
    view! {
        <li id=anchor class="grid gap-2 scroll-mt-4" tabindex="-1">
            <p class="text-sm text-muted"><strong class="text-base-content">"Interviewer"</strong>" · "{author}</p>
            {move || {
                if spoken.get() {
                    view! { <Speaking words=words question=question/> }.into_any()
                } else {
                    whole(&message).into_any()
                }
            }}
            {move || (pending || spoken.get()).then(|| view! { <Stop id=id turn=turn on_stop=on_stop/> })}
        </li>
    }
    .into_any()
}

/// All of the interviewer's message. It enters the page when the last word was spoken, so that
/// screen readers say it once and whole.
fn whole(message: &Message) -> impl IntoView + use<> {
    view! {
        <div class="measure grid gap-2">
            {(!message.text.is_empty()).then(|| view! { <p class="whitespace-pre-line">{message.text.clone()}</p> })}
            {message.question.clone().map(|question| view! { <p class="text-lg font-medium">{question}</p> })}
        </div>
    }
}

/// What the person said.
fn own_words(message: &Message) -> impl IntoView + use<> {
    let skipped = message.kind == MessageKind::Skip;
    let text = if skipped { "You left this question.".to_owned() } else { message.text.clone() };
    view! {
        <div class="ml-auto w-fit max-w-[90%] rounded-box bg-base-200 px-4 py-3">
            <p class="text-sm text-muted">"You"</p>
            <p class="measure whitespace-pre-line break-words" class=("italic", skipped)>{text}</p>
        </div>
    }
}

/// The words as they come. Hidden from screen readers, which would read every word by itself.
#[component]
fn Speaking(words: RwSignal<Option<Words>>, question: StoredValue<Option<String>>) -> impl IntoView {
    let parts = Memo::new(move |_| {
        words.with(|words| {
            words.as_ref().map_or_else(Default::default, |words| {
                let (text, asked) = question.with_value(|question| {
                    let (text, asked) = words.parts(question.as_deref());
                    (text.to_owned(), asked.to_owned())
                });
                (text, asked)
            })
        })
    });
    let slow = Memo::new(move |_| words.with(|words| words.as_ref().is_some_and(Words::is_slow)));
    view! {
        <div class="measure grid gap-2" aria-hidden="true">
            <p class="whitespace-pre-line min-h-6">{move || parts.with(|(text, _)| text.clone())}</p>
            {move || parts.with(|(_, asked)| (!asked.is_empty()).then(|| asked.clone())).map(|asked| view! { <p class="text-lg font-medium">{asked}</p> })}
        </div>
        <p class="text-sm text-muted" role="status">
            {move || slow.get().then_some("No word for 15 seconds: the machine is busy, or the connection is slow. You can wait, or stop to read the built-in wording.")}
        </p>
    }
}

/// Ends the speaking; a form, so that it also stops a model where no script runs.
#[component]
fn Stop(id: InterviewId, turn: u32, on_stop: Callback<()>) -> impl IntoView {
    let stop = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        on_stop.run(());
    };
    view! {
        <form method="post" action=StopMessage::url() aria-live="off" on:submit=stop>
            <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
            <input type="hidden" name="turn" value=turn.to_string() autocomplete="off"/>
            <button type="submit" class="btn btn-ghost btn-sm">{Icon::Stop.sized("size-4")}"Stop"</button>
        </form>
    }
}
