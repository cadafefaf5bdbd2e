//! The models, for administrators: which are here and what they do.

pub mod api;
mod figures;
mod inference;
mod list;
mod page;
mod roles;
mod tabs;
mod trial;
mod used;

use domain::Error;
use domain::model::ModelRole;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::ui::FailedPage;
use inference::InferencePage;
use page::ModelsPage;

/// Shows `/admin/models` and `/admin/inference`. They come to the browser as one part: who sees the one has use for the
/// other, and every further part makes those of all pages larger.
#[component]
pub fn AdminPage() -> impl IntoView {
    let params = use_params_map();
    let page = Memo::new(move |_| params.with(|params| params.get("page").unwrap_or_default()));
    move || match page.get().as_str() {
        "models" => view! { <ModelsPage/> }.into_any(),
        "inference" => view! { <InferencePage/> }.into_any(),
        _ => view! { <FailedPage failure=Error::not_found("page").into()/> }.into_any(),
    }
}

/// What people call a role, and what it is for.
fn role_words(role: ModelRole) -> (&'static str, &'static str) {
    match role {
        ModelRole::Fast => ("Wording", "Words what the coach says between the questions, while somebody waits for it."),
        ModelRole::Reasoning => ("Reasoning", "Writes long answers that need care."),
        ModelRole::Coding => ("Coding", "Reads and writes program text."),
        ModelRole::Embedding => ("Comparing", "Compares texts by meaning, for feedback and search."),
    }
}
