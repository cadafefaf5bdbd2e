//! One account in the list, with what can be changed of it.

use domain::account::Standing;
use domain::people::Person;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{ChangeStanding, DisableAccount, EnableAccount, PeopleQuery};
use crate::features::account::Me;
use crate::ui::{Icon, Look, SubmitButton};

/// One account.
#[component]
pub fn Entry(
    /// The account.
    person: Person,
    /// What the list shows, to come back to.
    asked: PeopleQuery,
) -> impl IntoView {
    let own = untrack(|| expect_context::<Me>().email()) == person.email;
    let facts = facts(&person);
    let (standing, email, disabled) = (person.standing.name(), person.email.clone(), person.disabled_at.is_some());
    view! {
        <li class="grid grid-cols-1 gap-2 p-4">
            <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
                <div class="min-w-0">
                    <h2 class="font-semibold break-words">{person.name.clone()}{own.then_some(" (you)")}</h2>
                    <p class="break-all">{email}</p>
                    <p class="text-sm text-muted tabular-nums">{facts}</p>
                </div>
                <span class="flex items-center gap-1.5 text-sm whitespace-nowrap">
                    {disabled.then(|| view! { {Icon::Lock.sized("size-4")}"Disabled · " })}{standing}
                </span>
            </div>
            <details>
                <summary class="btn btn-ghost btn-sm">"Change"<span class="sr-only">{format!(" {}", person.email)}</span></summary>
                <div class="mt-3 flex flex-wrap items-end gap-x-6 gap-y-3">
                    <StandingForm person=person.clone() asked=asked.clone()/>
                    {(!own).then(|| view! { <DoorForm person=person asked=asked/> })}
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// What is known of an account, in one line.
fn facts(person: &Person) -> String {
    let mut facts = vec![
        format!("Opened {}", person.opened_at.day()),
        if person.confirmed { "address confirmed" } else { "address not confirmed" }.to_owned(),
    ];
    facts.extend(person.disabled_at.map(|at| format!("disabled {}", at.day())));
    facts.join(" · ")
}

/// Gives the account another standing.
#[component]
fn StandingForm(person: Person, asked: PeopleQuery) -> impl IntoView {
    let id = format!("standing-{}", person.id);
    let labelled = id.clone();
    let options = Standing::ALL.map(|standing| {
        view! { <option value=standing.slug() selected=standing == person.standing>{standing.name()}</option> }
    });
    view! {
        <form class="flex flex-wrap items-end gap-2" method="post" action=ChangeStanding::url()>
            <Hidden id=person.id.to_string() asked=asked/>
            <div class="field">
                <label class="field-label" for=labelled>"Standing"</label>
                <select class="select select-sm" id=id name="standing">{options.collect_view()}</select>
            </div>
            <SubmitButton class="btn-sm" look=Look::Secondary>"Save standing"</SubmitButton>
        </form>
    }
    .into_any()
}

/// Keeps the person out, or lets them in again.
#[component]
fn DoorForm(person: Person, asked: PeopleQuery) -> impl IntoView {
    let (action, word) = match person.disabled_at {
        Some(_) => (EnableAccount::url(), "Enable account"),
        None => (DisableAccount::url(), "Disable account"),
    };
    view! {
        <form method="post" action=action>
            <Hidden id=person.id.to_string() asked=asked/>
            <SubmitButton class="btn-sm" look=Look::Secondary>{Icon::Lock.sized("size-4")}{word}</SubmitButton>
        </form>
    }
    .into_any()
}

/// Which account a form is about, and what the list shows.
#[component]
fn Hidden(id: String, asked: PeopleQuery) -> impl IntoView {
    view! {
        <input type="hidden" name="id" value=id autocomplete="off"/>
        <input type="hidden" name="search" value=asked.search autocomplete="off"/>
        <input type="hidden" name="only" value=asked.only autocomplete="off"/>
        <input type="hidden" name="before" value=asked.before autocomplete="off"/>
    }
}
