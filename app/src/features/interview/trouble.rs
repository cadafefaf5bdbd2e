//! What went wrong on the interview's page, above the composer, with the way on.

use domain::ErrorKind;
use leptos::prelude::*;

use super::stream::Words;
use crate::error::Failure;
use crate::ui::{Failed, Notice, Tone};

/// Every failure that stands. The answer is in its field again.
#[component]
pub fn Trouble(
    /// What failed.
    failures: Vec<Signal<Option<Failure>>>,
    /// The person wants to see how the interview stands now.
    on_reload: Callback<()>,
) -> impl IntoView {
    let shown = move |failure: Signal<Option<Failure>>| {
        // The field shows what is wrong with the answer itself.
        move || {
            failure
                .get()
                .filter(|failure| failure.about("answer").is_none())
                .map(|failure| view! { <One failure=failure on_reload=on_reload/> })
        }
    };
    failures.into_iter().map(shown).collect_view()
}

#[component]
fn One(failure: Failure, on_reload: Callback<()>) -> impl IntoView {
    let elsewhere = failure.0.kind == ErrorKind::Conflict;
    // Some messages say so themselves.
    let lost = if failure.0.message.contains("text is kept") { "" } else { "Your text is kept." };
    view! {
        <Failed failure=failure lost=lost/>
        {elsewhere.then(|| view! {
            <button type="button" class="btn btn-outline btn-sm justify-self-start" on:click=move |_| on_reload.run(())>
                "Show the current state"
            </button>
        })}
    }
}

/// Says that the connection is broken while a message was on its way.
#[component]
pub fn Offline(
    /// What is being spoken, if anything is.
    words: RwSignal<Option<Words>>,
) -> impl IntoView {
    let offline = Memo::new(move |_| words.with(|words| words.as_ref().is_some_and(Words::is_interrupted)));
    move || {
        offline.get().then(|| {
            view! { <Notice tone=Tone::Info>"You are offline; your text is kept. The message goes on as soon as the server can be reached."</Notice> }
        })
    }
}
