//! Where the person is signed in.

use domain::session::AccountSession;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{EndOtherSessions, EndSession};
use crate::ui::{Day, FormError, Look, SubmitButton, failure_of};

/// The browsers and programs, each with a way to end it.
#[component]
pub(super) fn SessionsSection(sessions: Vec<AccountSession>) -> impl IntoView {
    let failure = failure_of(ServerAction::<EndSession>::new());
    let others = sessions.len() > 1;
    view! {
        <section class="section" aria-labelledby="sessions">
            <h2 id="sessions">"Where you are signed in"</h2>
            <FormError failure=failure lost=""/>
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">{sessions.into_iter().map(|session| view! { <Row session=session/> }).collect_view()}</ul>
            {others.then(|| view! {
                <form method="post" action=EndOtherSessions::url()>
                    <SubmitButton look=Look::Secondary>"Sign out everywhere else"</SubmitButton>
                </form>
            })}
        </section>
    }
}

#[component]
fn Row(session: AccountSession) -> impl IntoView {
    let AccountSession { id, device, network, created_at, used_at, current } = session;
    let which = format!(" {device}, {network}");
    let end = (!current).then(|| {
        view! {
            <form method="post" action=EndSession::url()>
                <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
                <SubmitButton class="btn-sm" look=Look::Quiet>"Sign out"<span class="sr-only">{which}</span></SubmitButton>
            </form>
        }
    });
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 p-4">
            <div class="min-w-0">
                <p class="font-medium break-words first-letter:uppercase">
                    {device}
                    {current.then(|| view! { <span class="badge badge-success ms-2">"here"</span> })}
                </p>
                <p class="text-sm text-muted">"From "<span class="break-all">{network}</span>", since "<Day at=created_at/>", last used on "<Day at=used_at/></p>
            </div>
            {end}
        </li>
    }
}
