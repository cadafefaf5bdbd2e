//! The conversation: what was said, the feedback between, and the answer that is on its way.

use domain::interview::InterviewView;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use super::feedback::FeedbackCard;
use super::said::Said;
use super::stream::Words;
use super::transcript::{Entry, entries, reply};

/// Everything that was said, oldest first.
#[component]
pub fn Conversation(
    /// The interview.
    view: RwSignal<InterviewView>,
    /// What is being spoken, if anything is.
    words: RwSignal<Option<Words>>,
    /// An answer that is on its way to the server.
    #[prop(into)]
    sending: Signal<Option<String>>,
    /// The person wants the whole message at once.
    on_stop: Callback<()>,
    /// The person wants the newest message in other words.
    on_again: Callback<()>,
) -> impl IntoView {
    let list = Memo::new(move |_| view.with(entries));
    // After an answer, the eye is led to what came of it.
    Effect::new(move |before: Option<usize>| {
        let target = list.with(|list| reply(list).map(Entry::anchor));
        let count = list.with(Vec::len);
        if let (true, Some(target)) = (before.is_some_and(|before| before < count), target) {
            request_animation_frame(move || scroll_to(&target));
        }
        count
    });
    let id = view.with_untracked(|view| view.id);
    let entry = move |entry: Entry| {
        let anchor = entry.anchor();
        match entry {
            Entry::Message(message) => {
                let turn = message.turn;
                let newest = move |view: &InterviewView| view.messages.last().is_some_and(|last| last.turn == turn);
                let again = Memo::new(move |_| view.with(|view| view.model.is_some() && newest(view)));
                view! { <Said message=message anchor=anchor id=id words=words on_stop=on_stop again=again on_again=on_again/> }.into_any()
            }
            Entry::Feedback { report, .. } => {
                view! { <li id=anchor class="scroll-mt-4" tabindex="-1"><FeedbackCard report=*report/></li> }.into_any()
            }
        }
    };
    view! {
        <div role="log" aria-label="Conversation">
            <ol class="grid gap-6">
                <For each=move || list.get() key=Entry::key children=entry/>
                {move || sending.get().map(|answer| view! { <OnItsWay answer=answer/> })}
            </ol>
        </div>
    }
    .into_any()
}

/// An answer that is being read.
#[component]
fn OnItsWay(answer: String) -> impl IntoView {
    view! {
        <li class="grid gap-2">
            <div class="ml-auto w-fit max-w-[90%] rounded-box bg-base-200 px-4 py-3" aria-live="off">
                <p class="text-sm text-muted">"You"</p>
                <p class="measure whitespace-pre-line break-words">{answer}</p>
            </div>
            <p class="flex items-center gap-2 text-sm text-muted">
                <span class="loading loading-dots loading-sm motion-reduce:hidden" aria-hidden="true"></span>
                "Reading your answer"
            </p>
        </li>
    }
}

/// Leads the eye to that place and, where the keyboard has lost its own because a button went
/// away, the keyboard too.
fn scroll_to(anchor: &str) {
    let Some(element) = document().get_element_by_id(anchor) else { return };
    element.scroll_into_view();
    let body = document().body().map(|body| body.unchecked_into::<Element>());
    if let (true, Some(element)) = (document().active_element() == body, element.dyn_ref::<HtmlElement>()) {
        // It has a tab index, so it can take the focus.
        let _ = element.focus();
    }
}
