//! Signing in by a provider: the buttons that lead there, and the two pages on the way, which nobody stays on.

use domain::identity::Errand;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::location::Url;

use super::api::{come_back, providers, send_to};
use crate::features::landing::NotFoundPage;
use crate::ui::{ButtonLink, FailedPage, Look, PageHeader, PublicFrame};

/// A button for each provider; nothing where there is none.
#[component]
pub fn ProviderButtons(
    /// The page to go on to.
    #[prop(optional_no_strip)]
    next: Option<String>,
) -> impl IntoView {
    let all = Resource::new_blocking(|| (), |()| providers());
    let query = next.map(|next| format!("?next={}", Url::escape(&next))).unwrap_or_default();
    let buttons = move || {
        let query = query.clone();
        Suspend::new(async move {
            // Without an answer, there still is the form.
            let all = all.await.unwrap_or_default();
            let button = |provider: domain::identity::Provider| {
                let class = format!("{} w-full", Look::Secondary.class());
                view! {
                    <a class=class href=format!("/oauth/{}{query}", provider.slug) rel="external">{format!("Continue with {}", provider.name)}</a>
                }
            };
            (!all.is_empty()).then(|| {
                view! {
                    <div class="grid gap-3">
                        <p class="text-center text-muted">"or"</p>
                        {all.into_iter().map(button).collect_view()}
                    </div>
                }
            })
        })
    };
    view! { <Suspense>{buttons}</Suspense> }.into_any()
}

/// The pages on the way: one route, for each further one makes the program of all pages larger.
#[component]
pub fn ProviderPages() -> impl IntoView {
    match use_params_map().with_untracked(|params| params.get("step")).as_deref() {
        None => view! { <SendPage/> }.into_any(),
        Some("callback") => view! { <ComeBackPage/> }.into_any(),
        Some(_) => view! { <NotFoundPage/> }.into_any(),
    }
}

/// Leads to the provider of the address. `?for=` says what for: "link", "repositories", or else to sign in.
#[component]
fn SendPage() -> impl IntoView {
    let provider = use_params_map().with_untracked(|params| params.get("provider")).unwrap_or_default();
    let query = use_query_map();
    let errand = query.with_untracked(|query| match query.get_str("for") {
        Some("link") => Errand::Link,
        Some("repositories") => Errand::Repositories,
        _ => Errand::SignIn(query.get("next")),
    });
    let sent = Resource::new_blocking(|| (), move |()| send_to(provider.clone(), errand.clone()));
    view! { <OnTheWay outcome=sent/> }
}

/// Receives whoever comes back from a provider.
#[component]
fn ComeBackPage() -> impl IntoView {
    let query = use_query_map();
    let part = |name: &'static str| query.with_untracked(|query| query.get(name));
    if part("error").is_some() {
        return view! {
            <PublicFrame>
                <div class="page-form">
                    <PageHeader title="Nothing was changed" sentence="You came back without saying yes, so the provider told us nothing about you."/>
                    <div><ButtonLink href="/login">"Go to sign-in"</ButtonLink></div>
                </div>
            </PublicFrame>
        }
        .into_any();
    }
    let (state, code) = (part("state").unwrap_or_default(), part("code").unwrap_or_default());
    let received = Resource::new_blocking(|| (), move |()| come_back(state.clone(), code.clone()));
    view! { <OnTheWay outcome=received/> }.into_any()
}

/// What is seen when somebody is not led on.
#[component]
fn OnTheWay(outcome: Resource<Result<(), crate::error::Failure>>) -> impl IntoView {
    let page = move || {
        Suspend::new(async move {
            outcome.await.err().map(|failure| {
                view! {
                    <FailedPage failure=failure/>
                    <p><a class="link" href="/login">"Go to sign-in"</a></p>
                }
            })
        })
    };
    view! { <PublicFrame><div class="page-form"><Suspense>{page}</Suspense></div></PublicFrame> }
}
