//! Forms that change how one signs in: a password confirms them, where there is one.

use leptos::prelude::*;

use crate::error::Failure;
use crate::ui::{PasswordField, about};

/// The field for the password that confirms a change; nothing for people who have none.
#[component]
pub(super) fn Confirmed(
    /// Whether the person has a password.
    password: bool,
    /// The field's name; unique among the forms that are open.
    name: &'static str,
    /// What came of the form.
    failure: Signal<Option<Failure>>,
) -> impl IntoView {
    password.then(|| {
        view! { <PasswordField label="Your password" name=name autocomplete="current-password" error=about(failure, name)/> }
    })
}

/// A change that is behind a second step, such as removing something.
#[component]
pub(super) fn Folded(
    /// The words on it.
    words: String,
    /// What was refused just now, if this form was.
    failure: Signal<Option<Failure>>,
    /// The form.
    children: Children,
) -> impl IntoView {
    view! {
        <details open=move || failure.with(Option::is_some)>
            <summary class="btn btn-outline btn-sm">{words}</summary>
            <div class="mt-3 grid gap-3">{children()}</div>
        </details>
    }
}
