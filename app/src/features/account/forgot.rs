//! The page for people who forgot their password.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{AskReset, typed_before};
use crate::ui::{FormError, Notice, PageHeader, PublicFrame, SubmitButton, TextField, Tone, about, failure_of};

/// Asks for the address; then says that a link is on its way if there is an account. Nobody learns whether there is.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let typed = Resource::new_blocking(|| (), |()| typed_before());
    let failure = failure_of(ServerAction::<AskReset>::new());
    let sent = use_query_map().with_untracked(|query| query.get_str("done") == Some("sent"));
    let page = move || {
        Suspend::new(async move {
            let (_, email) = typed.await.unwrap_or_default();
            view! {
                <FormError failure=failure fields=&["email"]/>
                <form class="form" method="post" action=AskReset::url()>
                    <TextField label="E-mail" name="email" kind="email" value=email hint="The address that you sign in with." autocomplete="username" required=true error=about(failure, "email")/>
                    <SubmitButton class="w-full">"Send me a link"</SubmitButton>
                </form>
            }
        })
    };
    view! {
        <PublicFrame>
            <div class="page-form">
                <PageHeader title="Forgot your password?" sentence="We send you a link with which you choose a new one. It works once, for 30 minutes."/>
                {(sent && failure.with_untracked(Option::is_none)).then(|| view! {
                    <Notice tone=Tone::Success>"If there is an account with this address, a link is on its way. Look among unwanted mail as well; if none comes, the people who run this Lodestar can help."</Notice>
                })}
                <Suspense>{page}</Suspense>
                <p>"It came back to you? "<a class="link" href="/login">"Go to sign-in"</a></p>
            </div>
        </PublicFrame>
    }
}
