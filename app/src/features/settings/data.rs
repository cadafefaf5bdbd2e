//! The part of the settings with what belongs to the person: taking it along, and leaving for good.

use domain::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{AskToLeave, StayAfterAll, leaving_at};
use crate::features::account::Me;
use crate::ui::{
    Day, Failed, FormError, Icon, Look, Notice, Skeleton, SubmitButton, TextField, Tone, about, failure_of,
};

/// The export, and the account's removal.
#[component]
pub fn DataSection() -> impl IntoView {
    let leaving = Resource::new_blocking(|| (), |()| leaving_at());
    view! {
        <section class="section" aria-labelledby="data">
            <h2 id="data">"Your data"</h2>
            <p class="measure text-muted">"Everything that Lodestar keeps about you, as one ZIP file with JSON and tables that other programs can read."</p>
            <div><a class=Look::Secondary.class() href="/export" rel="external" download="">{Icon::Download.sized("size-4")}"Download my data"</a></div>
            <Suspense fallback=|| view! { <Skeleton rows=2/> }>
                {move || Suspend::new(async move {
                    match leaving.await {
                        Ok(Some(due)) => view! { <Leaving due=due/> }.into_any(),
                        Ok(None) => view! { <Leave/> }.into_any(),
                        Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
    }
    .into_any()
}

/// The way out, behind a second step.
#[component]
fn Leave() -> impl IntoView {
    let me = expect_context::<Me>();
    let failure = failure_of(ServerAction::<AskToLeave>::new());
    let refused = move || failure.with(Option::is_some);
    view! {
        <details class="grid gap-3" open=refused>
            <summary class="btn btn-ghost justify-self-start">{Icon::Trash.sized("size-4")}"Remove my account"</summary>
            <div class="mt-3 grid gap-3">
                <p class="measure">"You are signed out everywhere at once. For seven days you can sign in again and keep your account; after that, it and everything in it are gone for good."</p>
                <FormError failure=failure fields=&["address"]/>
                <form class="form" method="post" action=AskToLeave::url()>
                    <TextField
                        label="Your e-mail address"
                        name="address"
                        kind="email"
                        autocomplete="off"
                        required=true
                        hint="To confirm, type the address that you sign in with."
                        error=about(failure, "address")
                    />
                    <p class="text-sm text-muted">{untrack(|| me.email())}</p>
                    <div><SubmitButton>"Remove my account in seven days"</SubmitButton></div>
                </form>
            </div>
        </details>
    }
}

/// Says when the account goes, and lets one keep it.
#[component]
fn Leaving(due: Timestamp) -> impl IntoView {
    view! {
        <Notice tone=Tone::Error>
            <p>"Your account and everything in it will be removed on "<Day at=due/>"."</p>
        </Notice>
        <form method="post" action=StayAfterAll::url()>
            <SubmitButton>"Keep my account"</SubmitButton>
        </form>
    }
}
