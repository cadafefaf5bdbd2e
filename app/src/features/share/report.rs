//! The page `/mentoring/{id}/{interview}`: the report of an interview, as the mentor of its person reads it.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{MenteeReport, shared_report};
use crate::features::interview::{Findings, in_a_sentence};
use crate::ui::{EmptyState, FailedPage, Icon, Notice, PageHeader, Skeleton};

/// Shows `/mentoring/{id}/{interview}`.
#[component]
pub fn MenteeReportPage() -> impl IntoView {
    let params = use_params_map();
    let named = move || {
        let name = |name: &str| params.read().get(name).unwrap_or_default();
        (name("id"), name("interview"))
    };
    let report = Resource::new_blocking(named, |(id, interview)| shared_report(id, interview));
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=8/> }>
            {move || Suspend::new(async move {
                match report.await {
                    Ok(report) => view! { <Whole report=report/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The report, without anything that could be done with it.
#[component]
fn Whole(report: MenteeReport) -> impl IntoView {
    let MenteeReport { mentee, report } = report;
    let (sentence, answered) = (in_a_sentence(&report), report.is_answered());
    let reader = format!("This is the report as {} reads it: “you” is {}.", mentee.name, mentee.name);
    view! {
        <PageHeader title=format!("Interview report of {}", mentee.name) sentence=sentence/>
        <nav class="mt-2 print:hidden" aria-label="Breadcrumb">
            <a class="link" href="/mentoring">"People"</a>" / "<a class="link" href=format!("/mentoring/{}", mentee.id)>{mentee.name}</a>
        </nav>
        <div class="mt-6 grid gap-8">
            <Notice>{reader}</Notice>
            {if answered {
                view! { <Findings report=report/> }.into_any()
            } else {
                view! { <EmptyState icon=Icon::FileText title="Nothing was answered yet" text="Scores and quotes appear here once a question is answered."/> }.into_any()
            }}
        </div>
    }
}
