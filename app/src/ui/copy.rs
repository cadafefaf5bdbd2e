//! Copying a text.

use std::time::Duration;

use leptos::prelude::*;
use leptos::web_sys::Clipboard;

use super::Icon;

/// How long the button shows that it is done.
const DONE: Duration = Duration::from_secs(2);

/// Puts a text where it can be pasted from, and says that it is there. Only browsers can, and only
/// over HTTPS or from this machine, so it is not there before the page is awake and can.
#[component]
pub fn CopyButton(
    /// The text.
    #[prop(into)]
    text: String,
    /// What it is, for people who hear it, like "message".
    what: &'static str,
) -> impl IntoView {
    let (able, set_able) = signal(false);
    let (done, set_done) = signal(false);
    let text = StoredValue::new(text);
    Effect::new(move |_| set_able.set(clipboard().is_some()));
    let copy = move |_| {
        let Some(clipboard) = clipboard() else { return };
        let writing = clipboard.write_text(&text.get_value());
        leptos::task::spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(writing).await.is_ok() && set_done.try_set(true).is_none() {
                set_timeout(move || _ = set_done.try_set(false), DONE);
            }
        });
    };
    move || {
        able.get().then(|| {
            view! {
                <button type="button" class="btn btn-ghost btn-sm" aria-label=format!("Copy {what}") on:click=copy>
                    {move || if done.get() { Icon::Check } else { Icon::Copy }.sized("size-4")}
                    "Copy"
                </button>
                <span class="sr-only" role="status">{move || done.get().then_some("Copied")}</span>
            }
        })
    }
}

fn clipboard() -> Option<Clipboard> {
    let clipboard = window().navigator().clipboard();
    // Typed as if it were always there, but missing where it is not allowed.
    (!leptos::wasm_bindgen::JsValue::from(clipboard.clone()).is_undefined()).then_some(clipboard)
}
