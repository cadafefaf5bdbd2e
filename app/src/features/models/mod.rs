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

use domain::model::ModelRole;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use inference::InferencePage;
use page::ModelsPage;

/// Where the page with the figures is.
const INFERENCE: &str = "/admin/inference";

/// Shows `/admin/models` or `/admin/inference`. They come to the browser as one part: nobody who sees the one has no
/// use for the other, and every further part makes those of all pages larger.
#[component]
pub fn AdminPage() -> impl IntoView {
    if use_location().pathname.get_untracked().starts_with(INFERENCE) {
        view! { <InferencePage/> }.into_any()
    } else {
        view! { <ModelsPage/> }.into_any()
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
