//! The models, for administrators: which are here and what they do.

pub mod api;
mod figures;
mod inference;
mod list;
mod page;
mod roles;
mod trial;
mod used;

use domain::model::ModelRole;

pub use inference::InferencePage;
pub use page::ModelsPage;

/// What people call a role, and what it is for.
fn role_words(role: ModelRole) -> (&'static str, &'static str) {
    match role {
        ModelRole::Fast => ("Wording", "Words what the coach says between the questions, while somebody waits for it."),
        ModelRole::Reasoning => ("Reasoning", "Writes long answers that need care."),
        ModelRole::Coding => ("Coding", "Reads and writes program text."),
        ModelRole::Embedding => ("Comparing", "Compares texts by meaning, for feedback and search."),
    }
}
