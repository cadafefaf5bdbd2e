//! The page `/admin/audit`.

use domain::audit::{Action, AuditEntry};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{AuditQuery, AuditView, audit_log};
use crate::features::admin::Tabs;
use crate::ui::{ButtonLink, EmptyState, FailedPage, Icon, Look, PageHeader, ScrollTable, Skeleton};

/// Shows `/admin/audit`. What is looked for stands in the address, so that it can be kept and sent.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let text = |name: &str| query.with(|query| query.get(name).unwrap_or_default());
        AuditQuery { action: text("action"), email: text("email"), before: text("before") }
    });
    let page = Resource::new_blocking(move || asked.get(), audit_log);
    view! {
        <PageHeader title="Audit log" sentence="Sign-ins, tokens, departures, and what administrators changed. Entries are never changed."/>
        <Tabs/>
        <div class="mt-6 grid gap-6">
            {move || view! { <Filter asked=asked.get()/> }}
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
fn Filter(asked: AuditQuery) -> impl IntoView {
    let options = Action::ALL.iter().map(|action| {
        view! { <option value=action.slug() selected=action.slug() == asked.action>{action.name()}</option> }
    });
    view! {
        <form class="grid gap-3 sm:grid-cols-[1fr_1fr_auto] sm:items-end" method="get" action="/admin/audit">
            <div class="field">
                <label class="field-label" for="audit-action">"What was done"</label>
                <select class="select w-full" id="audit-action" name="action">
                    <option value="">"Anything"</option>
                    {options.collect_view()}
                </select>
            </div>
            <div class="field">
                <label class="field-label" for="audit-email">"By the account with this address"</label>
                <input class="input w-full" id="audit-email" name="email" type="email" autocomplete="off" value=asked.email/>
            </div>
            <button type="submit" class=Look::Secondary.class()>"Show"</button>
        </form>
    }
    .into_any()
}

#[component]
fn Entries(view: AuditView, asked: AuditQuery) -> impl IntoView {
    let AuditView { entries, more } = view;
    if entries.is_empty() {
        let text = "Nothing like that was written down. Ask for less, or look at everything.";
        return view! { <EmptyState icon=Icon::CircleCheck title="No entries" text=text><ButtonLink href="/admin/audit">"Everything"</ButtonLink></EmptyState> }
            .into_any();
    }
    let last = entries.last().map(|entry| entry.id.to_string()).unwrap_or_default();
    let older = format!("/admin/audit?action={}&email={}&before={last}", asked.action, encoded(&asked.email));
    let rows = entries.into_iter().map(|entry| view! { <Row entry=entry/> });
    view! {
        <ScrollTable caption="Audit log, newest first">
            <thead class="text-muted">
                <tr><th scope="col">"When"</th><th scope="col">"Who"</th><th scope="col">"What"</th><th scope="col">"Where from"</th></tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </ScrollTable>
        {more.then(|| view! { <div><ButtonLink href=older look=Look::Secondary>"Older entries"</ButtonLink></div> })}
    }
    .into_any()
}

#[component]
fn Row(entry: AuditEntry) -> impl IntoView {
    let who = entry.actor.map_or_else(|| "–".to_owned(), |actor| actor.email);
    let mut what = entry.action.name().to_owned();
    if !entry.subject.is_empty() {
        what = format!("{what}: {}", entry.subject);
    }
    if let Some(about) = entry.about {
        what = format!("{what} ({})", about.email);
    }
    let network = if entry.network.is_empty() { "–".to_owned() } else { entry.network };
    view! {
        <tr>
            <td class="whitespace-nowrap tabular-nums">{entry.at.minute()}</td>
            <th scope="row" class="font-normal break-all">{who}</th>
            <td class="break-words">{what}</td>
            <td>{network}</td>
        </tr>
    }
}

/// An address within an address.
fn encoded(email: &str) -> String {
    leptos_router::location::Url::escape(email)
}
