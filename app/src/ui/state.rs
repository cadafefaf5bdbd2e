//! What a page shows when there is nothing, not yet anything, or something went wrong.

use domain::ErrorKind;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{ButtonLink, Icon, Look, PageTitle};
use crate::error::Failure;

/// What a [`Notice`] is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Good to know.
    #[default]
    Info,
    /// Something was done.
    Success,
    /// Something went wrong.
    Error,
}

/// A message where it arose. Screen readers say it at once: errors with haste, others when there is a pause.
#[component]
pub fn Notice(
    /// What it is about.
    #[prop(optional)]
    tone: Tone,
    /// One or two sentences.
    children: Children,
) -> impl IntoView {
    let (class, icon, role) = match tone {
        Tone::Info => ("notice notice-info", Icon::Info, "status"),
        Tone::Success => ("notice notice-success", Icon::CircleCheck, "status"),
        Tone::Error => ("notice notice-error", Icon::CircleAlert, "alert"),
    };
    view! {
        <div class=class role=role>
            {icon.sized("size-5 mt-0.5")}
            <div class="min-w-0">{children()}</div>
        </div>
    }
}

/// A place that is still empty: what will be here, why it is worth it, and one action.
#[component]
pub fn EmptyState(
    /// What it is about.
    icon: Icon,
    /// What will be here.
    #[prop(into)]
    title: String,
    /// Why it is worth it: a sentence or two.
    #[prop(into)]
    text: String,
    /// The one action, usually a [`ButtonLink`].
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            {icon.sized("size-7 text-secondary")}
            <h2 class="text-lg font-semibold">{title}</h2>
            <p class="measure text-muted">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// The failure of one part of a page: what happened, whether anything was lost, what to do.
#[component]
pub fn Failed(
    /// What happened.
    failure: Failure,
    /// Whether anything was lost, in a sentence; nothing where that is plain.
    #[prop(default = "")]
    lost: &'static str,
    /// Tries again, where that may help.
    #[prop(optional, into)]
    retry: Option<Callback<()>>,
) -> impl IntoView {
    let signed_out = failure.is_unauthenticated();
    view! {
        <Notice tone=Tone::Error>
            <p>{failure.to_string()}{(!lost.is_empty()).then(|| format!(" {lost}"))}</p>
            {signed_out.then(|| view! { <p class="mt-2"><a class="link" href=sign_in_path()>"Go to sign-in"</a></p> })}
            {retry.filter(|_| !signed_out).map(|retry| {
                view! { <button type="button" class="btn btn-sm btn-outline mt-2" on:click=move |_| retry.run(())>"Try again"</button> }
            })}
        </Notice>
    }
}

/// A page that could not be made, with its own heading and title.
#[component]
pub fn FailedPage(
    /// What happened.
    failure: Failure,
) -> impl IntoView {
    let title = match failure.0.kind {
        ErrorKind::Unauthenticated => "Please sign in",
        ErrorKind::Forbidden => "Not allowed",
        ErrorKind::NotFound => "Not found",
        ErrorKind::Invalid | ErrorKind::Conflict => "That did not work",
        ErrorKind::TooMany | ErrorKind::Busy => "Not possible right now",
        ErrorKind::Unexpected => "Something went wrong",
    };
    let signed_out = failure.is_unauthenticated();
    view! {
        <PageTitle text=title/>
        <div class="page-narrow grid gap-4 justify-items-start">
            <h1>{title}</h1>
            <p class="measure">{failure.to_string()}</p>
            <p class="measure text-muted">"Nothing that you saved is lost."</p>
            {if signed_out {
                view! { <a class=Look::Primary.class() href=sign_in_path()>"Go to sign-in"</a> }.into_any()
            } else {
                view! { <ButtonLink href="/dashboard">"Go to today"</ButtonLink> }.into_any()
            }}
        </div>
    }
}

/// The sign-in page, which leads back to where the person is now.
fn sign_in_path() -> String {
    let location = use_location();
    sign_in_path_for(&location.pathname.get_untracked(), &location.search.get_untracked())
}

/// The sign-in page, which leads back to `path` with the query `search` (without its question mark).
pub(crate) fn sign_in_path_for(path: &str, search: &str) -> String {
    let here = if search.is_empty() { path.to_owned() } else { format!("{path}?{search}") };
    format!("/login?next={}", leptos_router::location::Url::escape(&here))
}

/// A place whose content is on its way: bars of its likely size, shown after a moment.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 4)]
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="late grid gap-3" role="status">
            <span class="sr-only">"Loading"</span>
            {(0..rows).map(|row| view! { <div class=if row == 0 { "skeleton h-8 w-2/5" } else { "skeleton h-5 w-full" }></div> }).collect_view()}
        </div>
    }
}
