//! The list of keys: opened with `?`, and shown in the settings.

use leptos::html::Dialog;
use leptos::prelude::*;

/// Keys with what they do.
const KEYS: [(&[&str], &str); 4] = [
    (&["Ctrl", "K"], "Open the palette: every page and action (on a Mac: Cmd K)"),
    (&["?"], "List the keys"),
    (&["Ctrl", "Enter"], "Send the answer, while you write it"),
    (&["Esc"], "Close what is open"),
];

/// Keys with what they do, as a list.
#[component]
pub fn KeyList() -> impl IntoView {
    let rows = KEYS.map(|(keys, what)| {
        let keys = keys.iter().map(|key| view! { <kbd class="kbd kbd-sm">{*key}</kbd> });
        view! {
            <div class="flex flex-wrap items-baseline gap-x-4 gap-y-1 py-2">
                <dt class="flex w-28 shrink-0 gap-1">{keys.collect_view()}</dt>
                <dd class="min-w-0 flex-1 basis-52">{what}</dd>
            </div>
        }
    });
    view! { <dl class="divide-y divide-base-300">{rows.collect_view()}</dl> }
}

/// The dialog that lists the keys.
#[component]
pub fn ShortcutsDialog(
    /// To open it.
    node_ref: NodeRef<Dialog>,
) -> impl IntoView {
    view! {
        <dialog class="modal" node_ref=node_ref aria-labelledby="shortcuts-title">
            <div class="modal-box">
                <h2 class="text-lg font-semibold" id="shortcuts-title">"Keys"</h2>
                <KeyList/>
                <form method="dialog" class="modal-action">
                    <button class="btn btn-outline">"Close"</button>
                </form>
            </div>
        </dialog>
    }
}
