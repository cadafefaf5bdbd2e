//! The page `/admin/models`.

use std::time::Duration;

use domain::model::{ModelState, ModelsView};
use domain::number::bytes;
use leptos::prelude::*;

use super::api::models;
use super::figures::Meter;
use super::list::ModelList;
use super::roles::RolesSection;
use super::trial::TrialSection;
use crate::error::Failure;
use crate::features::admin::Tabs;
use crate::ui::{FailedPage, Notice, PageHeader, Skeleton, Tone};

/// How often the page looks again while a model is being fetched.
const LOOK: Duration = Duration::from_secs(1);

/// Shows `/admin/models`.
#[component]
pub fn ModelsPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| models());
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

/// What the parts of the page share: how the models stand, and looking again.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// How the models stand.
    pub view: RwSignal<ModelsView>,
    /// Why the last look or change failed.
    pub failure: RwSignal<Option<Failure>>,
}

impl Shown {
    /// Asks how the models stand now.
    pub fn refresh(self) {
        leptos::task::spawn_local(async move {
            match models().await {
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

    fn is_pulling(self) -> bool {
        let pulling = |view: &ModelsView| view.models.iter().any(|model| matches!(model.state, ModelState::Pulling(_)));
        self.view.with(pulling)
    }
}

#[component]
fn Whole(view: ModelsView) -> impl IntoView {
    let (elsewhere, here) = (view.elsewhere.clone(), view.elsewhere.is_none());
    let shown = Shown { view: RwSignal::new(view), failure: RwSignal::new(None) };
    provide_context(shown);
    let pulling = Memo::new(move |_| shown.is_pulling());
    // Only the browser looks again; without scripts, a reload does.
    Effect::new(move |before: Option<Option<IntervalHandle>>| {
        before.flatten().inspect(IntervalHandle::clear);
        let looking = pulling.get().then(|| set_interval_with_handle(move || shown.refresh(), LOOK).ok()).flatten();
        on_cleanup(move || _ = looking.inspect(IntervalHandle::clear));
        looking
    });
    view! {
        <PageHeader title="Models" sentence="Which models are on this machine, and which of them does what."/>
        <Tabs/>
        <div class="mt-6 grid gap-8">
            {move || shown.failure.get().map(|failure| view! { <Notice tone=Tone::Error>{failure.to_string()}</Notice> })}
            {elsewhere.map(|model| view! {
                <Notice>{format!("The model {model} at the servers of the configuration (inference.endpoints) has all roles that write. Models of this machine wait until those are taken out.")}</Notice>
            })}
            <Room shown=shown/>
            {here.then(|| view! { <RolesSection/> })}
            <ModelList/>
            <TrialSection/>
        </div>
    }
    .into_any()
}

/// How much room there is.
#[component]
fn Room(shown: Shown) -> impl IntoView {
    let memory = Memo::new(move |_| shown.view.with(|view| view.memory));
    let words = move || {
        let memory = memory.get();
        format!(
            "{} of the {} that models may take; the machine has {}.",
            bytes(memory.taken),
            bytes(memory.limit),
            bytes(memory.present)
        )
    };
    view! {
        <section class="section" aria-labelledby="room">
            <h2 id="room">"Room"</h2>
            <div class="grid gap-1">
                <p>"Memory: "{words}</p>
                <Meter
                    label="Memory that models take"
                    part=Signal::derive(move || memory.get().taken)
                    whole=Signal::derive(move || memory.get().limit)
                />
            </div>
            <p>"Disk: "{move || bytes(shown.view.with(|view| view.disk))}" free where models are installed."</p>
        </section>
    }
    .into_any()
}
