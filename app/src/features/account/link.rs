//! What the pages behind links in mails share. Opening one changes nothing: mail programs open links by themselves, so
//! the link is used by the button on its page.

use domain::account::LinkPurpose;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::link_is_open;
use crate::ui::{ButtonLink, FailedPage, PageHeader, PublicFrame};

/// Shows `form`, which is given the token of the address, if the link works; else what to do instead.
#[component]
pub(super) fn LinkPage(
    /// What the link does.
    purpose: LinkPurpose,
    /// What is shown while it works.
    form: fn(String) -> AnyView,
    /// Where to get another link, and the words for that.
    next: (&'static str, &'static str),
) -> impl IntoView {
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let open = Resource::new_blocking(
        {
            let token = token.clone();
            move || token.clone()
        },
        move |token| link_is_open(purpose, token),
    );
    let page = move || {
        let token = token.clone();
        Suspend::new(async move {
            match open.await {
                Ok(true) => form(token),
                Ok(false) => view! { <LinkOver next=next/> }.into_any(),
                Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
            }
        })
    };
    view! { <PublicFrame><div class="page-form"><Suspense>{page}</Suspense></div></PublicFrame> }
}

/// The link was used, or is too old.
#[component]
fn LinkOver(next: (&'static str, &'static str)) -> impl IntoView {
    let (path, words) = next;
    view! {
        <PageHeader title="This link does not work any more" sentence="Each link works once, and for a limited time. A newer one takes the place of an older one."/>
        <p class="measure">"Nothing was changed. If the address in the mail was longer than the one here, copy it whole."</p>
        <div><ButtonLink href=path>{words}</ButtonLink></div>
    }
}
