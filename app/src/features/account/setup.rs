//! The page behind the one-time set-up link: it creates the first administrator.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{SetUp, setup_is_open, typed_before};
use super::register::AccountFields;
use crate::ui::{ButtonLink, FailedPage, FormError, PageHeader, PublicFrame, SubmitButton, failure_of};

/// The form, if the link's token still works; else what to do instead.
#[component]
pub fn SetupPage() -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let open = Resource::new_blocking(
        {
            let token = token.clone();
            move || token.clone()
        },
        setup_is_open,
    );
    let typed = Resource::new_blocking(|| (), |()| typed_before());
    let page = move || {
        let token = token.clone();
        Suspend::new(async move {
            match open.await {
                Ok(true) => {
                    let (name, email) = typed.await.unwrap_or_default();
                    view! { <SetupForm token=token name=name email=email/> }.into_any()
                }
                Ok(false) => view! { <LinkClosed/> }.into_any(),
                Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
            }
        })
    };
    view! { <PublicFrame><div class="page-form"><Suspense>{page}</Suspense></div></PublicFrame> }
}

#[component]
fn SetupForm(token: String, name: String, email: String) -> impl IntoView {
    let failure = failure_of(ServerAction::<SetUp>::new());
    view! {
        <PageHeader title="Set up Lodestar" sentence="Create the first account. It may also run this server: you are its administrator."/>
        <FormError failure=failure fields=&["name", "email", "password"] lost="Only the password has to be typed again."/>
        <form class="form" method="post" action=SetUp::url()>
            <input type="hidden" name="token" value=token/>
            <AccountFields failure=failure name=name email=email/>
            <SubmitButton class="w-full">"Create account"</SubmitButton>
        </form>
    }
}

/// The token is wrong, or was used.
#[component]
fn LinkClosed() -> impl IntoView {
    view! {
        <PageHeader title="This set-up link does not work" sentence="Each link works once, until the first administrator exists."/>
        <ul class="list-disc pl-5 grid gap-2">
            <li>"If you have set up Lodestar already, sign in with that account."</li>
            <li>"If not, the address may be incomplete: copy the whole link from the server’s output. A restart prints a new one."</li>
        </ul>
        <div><ButtonLink href="/login">"Go to sign-in"</ButtonLink></div>
    }
}
