//! The page of addresses that lead nowhere.

use domain::ErrorKind;
use leptos::prelude::*;

use crate::ui::{ButtonLink, Look, PageHeader, PublicFrame};

/// The same, in the frame of pages that need no account.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <PublicFrame><Nowhere/></PublicFrame> }
}

/// Says what may have happened and where to go; the answer's status is 404.
#[component]
pub fn Nowhere() -> impl IntoView {
    crate::seam::answer_with(ErrorKind::NotFound);
    view! {
        <div class="page-narrow">
            <PageHeader title="There is no such page" sentence="Nothing of yours is lost; only this address leads nowhere."/>
            <ul class="grid list-disc gap-2 pl-5">
                <li>"The address may be incomplete: a long link breaks easily when it is copied from a message."</li>
                <li>"The page may have moved, or what it showed may have been deleted."</li>
                <li>"It may belong to another account; then sign in with that one."</li>
            </ul>
            <p class="flex flex-wrap gap-2">
                <ButtonLink href="/dashboard">"Go to today"</ButtonLink>
                <ButtonLink href="/" look=Look::Secondary>"Go to the start page"</ButtonLink>
            </p>
        </div>
    }
}
