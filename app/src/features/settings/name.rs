//! The part of the settings with the person's name.

use leptos::prelude::*;

use super::saved::Saved;
use crate::features::account::{Me, api::Rename};
use crate::ui::{FormError, SubmitButton, TextField, about, failure_of};

/// Changes the name.
#[component]
pub fn NameSection() -> impl IntoView {
    let me = expect_context::<Me>();
    let rename = ServerAction::<Rename>::new();
    let failure = failure_of(rename);
    Effect::new(move || {
        if let Some(Ok(())) = rename.value().get() {
            me.refresh();
        }
    });
    view! {
        <section class="section" aria-labelledby="you">
            <h2 id="you">"You"</h2>
            <Saved what="name" unless=failure sentence="Your name is saved."/>
            <FormError failure=failure fields=&["name"]/>
            <ActionForm action=rename attr:class="form">
                <TextField label="Name" name="name" value=untrack(|| me.name()) hint="How you would like to be called." autocomplete="name" required=true error=about(failure, "name")/>
                <div><SubmitButton pending=rename.pending()>"Save name"</SubmitButton></div>
            </ActionForm>
        </section>
    }
}
