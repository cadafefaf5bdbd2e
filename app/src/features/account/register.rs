//! The page that opens an account.

use domain::account::{Password, local_path};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{Register, current_viewer, typed_before};
use crate::features::identity::ProviderButtons;
use crate::ui::{FormError, PageHeader, PasswordField, PublicFrame, SubmitButton, TextField, about, failure_of};

/// Opens an account and leads to the dashboard. Its form is posted as a page.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| current_viewer());
    let typed = Resource::new_blocking(|| (), |()| typed_before());
    let failure = failure_of(ServerAction::<Register>::new());
    let page = move || {
        Suspend::new(async move {
            if let Ok(Some(_)) = viewer.await {
                crate::seam::lead_to(local_path(None));
            }
            let (name, email) = typed.await.unwrap_or_default();
            view! {
                <FormError failure=failure fields=&["name", "email", "password"] lost="Only the password has to be typed again."/>
                <form class="form" method="post" action=Register::url()>
                    <AccountFields failure=failure name=name email=email/>
                    <SubmitButton class="w-full">"Create account"</SubmitButton>
                </form>
                <ProviderButtons/>
            }
        })
    };
    view! {
        <PublicFrame>
            <div class="page-form">
                <PageHeader title="Create your account" sentence="What you type here stays on this server."/>
                <Suspense>{page}</Suspense>
                <p>"Have an account already? "<a class="link" href="/login">"Go to sign-in"</a></p>
            </div>
        </PublicFrame>
    }
}

/// Name, address and password of a new account.
#[component]
pub(super) fn AccountFields(
    /// What came of the form.
    failure: Signal<Option<crate::error::Failure>>,
    /// The name that was typed before.
    name: String,
    /// The address that was typed before.
    email: String,
) -> impl IntoView {
    view! {
        <TextField label="Name" name="name" value=name hint="How you would like to be called." autocomplete="name" required=true error=about(failure, "name")/>
        <TextField label="E-mail" name="email" kind="email" value=email hint="You sign in with it." autocomplete="username" required=true error=about(failure, "email")/>
        <PasswordField label="Password" name="password" hint=Password::RULE autocomplete="new-password" error=about(failure, "password")/>
    }
}
