//! The tasks that there are, with what can be done with each.

use domain::Timestamp;
use domain::task::{MOST_TRIES, TaskState, TaskView};
use leptos::prelude::*;

use super::api::{CancelTask, RetryTask};
use super::page::Shown;
use crate::ui::{Icon, Look, Notice, SubmitButton, Tone};

/// All of them.
#[component]
pub fn TaskList() -> impl IntoView {
    let shown = expect_context::<Shown>();
    let ids = Memo::new(move |_| shown.view.with(|view| view.tasks.iter().map(|task| task.id).collect::<Vec<_>>()));
    let more = Memo::new(move |_| {
        shown.view.with(|view| (view.queued + view.running + view.failed).saturating_sub(view.tasks.len() as u64))
    });
    view! {
        <section class="section" aria-labelledby="tasks">
            <h2 id="tasks">"What there is to do"</h2>
            <p class="measure text-muted">{format!("What fails is tried {MOST_TRIES} times, with pauses that grow from seconds to hours.")}</p>
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">
                <For each=move || ids.get() key=ToString::to_string let:id>
                    {
                        let task = Memo::new(move |_| shown.view.with(|view| view.tasks.iter().find(|task| task.id == id).cloned()));
                        move || task.get().map(|task| view! { <Entry task=task now=shown.view.with_untracked(|view| view.now)/> })
                    }
                </For>
            </ul>
            {move || (more.get() > 0).then(|| view! { <p class="text-muted">{format!("{} more wait behind these.", more.get())}</p> })}
        </section>
    }
    .into_any()
}

/// One task. Only what changes is drawn anew, so that the focus stays.
#[component]
fn Entry(task: TaskView, now: Timestamp) -> impl IntoView {
    let facts = facts(&task, now);
    let failed = task.state == TaskState::Failed;
    let (icon, word) = match task.state {
        TaskState::Queued => (Icon::Clock, "waits"),
        TaskState::Running => (Icon::Play, "runs"),
        TaskState::Failed => (Icon::CircleAlert, "failed"),
    };
    let (tone, remove) = if failed { (Tone::Error, "Remove") } else { (Tone::Info, "Cancel") };
    let (id, what) = (task.id.to_string(), words(&task.kind));
    view! {
        <li class="grid grid-cols-1 gap-3 p-4">
            <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
                <div class="min-w-0">
                    <h3 class="font-semibold break-words">{what.clone()}</h3>
                    <p class="text-sm text-muted tabular-nums">{facts}</p>
                </div>
                <div class="flex items-center gap-2">
                    <span class="flex items-center gap-1.5 text-sm whitespace-nowrap">{icon.sized("size-4")}{word}</span>
                    {failed.then(|| view! { <Retry id=id.clone() what=what.clone()/> })}
                    <Cancel id=id.clone() what=what.clone() word=remove/>
                </div>
            </div>
            {task.error.map(|error| view! { <Notice tone=tone><p class="whitespace-pre-line break-words">{error}</p></Notice> })}
        </li>
    }
    .into_any()
}

/// What people call a kind of task.
fn words(kind: &str) -> String {
    match kind {
        "send-mail" => "Send a mail".to_owned(),
        "reset-password" => "Write to somebody who forgot their password".to_owned(),
        "weekly-digest" => "Write the weekly digests".to_owned(),
        other => other.to_owned(),
    }
}

/// What is known of a task, in one line.
fn facts(task: &TaskView, now: Timestamp) -> String {
    let mut facts = vec![format!("queued {}", task.created_at.minute())];
    match task.tries {
        0 => {}
        1 => facts.push("tried once".to_owned()),
        tries => facts.push(format!("tried {tries} times")),
    }
    if task.state == TaskState::Queued && task.due_at > now {
        facts.push(format!("next {}", task.due_at.minute()));
    }
    facts.join(" · ")
}

/// Has a task that was given up tried again.
#[component]
fn Retry(id: String, what: String) -> impl IntoView {
    let shown = expect_context::<Shown>();
    let retry = ServerAction::<RetryTask>::new();
    Effect::new(move || _ = retry.value().get().map(|outcome| shown.changed(outcome)));
    view! {
        <ActionForm action=retry>
            <input type="hidden" name="id" value=id autocomplete="off"/>
            <SubmitButton class="btn-sm" look=Look::Secondary pending=retry.pending()>
                {Icon::Resume.sized("size-4")}"Try again"<span class="sr-only">{format!(" “{what}”")}</span>
            </SubmitButton>
        </ActionForm>
    }
    .into_any()
}

/// Removes a task.
#[component]
fn Cancel(id: String, what: String, word: &'static str) -> impl IntoView {
    let shown = expect_context::<Shown>();
    let cancel = ServerAction::<CancelTask>::new();
    Effect::new(move || _ = cancel.value().get().map(|outcome| shown.changed(outcome)));
    view! {
        <ActionForm action=cancel>
            <input type="hidden" name="id" value=id autocomplete="off"/>
            <SubmitButton class="btn-sm" look=Look::Quiet pending=cancel.pending()>
                {Icon::X.sized("size-4")}{word}<span class="sr-only">{format!(" “{what}”")}</span>
            </SubmitButton>
        </ActionForm>
    }
    .into_any()
}
