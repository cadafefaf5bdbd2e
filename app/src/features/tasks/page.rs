//! The page `/admin/tasks`.

use std::time::Duration;

use domain::number::grouped;
use domain::task::TasksView;
use leptos::prelude::*;

use super::api::tasks;
use super::list::TaskList;
use crate::error::Failure;
use crate::features::admin::Tabs;
use crate::ui::{EmptyState, FailedPage, Icon, Notice, PageHeader, Skeleton, Tile, Tone};

/// How often the page looks again.
const LOOK: Duration = Duration::from_secs(2);

/// Shows `/admin/tasks`.
#[component]
pub fn TasksPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| tasks());
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(view) => view! { <Whole view=view/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// What the parts of the page share: how the tasks stand, and looking again.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// How the tasks stand.
    pub view: RwSignal<TasksView>,
    /// Why the last look or change failed.
    pub failure: RwSignal<Option<Failure>>,
}

impl Shown {
    /// Asks how the tasks stand now.
    pub fn refresh(self) {
        leptos::task::spawn_local(async move {
            match tasks().await {
                Ok(view) => self.view.set(view),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// A change came to its end: says what went wrong, and looks again.
    pub fn changed(self, outcome: Result<(), Failure>) {
        self.failure.set(outcome.err());
        self.refresh();
    }
}

#[component]
fn Whole(view: TasksView) -> impl IntoView {
    let shown = Shown { view: RwSignal::new(view), failure: RwSignal::new(None) };
    provide_context(shown);
    // Only the browser looks again; without scripts, a reload does.
    Effect::new(move || {
        let look = move || {
            if !document().hidden() {
                shown.refresh();
            }
        };
        let looking = set_interval_with_handle(look, LOOK).ok();
        on_cleanup(move || _ = looking.inspect(IntervalHandle::clear));
    });
    let figure = move |number: fn(&TasksView) -> u64| Signal::derive(move || grouped(shown.view.with(number)));
    let is_empty = Memo::new(move |_| shown.view.with(|view| view.tasks.is_empty()));
    view! {
        <PageHeader title="Tasks" sentence="What Lodestar does in the background, and what it could not do."/>
        <Tabs/>
        <div class="mt-6 grid gap-8">
            {move || shown.failure.get().map(|failure| view! { <Notice tone=Tone::Error>{failure.to_string()}</Notice> })}
            <dl class="grid grid-cols-3 gap-3">
                <Tile label="Waiting" value=figure(|view| view.queued)/>
                <Tile label="Running" value=figure(|view| view.running)/>
                <Tile label="Failed" value=figure(|view| view.failed)/>
            </dl>
            {move || if is_empty.get() {
                view! { <EmptyState icon=Icon::CircleCheck title="Nothing is waiting" text="What takes longer than a page may, such as sending a mail, appears here while it waits or runs. What is done goes; what fails again and again stays for 30 days, with the reason."/> }.into_any()
            } else {
                view! { <TaskList/> }.into_any()
            }}
        </div>
    }
    .into_any()
}
