//! What surrounds a form control: its label, hint and message, tied together for screen readers.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use super::Icon;

/// The `id` of the control with that name. Names are unique on a page.
pub(super) fn id(name: &str) -> String {
    format!("field-{name}")
}

/// Moves the keyboard to `element`.
pub(super) fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // A control that cannot take the focus keeps it where it is: no harm.
        let _ = element.focus();
    }
}

/// What every control shares: its name, words and message.
#[derive(Clone, Copy)]
pub(super) struct About {
    pub(super) name: &'static str,
    pub(super) hint: Option<&'static str>,
    pub(super) error: Signal<Option<String>>,
}

impl About {
    pub(super) fn described_by(self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", id(self.name)));
        let error = self.error.with(Option::is_some).then(|| format!("{}-error", id(self.name)));
        let parts: Vec<_> = hint.into_iter().chain(error).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    pub(super) fn invalid(self) -> Option<&'static str> {
        self.error.with(Option::is_some).then_some("true")
    }

    /// Whether the page begins at this control, because it was sent back with a message about it.
    pub(super) fn first(self) -> bool {
        self.error.with_untracked(Option::is_some)
    }
}

/// Label, hint and message around a control.
#[component]
pub(super) fn Labelled(about: About, label: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for=id(about.name)>{label}</label>
            {about.hint.map(|hint| view! { <p class="field-hint" id=format!("{}-hint", id(about.name))>{hint}</p> })}
            {children()}
            <Message about=about/>
        </div>
    }
}

/// What is wrong with a control's value.
#[component]
fn Message(about: About) -> impl IntoView {
    move || {
        about.error.get().map(|error| {
            view! {
                <p class="field-error" id=format!("{}-error", id(about.name))>
                    {Icon::CircleAlert.sized("size-4 mt-0.5")}
                    <span>{error}</span>
                </p>
            }
        })
    }
}
