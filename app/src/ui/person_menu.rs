//! The menu of the person at the end of the signed-in frame.

use leptos::ev::{click, keydown};
use leptos::html::Details;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Node;
use leptos_router::hooks::use_location;

use super::Icon;

/// Opens and closes without a script, because it is a `details` element; with one, it also closes
/// by Escape, by a click elsewhere and when the page changes.
#[component]
pub(super) fn PersonMenu(
    /// The name on it.
    name: Signal<String>,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let path = use_location().pathname;
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    Effect::new(move || {
        path.track();
        close();
    });
    Effect::new(move || {
        let clicks = window_event_listener(click, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            if !menu.get_untracked().is_some_and(|menu| menu.contains(target.as_ref())) {
                close();
            }
        });
        let keys = window_event_listener(keydown, move |event| {
            if event.key() == "Escape" {
                close();
            }
        });
        on_cleanup(move || {
            clicks.remove();
            keys.remove();
        });
    });
    view! {
        <details class="person-menu" node_ref=menu>
            <summary class="place" title="You">
                {Icon::Person.view()}
                <span class="place-label person-name">{move || name.get()}</span>
                <span class="sr-only">" – your menu"</span>
            </summary>
            <div class="person-panel">{children()}</div>
        </details>
    }
}
