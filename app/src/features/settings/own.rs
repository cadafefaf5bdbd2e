//! The page `/settings/data`: tokens of one's own programs, one's data, and leaving for good. It works without scripts and
//! ships none, for it is seldom opened.

use leptos::prelude::*;

use super::data::DataSection;
use super::programs::ProgramsSection;
use crate::ui::PageHeader;

/// Shows `/settings/data`.
#[component]
pub fn OwnDataPage() -> impl IntoView {
    view! {
        <div class="page-narrow">
            <PageHeader title="Programs and data" sentence="What acts in your name, what Lodestar keeps about you, and the way out for good."/>
            <p><a class="link" href="/settings">"All settings"</a></p>
            <ProgramsSection/>
            <DataSection/>
        </div>
    }
}
