//! The page `/admin/people`.

use domain::account::Standing;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{ChangeStanding, DisableAccount, EnableAccount, PeopleQuery, PeopleView, people};
use super::entry::Entry;
use crate::features::admin::Tabs;
use crate::features::settings::Saved;
use crate::ui::{ButtonLink, EmptyState, FailedPage, FormError, Icon, Look, PageHeader, Skeleton, failure_of};

/// Shows `/admin/people`. What is looked for stands in the address, so that it can be kept and sent.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let text = |name: &str| query.with(|query| query.get(name).unwrap_or_default());
        PeopleQuery { search: text("search"), only: text("only"), before: text("before") }
    });
    let page = Resource::new_blocking(move || asked.get(), people);
    view! {
        <PageHeader title="People" sentence="Who has an account, what they may do, and keeping somebody out."/>
        <Tabs/>
        <div class="mt-6 grid gap-6">
            {move || view! { <Filter asked=asked.get()/> }}
            <Outcome/>
            <Transition fallback=|| view! { <Skeleton rows=6/> }>
                {move || Suspend::new(async move {
                    match page.await {
                        Ok(view) => view! { <Entries view=view asked=asked.get_untracked()/> }.into_any(),
                        Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

/// A plain form that leads to the address with what it asks for.
#[component]
fn Filter(asked: PeopleQuery) -> impl IntoView {
    let options = Standing::ALL.map(|standing| {
        view! { <option value=standing.slug() selected=standing.slug() == asked.only>{standing.name()}</option> }
    });
    view! {
        <form class="grid gap-3 sm:grid-cols-[2fr_1fr_auto] sm:items-end" method="get" action="/admin/people">
            <div class="field">
                <label class="field-label" for="people-search">"Name or address"</label>
                <input class="input w-full" id="people-search" name="search" type="search" autocomplete="off" value=asked.search/>
            </div>
            <div class="field">
                <label class="field-label" for="people-only">"Standing"</label>
                <select class="select w-full" id="people-only" name="only">
                    <option value="">"Any"</option>
                    {options.collect_view()}
                </select>
            </div>
            <button type="submit" class=Look::Secondary.class()>"Show"</button>
        </form>
    }
    .into_any()
}

/// What came of a change: the forms of all entries are posted as pages and lead back here.
#[component]
fn Outcome() -> impl IntoView {
    let standing = failure_of(ServerAction::<ChangeStanding>::new());
    let disabled = failure_of(ServerAction::<DisableAccount>::new());
    let enabled = failure_of(ServerAction::<EnableAccount>::new());
    view! {
        <Saved what="standing" unless=standing sentence="The standing is changed. The person signs in anew."/>
        <Saved what="disabled" unless=disabled sentence="The account is disabled, and its person signed out everywhere."/>
        <Saved what="enabled" unless=enabled sentence="The account is enabled."/>
        <FormError failure=standing lost="Nothing was changed."/>
        <FormError failure=disabled lost="Nothing was changed."/>
        <FormError failure=enabled lost="Nothing was changed."/>
    }
}

#[component]
fn Entries(view: PeopleView, asked: PeopleQuery) -> impl IntoView {
    let PeopleView { people, more } = view;
    let Some(last) = people.last().map(|person| person.id.to_string()) else {
        let text = "No account is like that. Ask for less, or look at all of them.";
        return view! { <EmptyState icon=Icon::Users title="Nobody found" text=text><ButtonLink href="/admin/people">"Everybody"</ButtonLink></EmptyState> }
            .into_any();
    };
    let older = PeopleQuery { before: last, ..asked.clone() }.path();
    let rows = people.into_iter().map(|person| view! { <Entry person=person asked=asked.clone()/> });
    view! {
        <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300" aria-label="Accounts, those opened last first">
            {rows.collect_view()}
        </ul>
        {more.then(|| view! { <div><ButtonLink href=older look=Look::Secondary>"Older accounts"</ButtonLink></div> })}
    }
    .into_any()
}
