//! The part of the settings with the keys.

use leptos::prelude::*;

use crate::ui::{KeyList, keep_single_keys, single_keys};

/// Lists the keys, and lets people who speak to their computer switch the bare ones off.
#[component]
pub fn KeyboardSection() -> impl IntoView {
    // Known in the browser alone; without a script there are no such keys, and no such choice.
    let (single, set_single) = signal(None::<bool>);
    Effect::new(move || set_single.set(Some(single_keys())));
    let choice = move || {
        single.get().map(|on| {
            view! {
                <label class="flex items-start gap-3">
                    <input class="checkbox checkbox-sm mt-1" type="checkbox" checked=on on:change=move |event| keep_single_keys(event_target_checked(&event))/>
                    <span>"Use keys without Ctrl, such as ?"</span>
                </label>
            }
        })
    };
    view! {
        <section class="section" aria-labelledby="keys">
            <h2 id="keys">"Keyboard"</h2>
            <KeyList/>
            {choice}
        </section>
    }
}
