//! The page `/mentoring/{id}`: how somebody who shares with a mentor practises.

use domain::share::Practice;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::api::shared_practice;
use crate::features::dashboard::{PastInterviews, Trend};
use crate::features::interview::Dimensions;
use crate::ui::{EmptyState, FailedPage, Icon, PageHeader, Skeleton};

/// Shows `/mentoring/{id}`.
#[component]
pub fn MenteePage() -> impl IntoView {
    let params = use_params_map();
    let page = Resource::new_blocking(move || params.read().get("id").unwrap_or_default(), shared_practice);
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(practice) => view! { <Whole practice=practice/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Whole(practice: Practice) -> impl IntoView {
    let Practice { mentee, interviews, trend, dimensions } = practice;
    let sentence = format!("{} lets you see this since {}.", mentee.email, mentee.since.day());
    let content = if interviews.is_empty() {
        let text = "Scores and reports appear here after the first interview.";
        view! { <EmptyState icon=Icon::Trend title="No interview yet" text=text/> }.into_any()
    } else {
        view! {
            {(!trend.is_empty()).then(|| view! { <Trend trend=trend/> })}
            {(!dimensions.is_empty()).then(|| view! { <Dimensions dimensions=dimensions/> })}
            <PastInterviews interviews=interviews reports=format!("/mentoring/{}", mentee.id)/>
        }
        .into_any()
    };
    view! {
        <PageHeader title=mentee.name sentence=sentence/>
        <p class="mt-2"><a class="link" href="/mentoring">"People"</a></p>
        <div class="mt-6 grid gap-8">{content}</div>
    }
}
