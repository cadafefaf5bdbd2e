//! What a person is told wherever they are.

use domain::event::Topic;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use super::{News, on};
use crate::features::account::Me;
use crate::features::account::api::current_viewer;
use crate::ui::{Toast, ToastPlace, Toasts, sign_in_path_for};

/// Tells of reports that are ready and of having been signed out. A page of somebody else than who is signed in by now
/// is loaded anew.
#[component]
pub fn Notices(
    /// Where it is said.
    toasts: Toasts,
) -> impl IntoView {
    let location = use_location();
    let me = expect_context::<Me>();
    let hear = move |news: News| match news.name.as_deref() {
        Some("report_ready") => {
            let id = news.interview.unwrap_or_default();
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
        Some("signed_in") => spawn_local(async move {
            match current_viewer().await {
                Ok(Some(viewer)) if me.is(viewer.id) => toasts.clear(),
                Ok(_) => {
                    // It fails only where pages may not be loaded at all.
                    let _ = window().location().reload();
                }
                // Whatever is done next says so.
                Err(_) => {}
            }
        }),
        _ => {}
    };
    on(Topic::Notifications, hear);
    view! { <ToastPlace toasts=toasts/> }
}
