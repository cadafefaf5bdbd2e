//! The page of the second step of signing in.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{ConfirmByCode, ConfirmByPasskey, SecondStepView, second_step};
use crate::ui::{FailedPage, FormError, Look, PageHeader, PublicFrame, SubmitButton, TextField, about, failure_of};

/// Asks for a passkey or a code; whoever did not do the first step is led to that.
#[component]
pub fn SecondStepPage() -> impl IntoView {
    let step = Resource::new_blocking(|| (), |()| second_step());
    let page = move || {
        Suspend::new(async move {
            match step.await {
                Ok(Some(step)) => view! { <Step step=step/> }.into_any(),
                Ok(None) => {
                    crate::seam::lead_to("/login");
                    ().into_any()
                }
                Err(failure) => view! {
                    <FailedPage failure=failure/>
                    <p><a class="link" href="/login">"Go to sign-in"</a></p>
                }
                .into_any(),
            }
        })
    };
    view! { <PublicFrame><div class="page-form"><Suspense>{page}</Suspense></div></PublicFrame> }
}

#[component]
fn Step(step: SecondStepView) -> impl IntoView {
    let by_code = failure_of(ServerAction::<ConfirmByCode>::new());
    let by_passkey = failure_of(ServerAction::<ConfirmByPasskey>::new());
    let passkey = step.passkey.map(|options| {
        view! {
            <form class="form" method="post" action=ConfirmByPasskey::url() data-passkey="get" data-options=options>
                <input type="hidden" name="response" autocomplete="off"/>
                <SubmitButton class="w-full">"Use your passkey"</SubmitButton>
                <noscript><p class="text-sm text-muted">"Passkeys need JavaScript. Use a code instead."</p></noscript>
            </form>
            <p class="text-center text-muted">"or"</p>
        }
    });
    let (look, words) = match passkey {
        Some(_) => (Look::Secondary, "Use this code"),
        None => (Look::Primary, "Go on"),
    };
    view! {
        <PageHeader title="One more step" sentence="Your account asks for a second proof that it is you."/>
        <FormError failure=by_passkey lost=""/>
        {passkey}
        <FormError failure=by_code fields=&["code"] lost=""/>
        <form class="form" method="post" action=ConfirmByCode::url()>
            <TextField label="Code" name="code" hint="Six digits of your authenticator app, or one of your recovery codes." autocomplete="one-time-code" required=true error=about(by_code, "code")/>
            <SubmitButton class="w-full" look=look>{words}</SubmitButton>
        </form>
        <p><a class="link" href="/login">"Sign in as somebody else"</a></p>
        <PasskeyScript/>
    }
}

/// Has forms with `data-passkey` ask the browser for a passkey.
#[component]
pub fn PasskeyScript() -> impl IntoView {
    view! { <script src="/passkey.js" defer></script> }
}
