//! The page behind the link for a new password.

use domain::account::{LinkPurpose, Password};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::ResetPassword;
use super::link::LinkPage;
use crate::ui::{FormError, PageHeader, PasswordField, SubmitButton, about, failure_of};

/// The form, if the link works; else where to get another one.
#[component]
pub fn ResetPage() -> impl IntoView {
    let form = |token| view! { <ResetForm token=token/> }.into_any();
    view! { <LinkPage purpose=LinkPurpose::Reset form=form next=("/forgot", "Ask for another link")/> }
}

#[component]
fn ResetForm(token: String) -> impl IntoView {
    let failure = failure_of(ServerAction::<ResetPassword>::new());
    view! {
        <PageHeader title="Choose a new password" sentence="It ends the sessions on all devices. You then sign in with it."/>
        <FormError failure=failure fields=&["password"] lost=""/>
        <form class="form" method="post" action=ResetPassword::url()>
            <input type="hidden" name="token" value=token/>
            <PasswordField label="New password" name="password" hint=Password::RULE autocomplete="new-password" error=about(failure, "password")/>
            <SubmitButton class="w-full">"Save password"</SubmitButton>
        </form>
    }
}
