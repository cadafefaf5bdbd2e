//! The dashboard: the next thing to do and why, how practice went, and every interview so far.

use domain::dashboard::{Dashboard, NextStep};
use domain::event::Topic;
use leptos::prelude::*;

use super::api::dashboard;
use super::past::PastInterviews;
use super::trend::Trend;
use crate::features::interview::Dimensions;
use crate::features::live;
use crate::ui::{ButtonLink, EmptyState, FailedPage, Icon, PageHeader, Skeleton};

/// Shows `/dashboard`.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| dashboard());
    live::on(Topic::Notifications, move |news| {
        if news.name.is_none_or(|name| name == "report_ready") {
            page.refetch();
        }
    });
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Today page=page/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Today(page: Dashboard) -> impl IntoView {
    let newcomer = page.interviews.is_empty();
    view! {
        <PageHeader title="Today"/>
        <div class="mt-6 grid gap-8">
            <Next next=page.next/>
            {if newcomer {
                view! {
                    <EmptyState
                        icon=Icon::Trend
                        title="Your practice will be here"
                        text="After your first interview this page shows how your scores go, which of the seven dimensions to work on, and every report. You compare yourself with nobody but your own past."
                    />
                }.into_any()
            } else {
                view! {
                    {if page.trend.is_empty() {
                        view! {
                            <EmptyState icon=Icon::Trend title="No graded interview yet" text="An answer of at least 8 words is graded. The line of your scores begins with the first one."/>
                        }.into_any()
                    } else {
                        view! { <Trend trend=page.trend/> }.into_any()
                    }}
                    {(!page.dimensions.is_empty()).then(|| view! { <Dimensions dimensions=page.dimensions/> })}
                    <PastInterviews interviews=page.interviews/>
                }.into_any()
            }}
        </div>
    }
    .into_any()
}

/// The one thing to do, with the reason.
#[component]
fn Next(next: NextStep) -> impl IntoView {
    view! {
        <section class="grid gap-3 rounded-box border border-base-300 bg-base-200 p-5" aria-labelledby="next">
            <p class="text-sm font-medium text-muted">"Next"</p>
            <h2 class="text-xl font-semibold" id="next">{next.title}</h2>
            <p class="measure">{next.reason}</p>
            <div><ButtonLink href=next.path>{next.action}{Icon::ArrowRight.view()}</ButtonLink></div>
        </section>
    }
    .into_any()
}
