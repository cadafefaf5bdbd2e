//! The sign-in page.

use domain::account::local_path;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{SignIn, current_viewer, typed_before};
use crate::features::identity::ProviderButtons;
use crate::ui::{
    FormError, Notice, PageHeader, PasswordField, PublicFrame, SubmitButton, TextField, Tone, about, failure_of,
};

/// Signs in and leads on to `?next=`. Its form is posted as a page: the session begins with a fresh one.
#[component]
pub fn LoginPage() -> impl IntoView {
    let viewer = Resource::new_blocking(|| (), |()| current_viewer());
    let typed = Resource::new_blocking(|| (), |()| typed_before());
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let reset = use_query_map().with_untracked(|query| query.get_str("done") == Some("password"));
    let page = move || {
        let next = next.clone();
        Suspend::new(async move {
            if let Ok(Some(_)) = viewer.await {
                crate::seam::lead_to(local_path(next.as_deref()));
            }
            let (_, email) = typed.await.unwrap_or_default();
            view! {
                <LoginForm next=next.clone() email=email/>
                <ProviderButtons next=next/>
            }
        })
    };
    view! {
        <PublicFrame>
            <div class="page-form">
                <PageHeader title="Sign in"/>
                {reset.then(|| view! { <Notice tone=Tone::Success>"Your new password is saved. Sign in with it."</Notice> })}
                <Suspense>{page}</Suspense>
                <p><a class="link" href="/forgot">"Forgot your password?"</a></p>
                <p>"New here? "<a class="link" href="/register">"Create an account"</a></p>
            </div>
        </PublicFrame>
    }
}

/// The form, with the address that was typed before.
#[component]
fn LoginForm(next: Option<String>, email: String) -> impl IntoView {
    let failure = failure_of(ServerAction::<SignIn>::new());
    let sent_here = next.is_some();
    view! {
        <FormError failure=failure fields=&["email", "password"] lost=""/>
        {move || (sent_here && failure.with(Option::is_none)).then(|| {
            view! { <Notice>"Please sign in. You then come back to the page you wanted."</Notice> }
        })}
        <form class="form" method="post" action=SignIn::url()>
            {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
            <TextField label="E-mail" name="email" kind="email" value=email autocomplete="username" required=true error=about(failure, "email")/>
            <PasswordField label="Password" name="password" autocomplete="current-password" error=about(failure, "password")/>
            <SubmitButton class="w-full">"Sign in"</SubmitButton>
        </form>
    }
}
