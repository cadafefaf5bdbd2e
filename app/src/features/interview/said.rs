//! One message of the conversation, and the interviewer's newest one while it is being spoken.

use domain::interview::{Author, InterviewId, Message, MessageKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::StopMessage;
use super::stream::Words;
use crate::ui::{CopyButton, Icon};

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
    /// Whether a model can say it anew.
    #[prop(into)]
    again: Signal<bool>,
    /// The person wants that.
    on_again: Callback<()>,
) -> impl IntoView {
    if message.kind.author() == Author::Candidate {
        return view! { <li id=anchor class="scroll-mt-4" aria-live="off">{own_words(&message)}</li> }.into_any();
    }
    let turn = message.turn;
    let spoken = Memo::new(move |_| words.with(|words| words.as_ref().is_some_and(|words| words.turn() == turn)));
    let pending = message.pending;
    let author = if pending { "being worded".to_owned() } else { message.wording.clone() };
    let known = StoredValue::new(message.clone());
    let copied = StoredValue::new(words_of(&message));
    view! {
        <li id=anchor class="grid gap-2 scroll-mt-4" tabindex="-1">
            <div class="flex min-h-9 items-center justify-between gap-2">
                <p class="text-sm text-muted"><strong class="text-base-content">"Interviewer"</strong>" · "{author}</p>
                {move || if pending || spoken.get() {
                    view! { <Stop id=id turn=turn on_stop=on_stop/> }.into_any()
                } else {
                    view! {
                        <div class="flex print:hidden">
                            {move || again.get().then(|| view! { <Again on_again=on_again/> })}
                            <CopyButton text=copied.get_value() what="message"/>
                        </div>
                    }.into_any()
                }}
            </div>
            {move || {
                if spoken.get() {
                    view! { <Speaking words=words message=known/> }.into_any()
                } else {
                    whole(&message).into_any()
                }
            }}
        </li>
    }
    .into_any()
}

/// All words of a message, for taking them elsewhere.
fn words_of(message: &Message) -> String {
    let parts = [Some(message.text.as_str()), message.question.as_deref()];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Has a model say the message anew.
#[component]
fn Again(on_again: Callback<()>) -> impl IntoView {
    view! {
        <button type="button" class="btn btn-ghost btn-sm" on:click=move |_| on_again.run(())>
            {Icon::Resume.sized("size-4")}"Say it again"
        </button>
    }
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

/// The words as they come. Hidden from screen readers, which would read every word by itself. Words that are known
/// have their place before they are said, so that nothing below them moves away from under a finger.
#[component]
fn Speaking(words: RwSignal<Option<Words>>, message: StoredValue<Message>) -> impl IntoView {
    let parts =
        Memo::new(move |_| words.with(|words| message.with_value(|message| Parts::of(words.as_ref(), message))));
    let waits = Memo::new(move |_| words.with(|words| words.as_ref().and_then(Words::waits)));
    let part = move |pick: fn(&Parts) -> &Part, class: &'static str| {
        let shown = move || parts.with(|parts| pick(parts).clone());
        move || {
            let Part { said, unsaid } = shown();
            let is_empty = said.is_empty() && unsaid.is_empty();
            (!is_empty).then(|| view! { <p class=class>{said}<span class="invisible">{unsaid}</span></p> })
        }
    };
    view! {
        <div class="measure grid gap-2 min-h-6" aria-hidden="true">
            {part(|parts| &parts.text, "whitespace-pre-line")}
            {part(|parts| &parts.question, "text-lg font-medium")}
        </div>
        <p class="text-sm text-muted empty:hidden" role="status">
            {move || waits.get()}
        </p>
    }
}

/// A message while it is being spoken.
#[derive(Clone, Default, PartialEq, Eq)]
struct Parts {
    text: Part,
    question: Part,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Part {
    said: String,
    /// What is known to follow: nothing while a model is writing.
    unsaid: String,
}

impl Parts {
    fn of(words: Option<&Words>, message: &Message) -> Self {
        let (text, question) = words.map(|words| words.parts(message.question.as_deref())).unwrap_or_default();
        let part = |said: &str, whole: &str| Part {
            said: said.to_owned(),
            unsaid: if message.pending { "" } else { whole.strip_prefix(said).unwrap_or_default() }.to_owned(),
        };
        Self {
            text: part(text, &message.text),
            question: part(question, message.question.as_deref().unwrap_or_default()),
        }
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
        <form class="flex" method="post" action=StopMessage::url() aria-live="off" on:submit=stop>
            <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
            <input type="hidden" name="turn" value=turn.to_string() autocomplete="off"/>
            <button type="submit" class="btn btn-ghost btn-sm">{Icon::Stop.sized("size-4")}"Stop"</button>
        </form>
    }
}
