//! The latest mails.

use domain::mail::{MailState, MailView};
use leptos::prelude::*;

use crate::ui::{Icon, Notice, Tone};

/// All of them, newest first.
#[component]
pub fn MailList(
    /// The mails.
    mails: Vec<MailView>,
) -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="mails">
            <h2 id="mails">{format!("The latest mails (n = {})", mails.len())}</h2>
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">
                {mails.into_iter().map(|mail| view! { <Entry mail=mail/> }).collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

/// One mail, with its words if they are kept here.
#[component]
fn Entry(mail: MailView) -> impl IntoView {
    let (icon, word) = match mail.state {
        MailState::Kept => (Icon::FileText, "kept here"),
        MailState::Waiting => (Icon::Clock, "waits"),
        MailState::Sent => (Icon::CircleCheck, "sent"),
        MailState::Failed => (Icon::CircleAlert, "not sent"),
    };
    view! {
        <li class="grid grid-cols-1 gap-3 p-4">
            <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
                <div class="min-w-0">
                    <h3 class="font-semibold break-words">{mail.subject.clone()}</h3>
                    <p class="text-sm text-muted break-all">{mail.recipient.clone()}</p>
                    <p class="text-sm text-muted tabular-nums">{mail.created_at.minute()}</p>
                </div>
                <span class="flex items-center gap-1.5 text-sm whitespace-nowrap">{icon.sized("size-4")}{word}</span>
            </div>
            {mail.reason.map(|reason| view! { <Notice tone=Tone::Error><p class="break-words">{reason}</p></Notice> })}
            {mail.text.map(|text| view! {
                <details>
                    <summary class="btn btn-ghost btn-sm">"Read it"<span class="sr-only">{format!(" “{}” to {}", mail.subject, mail.recipient)}</span></summary>
                    <Words text=text/>
                </details>
            })}
        </li>
    }
    .into_any()
}

/// The words of a mail as plain text.
#[component]
pub(super) fn Words(text: String) -> impl IntoView {
    view! { <p class="mt-2 rounded-box border border-base-300 p-4 font-mono text-sm wrap-anywhere whitespace-pre-wrap">{text}</p> }
}
