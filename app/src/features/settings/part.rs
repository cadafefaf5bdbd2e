//! The pages below the settings, `/settings/...`, which ship no scripts.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::own::OwnDataPage;
use crate::features::landing::Nowhere;
use crate::features::security::SecurityPage;
use crate::features::share::SharingPage;

/// Shows the page below `/settings/`. They are one route: each further one makes the program of all pages larger.
#[component]
pub fn SettingsPart() -> impl IntoView {
    let page = use_params_map().with_untracked(|params| params.get("page").unwrap_or_default());
    match page.as_str() {
        "data" => view! { <OwnDataPage/> }.into_any(),
        "security" => view! { <SecurityPage/> }.into_any(),
        "sharing" => view! { <SharingPage/> }.into_any(),
        _ => view! { <Nowhere/> }.into_any(),
    }
}
