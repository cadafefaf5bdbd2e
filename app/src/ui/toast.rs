//! A word on what happened elsewhere, at the lower edge of the page.

use std::time::Duration;

use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::components::A;

use super::Icon;

/// How long a word stands that goes by itself, and how long it waits for whoever points at it.
const STANDS: Duration = Duration::from_secs(8);

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// One sentence or two.
    pub text: &'static str,
    /// Where it leads, and what the link says.
    pub link: Option<(String, &'static str)>,
    /// Whether it stays until it is sent away.
    pub stays: bool,
}

/// Says what happened elsewhere: `expect_context::<Toasts>().show(...)` inside the signed-in frame, which has a
/// [`ToastPlace`] for it.
#[derive(Clone, Copy, Default)]
pub struct Toasts {
    shown: RwSignal<Option<Toast>>,
    /// Counts what was said.
    count: StoredValue<usize>,
    place: NodeRef<Div>,
}

impl Toasts {
    /// Says `toast`, instead of what was said before unless that has to stay.
    pub fn show(self, toast: Toast) {
        if self.shown.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.stays)) {
            return;
        }
        let goes = !toast.stays;
        self.count.update_value(|count| *count += 1);
        self.shown.set(Some(toast));
        if goes {
            self.go_later(self.count.get_value());
        }
    }

    /// Takes back what was said.
    pub fn clear(self) {
        self.shown.set(None);
    }

    fn go_later(self, number: usize) {
        let go = move || {
            if self.count.try_get_value() != Some(number) {
                return;
            }
            let read = self.place.get_untracked().and_then(|place| place.matches(":hover, :focus-within").ok());
            if read == Some(true) { self.go_later(number) } else { self.clear() }
        };
        set_timeout(go, STANDS);
    }
}

/// Where [`Toasts`] are shown.
#[component]
pub fn ToastPlace(
    /// What is said.
    toasts: Toasts,
) -> impl IntoView {
    // The button that had the focus goes; the keyboard goes on with the page.
    let dismiss = move |_| {
        toasts.clear();
        if let Some(main) = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
            super::labelled::focus(&main);
        }
    };
    // Screen readers only say what changes in a place that they know, so it is there when it is empty.
    view! {
        <div class="toasts" role="status" node_ref=toasts.place>
            {move || toasts.shown.get().map(|toast| view! {
                <div class="toasted">
                    {Icon::Info.sized("size-5 mt-0.5")}
                    <p>{toast.text}{toast.link.map(|(href, words)| view! { " "<A href=href attr:class="link" on:click=move |_| toasts.clear()>{words}</A> })}</p>
                    <button type="button" class="btn btn-ghost btn-square btn-sm" aria-label="Dismiss" on:click=dismiss>{Icon::X.sized("size-4")}</button>
                </div>
            })}
        </div>
    }
    .into_any()
}
