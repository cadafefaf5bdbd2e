//! The report of an interview: the summary first, then every answer beside its rubric.

use domain::interview::{Report, Status};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::{ResumeInterview, interview_report};
use super::ended::Resume;
use super::marked_answer::MarksKey;
use super::report_answer::ReportAnswer;
use super::report_summary::Summary;
use crate::ui::{ButtonLink, EmptyState, FailedPage, FormError, Icon, Look, Notice, PageHeader, Skeleton, failure_of};

/// Shows `/interview/{id}/report`.
#[component]
pub fn ReportPage() -> impl IntoView {
    let params = use_params_map();
    let report = Resource::new_blocking(move || params.read().get("id").unwrap_or_default(), interview_report);
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

/// The report that there is.
#[component]
fn Whole(report: Report) -> impl IntoView {
    let resume = ServerAction::<ResumeInterview>::new();
    let setup = report.setup.clone();
    let again = format!("/interview?role={}&level={}", setup.role.slug(), setup.level.slug());
    let sentence = in_a_sentence(&report);
    let goes_on = report.status == Status::Open;
    let (id, resumable) = (report.id, report.resumable);
    let answered = report.is_answered();
    view! {
        <PageHeader title="Interview report" sentence=sentence>
            <Print/>
            {resumable.then(|| view! { <Resume id=id resume=resume/> })}
            <ButtonLink href=again>"Start another interview"</ButtonLink>
        </PageHeader>
        <div class="mt-6 grid gap-8">
            <FormError failure=failure_of(resume) lost="The report is unchanged."/>
            {goes_on.then(|| view! {
                <Notice>
                    "This interview still goes on; the report shows it so far. "
                    <a class="link" href=format!("/interview/{id}")>"Continue the interview"</a>
                </Notice>
            })}
            {if answered {
                view! { <Findings report=report/> }.into_any()
            } else {
                view! {
                    <EmptyState icon=Icon::FileText title="Nothing was answered yet" text="Once you have answered a question, this page shows what came across well, your words beside what a strong answer contains, and what to practise next.">
                        {goes_on.then(|| view! { <ButtonLink href=format!("/interview/{id}") look=Look::Secondary>"Continue the interview"</ButtonLink> })}
                    </EmptyState>
                }.into_any()
            }}
        </div>
    }
    .into_any()
}

/// The interview in a sentence.
pub fn in_a_sentence(report: &Report) -> String {
    let setup = &report.setup;
    let (role, level) = (setup.role.name(), setup.level.name().to_ascii_lowercase());
    format!("{role}, {level}. {}, {}.", questions(report.answers.len()), report.started.day())
}

/// The summary, then the answers.
#[component]
pub fn Findings(
    /// The report, of which something is answered.
    report: Report,
) -> impl IntoView {
    let answers = report.answers.clone();
    view! {
        <Summary report=report/>
        <MarksKey/>
        {answers.into_iter().map(|answer| view! { <ReportAnswer answer=answer/> }).collect_view()}
    }
    .into_any()
}

/// Prints the page; there once a script can do it.
#[component]
fn Print() -> impl IntoView {
    // A browser without printing leaves things as they are.
    let print = move |_| drop(window().print());
    view! {
        <button type="button" class="awake-only btn btn-ghost" on:click=print>
            {Icon::Printer.view()}"Print"
        </button>
    }
}

fn questions(count: usize) -> String {
    if count == 1 { "One question asked".to_owned() } else { format!("{count} questions asked") }
}
