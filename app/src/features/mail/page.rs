//! The page `/admin/mail`.

use domain::mail::MailsView;
use leptos::prelude::*;

use super::api::mails;
use super::list::MailList;
use super::samples::Samples;
use crate::features::admin::Tabs;
use crate::ui::{EmptyState, FailedPage, Icon, Notice, PageHeader, Skeleton};

/// Shows `/admin/mail`.
#[component]
pub fn MailPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| mails());
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(view) => view! { <Whole view=view/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Whole(view: MailsView) -> impl IntoView {
    let MailsView { sending, mails, samples } = view;
    let standing = if sending {
        "Mails leave by the mail server of the configuration (mail.smtp). What they say is not shown here. What cannot be sent at once is a task, and tried again."
    } else {
        "No mail server is configured (mail.smtp), so nothing leaves: mails are kept here for you to read and to hand on. Links in them are secrets, like keys; their words are removed after 30 days."
    };
    view! {
        <PageHeader title="Mail" sentence="What Lodestar wrote to people, and what became of it."/>
        <Tabs/>
        <div class="mt-6 grid gap-8">
            <Notice>{standing}</Notice>
            {if mails.is_empty() {
                view! { <EmptyState icon=Icon::Send title="No mail yet" text="Lodestar writes when somebody opens an account, forgets their password or changes their address. Each mail appears here. How they look is shown below."/> }.into_any()
            } else {
                view! { <MailList mails=mails/> }.into_any()
            }}
            <Samples samples=samples/>
        </div>
    }
    .into_any()
}
