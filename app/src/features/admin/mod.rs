//! The pages of administrators, `/admin/...`, as one part of the program.

mod tabs;

use domain::Error;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::audit::AuditPage;
use super::mail::MailPage;
use super::models::{InferencePage, ModelsPage};
use super::people::PeoplePage;
use super::tasks::TasksPage;
use crate::ui::FailedPage;

pub use tabs::Tabs;

/// Shows the page below `/admin/`. They come to the browser as one part: who sees the one has use for the others, and
/// every further part makes those of all pages larger.
#[component]
pub fn AdminPage() -> impl IntoView {
    let params = use_params_map();
    let page = Memo::new(move |_| params.with(|params| params.get("page").unwrap_or_default()));
    move || match page.get().as_str() {
        "models" => view! { <ModelsPage/> }.into_any(),
        "inference" => view! { <InferencePage/> }.into_any(),
        "mail" => view! { <MailPage/> }.into_any(),
        "people" => view! { <PeoplePage/> }.into_any(),
        "audit" => view! { <AuditPage/> }.into_any(),
        "tasks" => view! { <TasksPage/> }.into_any(),
        _ => view! { <FailedPage failure=Error::not_found("page").into()/> }.into_any(),
    }
}
