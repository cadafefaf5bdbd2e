//! Where an interview is set up, and where one that is open can be continued.

use domain::interview::{Status, Summary};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::StartInterview;
use super::setup_form::SetupForm;
use crate::features::dashboard::api::dashboard;
use crate::ui::{ButtonLink, Day, Failed, Icon, Look, PageHeader};

/// Shows `/interview`.
#[component]
pub fn StartPage() -> impl IntoView {
    let start = ServerAction::<StartInterview>::new();
    let past = Resource::new_blocking(|| (), |()| dashboard());
    let chosen = use_query_map().get_untracked();
    view! {
        <div class="page-narrow grid gap-8">
            <PageHeader title="Interview" sentence="Rehearse in your own words. Choose what for; you can leave any question, and stop at any time."/>
            <SetupForm start=start chosen=chosen/>
            <Suspense>
                {move || Suspend::new(async move {
                    match past.await {
                        Ok(page) => view! { <OpenInterviews interviews=page.interviews/> }.into_any(),
                        Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                    }
                })}
            </Suspense>
            <p class="measure flex gap-2 text-sm text-muted">
                {Icon::Lock.sized("size-5 mt-0.5")}
                "Everything stays on this machine: the questions, the posting, your answers and the feedback."
            </p>
        </div>
    }
}

/// Interviews that can go on, newest first.
#[component]
fn OpenInterviews(interviews: Vec<Summary>) -> impl IntoView {
    let open: Vec<_> = interviews.into_iter().filter(|interview| interview.status == Status::Open).collect();
    let items = |open: Vec<Summary>| {
        open.into_iter().map(|interview| view! { <li><OpenInterview interview=interview/></li> }).collect_view()
    };
    (!open.is_empty()).then(|| {
        view! {
            <section class="grid gap-3" aria-labelledby="open-interviews">
                <h2 class="text-lg font-semibold" id="open-interviews">"Open interviews"</h2>
                <ul class="grid gap-2">{items(open)}</ul>
            </section>
        }
    })
}

#[component]
fn OpenInterview(interview: Summary) -> impl IntoView {
    let setup = interview.setup;
    view! {
        <div class="flex flex-wrap items-center justify-between gap-2 rounded-box border border-base-300 p-3">
            <div>
                <p class="font-medium">{setup.role.name()}", "{setup.level.name().to_ascii_lowercase()}</p>
                <p class="text-sm text-muted">
                    "Started on "<Day at=interview.started/>". "{format!("{} of {} questions answered.", interview.answered, setup.questions)}
                </p>
            </div>
            <ButtonLink href=format!("/interview/{}", interview.id) look=Look::Secondary>"Continue"</ButtonLink>
        </div>
    }
}
