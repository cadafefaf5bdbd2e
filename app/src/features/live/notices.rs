//! What a person is told wherever they are.

use domain::event::Topic;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{News, on};
use crate::ui::{Toast, ToastPlace, Toasts, sign_in_path_for};

/// Tells of reports that are ready and of having been signed out.
#[component]
pub fn Notices(
    /// Where it is said.
    toasts: Toasts,
) -> impl IntoView {
    let location = use_location();
    let hear = move |news: News| match news.name().as_deref() {
        Some("report_ready") => {
            let id = news.text("interview").unwrap_or_default();
            // Whoever looks at this interview sees it there.
            if !location.pathname.with_untracked(|path| path.contains(&id)) {
                let link = Some((format!("/interview/{id}/report"), "See the report"));
                toasts.show(Toast { text: "A report is ready.", link, stays: false });
            }
        }
        Some("signed_out") => {
            let here = sign_in_path_for(&location.pathname.get_untracked(), &location.search.get_untracked());
            let link = Some((here, "Sign in"));
            toasts.show(Toast { text: "You were signed out.", link, stays: true });
        }
        _ => {}
    };
    on(Topic::Notifications, hear);
    view! { <ToastPlace toasts=toasts/> }
}
