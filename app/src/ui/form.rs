//! What came of a form: the failure of its action, split between its fields and the form itself.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::{Failed, labelled};
use crate::error::Failure;

/// The failure of `action`, if its latest run failed. Also that of a form which was posted without
/// JavaScript: the action reads it out of the address.
pub fn failure_of<S>(action: ServerAction<S>) -> Signal<Option<Failure>>
where
    S: ServerFn<Error = Failure> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || {
        action.value().with(|value| value.as_ref().and_then(|result| result.as_ref().err().cloned()))
    })
}

/// The message of `failure`, if it is about the field of that name.
pub fn about(failure: Signal<Option<Failure>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || failure.with(|failure| failure.as_ref().and_then(|failure| failure.about(field))))
}

/// Shows a form's failure at its head, unless one of the form's fields shows it, and moves the
/// focus to that field.
#[component]
pub fn FormError(
    /// What [`failure_of`] gives.
    failure: Signal<Option<Failure>>,
    /// Names of the fields that show their own message.
    #[prop(optional)]
    fields: &'static [&'static str],
    /// What happened to what was typed.
    #[prop(default = "What you typed is still here.")]
    lost: &'static str,
) -> impl IntoView {
    let own = move |failure: &Failure| fields.iter().copied().find(|field| failure.about(field).is_some());
    Effect::new(move || {
        let named = failure.with(|failure| failure.as_ref().and_then(own));
        if let Some(input) = named.and_then(|name| document().get_element_by_id(&labelled::id(name))) {
            labelled::focus(&input);
        }
    });
    move || {
        failure
            .get()
            .filter(|failure| own(failure).is_none())
            .map(|failure| view! { <Failed failure=failure lost=lost/> })
    }
}
