//! Sharing one's practice with a mentor, and the pages of mentors.

pub mod api;
mod mentee;
mod people;
mod report;
mod sharing;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use mentee::MenteePage;
use people::MentoringPage;
use report::MenteeReportPage;

pub use sharing::SharingPage;

/// Shows `/mentoring` and the pages below it. They share what they can of a route: each further one makes the program of
/// all pages larger. Two parameters that may be missing would be the same path twice.
#[component]
pub fn MentoringPages() -> impl IntoView {
    let named = |name: &str| use_params_map().with_untracked(|params| params.get(name).is_some());
    match (named("id"), named("interview")) {
        (_, true) => view! { <MenteeReportPage/> }.into_any(),
        (true, false) => view! { <MenteePage/> }.into_any(),
        (false, false) => view! { <MentoringPage/> }.into_any(),
    }
}
