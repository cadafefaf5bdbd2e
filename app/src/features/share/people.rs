//! The page `/mentoring`: those who share their practice with a mentor.

use domain::share::{Mentee, Mentees};
use leptos::prelude::*;

use super::api::who_shares;
use crate::ui::{ButtonLink, Day, EmptyState, FailedPage, Icon, Look, PageHeader, ScrollTable, Skeleton};

/// Shows `/mentoring`.
#[component]
pub fn MentoringPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| who_shares());
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(mentees) => view! { <Whole mentees=mentees/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Whole(mentees: Mentees) -> impl IntoView {
    let Mentees { confirmed, people } = mentees;
    let content = if !confirmed {
        let text = "People share with an address. Once yours is confirmed, so that it is surely yours, those who share with it appear here.";
        view! {
            <EmptyState icon=Icon::Lock title="Confirm your address first" text=text>
                <ButtonLink href="/settings#address" look=Look::Secondary>"Confirm it in the settings"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else if people.is_empty() {
        let text = "Tell people which address you use here. They enter it in their settings, under Sharing; then you see their interviews with the reports, until they end it.";
        view! { <EmptyState icon=Icon::Users title="Nobody shares with you yet" text=text/> }.into_any()
    } else {
        view! { <People people=people/> }.into_any()
    };
    view! {
        <PageHeader title="People" sentence="Those who let you see how they practise. They can end that at any time."/>
        <div class="mt-6">{content}</div>
    }
}

#[component]
fn People(people: Vec<Mentee>) -> impl IntoView {
    let rows = people.into_iter().map(|mentee| view! { <Row mentee=mentee/> });
    view! {
        <ScrollTable caption="People who share with you, by name">
            <thead class="text-muted">
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Interviews"</th>
                    <th scope="col">"Latest"</th>
                    <th scope="col">"Shares since"</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </ScrollTable>
    }
    .into_any()
}

#[component]
fn Row(mentee: Mentee) -> impl IntoView {
    let latest = match mentee.latest {
        Some(latest) => view! { <Day at=latest/> }.into_any(),
        None => "–".into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="font-medium">
                <a class="link" href=format!("/mentoring/{}", mentee.id)>{mentee.name}</a>
                <span class="block text-sm font-normal text-muted break-all">{mentee.email}</span>
            </th>
            <td>{mentee.interviews.to_string()}</td>
            <td>{latest}</td>
            <td><Day at=mentee.since/></td>
        </tr>
    }
    .into_any()
}
