//! The administrators' pages, side by side.

use leptos::prelude::*;
use leptos_router::components::A;

/// Leads to each of them. The browser marks the one that is shown, by `aria-current`.
#[component]
pub fn Tabs() -> impl IntoView {
    view! {
        <nav class="tab-links" aria-label="Administration">
            <A href="/admin/models">"Models"</A>
            <A href="/admin/inference">"Inference"</A>
            <A href="/admin/tasks">"Tasks"</A>
            <A href="/admin/mail">"Mail"</A>
            <A href="/admin/people">"People"</A>
            <A href="/admin/audit">"Audit log"</A>
        </nav>
    }
}
