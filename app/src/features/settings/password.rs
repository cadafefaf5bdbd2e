//! The part of the settings with the password.

use domain::account::Password;
use leptos::html::Form;
use leptos::prelude::*;

use super::saved::Saved;
use crate::features::account::{Me, api::ChangePassword};
use crate::ui::{FormError, Look, PasswordField, SubmitButton, about, failure_of};

/// Changes the password.
#[component]
pub fn PasswordSection() -> impl IntoView {
    let me = expect_context::<Me>();
    let change = ServerAction::<ChangePassword>::new();
    let failure = failure_of(change);
    let form = NodeRef::<Form>::new();
    // A password that is changed is not left standing in the fields.
    Effect::new(move || {
        if let (Some(Ok(())), Some(form)) = (change.value().get(), form.get_untracked()) {
            form.reset();
        }
    });
    view! {
        <section class="section" aria-labelledby="password">
            <h2 id="password">"Password"</h2>
            <p class="text-muted">"A new password signs you out everywhere else."</p>
            <Saved what="password" unless=failure sentence="Your new password is saved. Everywhere else you were signed out."/>
            <FormError failure=failure fields=&["current", "password"] lost=""/>
            <ActionForm action=change node_ref=form attr:class="form">
                // Tells password managers whose password it is; it is not sent.
                <input type="text" autocomplete="username" value=untrack(|| me.email()) hidden=true readonly=true aria-hidden="true" tabindex="-1"/>
                <PasswordField label="Current password" name="current" autocomplete="current-password" error=about(failure, "current")/>
                <PasswordField label="New password" name="password" hint=Password::RULE autocomplete="new-password" error=about(failure, "password")/>
                <div><SubmitButton look=Look::Secondary pending=change.pending()>"Change password"</SubmitButton></div>
            </ActionForm>
        </section>
    }
}
