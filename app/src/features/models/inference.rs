//! The page `/admin/inference`.

use std::time::Duration;

use domain::model::{EndpointView, InferenceView, Loaded};
use domain::number::{bytes, grouped, tenths};
use leptos::prelude::*;

use super::api::inference;
use super::figures::Meter;
use super::used::Used;
use crate::features::admin::Tabs;
use crate::ui::{EmptyState, FailedPage, Icon, Notice, PageHeader, ScrollTable, Skeleton, Tile, Tone};

/// How often the page looks again.
const LOOK: Duration = Duration::from_secs(2);

/// Shows `/admin/inference`.
#[component]
pub fn InferencePage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| inference());
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

#[component]
fn Whole(view: InferenceView) -> impl IntoView {
    let (view, failure) = (RwSignal::new(view), RwSignal::new(None));
    let look = move || {
        if document().hidden() {
            return;
        }
        leptos::task::spawn_local(async move {
            match inference().await {
                Ok(now) => {
                    failure.set(None);
                    view.set(now);
                }
                Err(reason) => failure.set(Some(reason)),
            }
        });
    };
    Effect::new(move || {
        let looking = set_interval_with_handle(look, LOOK).ok();
        on_cleanup(move || _ = looking.inspect(IntervalHandle::clear));
    });
    let names =
        Memo::new(move |_| view.with(|view| view.loaded.iter().map(|loaded| loaded.model.clone()).collect::<Vec<_>>()));
    let endpoints = Memo::new(move |_| view.with(|view| view.endpoints.clone()));
    let used = Memo::new(move |_| view.with(|view| view.used.clone()));
    let restarts = Memo::new(move |_| view.with(|view| view.restarts));
    view! {
        <PageHeader title="Inference" sentence="What the models are doing now, and what was asked of them lately."/>
        <Tabs/>
        <div class="mt-6 grid gap-8">
            {move || failure.get().map(|failure: crate::error::Failure| view! {
                <Notice tone=Tone::Error>{format!("These figures are old. {failure}")}</Notice>
            })}
            {move || (names.with(Vec::is_empty) && endpoints.with(Vec::is_empty)).then(|| view! {
                <EmptyState icon=Icon::Cpu title="No model that writes is in memory" text="The built-in coach does the work. A model is loaded when it is first needed; give one a role on the page Models."/>
            })}
            <For each=move || names.get() key=Clone::clone let:name><LoadedSection view=view name=name/></For>
            {move || (!endpoints.with(Vec::is_empty)).then(|| view! { <Endpoints endpoints=endpoints.get()/> })}
            {move || restarts.get().map(|restarts| view! {
                <p class="text-muted">{restarted(restarts)}</p>
            })}
            {move || view! { <Used used=used.get()/> }}
        </div>
    }
    .into_any()
}

fn restarted(times: u64) -> String {
    match times {
        0 => "Models run in a process of their own, which has not stopped since Lodestar was started.".to_owned(),
        1 => "Models run in a process of their own, which stopped and was started again once. The log says why."
            .to_owned(),
        times => format!(
            "Models run in a process of their own, which stopped and was started again {times} times. The log says why."
        ),
    }
}

/// One model in memory.
#[component]
fn LoadedSection(view: RwSignal<InferenceView>, name: String) -> impl IntoView {
    let id = format!("model-{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let (title, heading) = (name.clone(), id.clone());
    let loaded = Memo::new(move |before: Option<&Loaded>| {
        let now = view.with(|view| view.loaded.iter().find(|loaded| loaded.model == name).cloned());
        now.or_else(|| before.cloned()).unwrap_or_else(|| Loaded {
            model: String::new(),
            memory: 0,
            idle: 0,
            figures: Default::default(),
        })
    });
    let figure = move |words: fn(&Loaded) -> String| Signal::derive(move || loaded.with(words));
    view! {
        <section class="section" aria-labelledby=id>
            <h2 id=heading>{title}</h2>
            <dl class="grid grid-cols-2 gap-3 md:grid-cols-4">
                <Tile label="Writing now" value=figure(|loaded| format!("{} of {}", loaded.figures.running, loaded.figures.places))/>
                <Tile label="Waiting" value=figure(|loaded| format!("{} of {}", loaded.figures.waiting, loaded.figures.queue))/>
                <Tile label="Reads" value=figure(|loaded| rate(loaded.figures.reading))/>
                <Tile label="Writes, each answer" value=figure(|loaded| rate(loaded.figures.writing))/>
                <Tile label="Answers" value=figure(|loaded| grouped(loaded.figures.requests))/>
                <Tile label="Read before" value=figure(reused)/>
                <Tile label="Memory" value=figure(|loaded| bytes(loaded.memory))/>
                <Tile label="Last used" value=figure(|loaded| ago(loaded.idle))/>
            </dl>
            <div class="grid gap-1">
                <p class="text-sm">{move || loaded.with(|loaded| format!("Conversations hold {} of {} tokens.", grouped(loaded.figures.cells), grouped(loaded.figures.most_cells)))}</p>
                <Meter
                    label="Tokens that conversations hold"
                    part=Signal::derive(move || loaded.with(|loaded| loaded.figures.cells))
                    whole=Signal::derive(move || loaded.with(|loaded| loaded.figures.most_cells))
                />
            </div>
            <p class="text-sm text-muted">{move || loaded.with(aside)}</p>
            <p class="text-sm text-muted">{move || loaded.with(troubles)}</p>
        </section>
    }
    .into_any()
}

fn rate(tokens: f32) -> String {
    if tokens > 0.0 { format!("{} tokens/s", tenths(tokens)) } else { "–".to_owned() }
}

/// The share of prompts that need not be read again.
fn reused(loaded: &Loaded) -> String {
    match loaded.figures.prompt {
        0 => "–".to_owned(),
        prompt => format!("{} %", loaded.figures.reused * 100 / prompt),
    }
}

fn ago(seconds: u64) -> String {
    match seconds {
        0..5 => "now".to_owned(),
        5..120 => format!("{seconds} s ago"),
        _ => format!("{} min ago", grouped(seconds / 60)),
    }
}

fn aside(loaded: &Loaded) -> String {
    let figures = &loaded.figures;
    if figures.most_aside == 0 {
        return "Conversations that make room for others are read again when they go on.".to_owned();
    }
    format!(
        "Of conversations that made room for others, {} of {} are kept aside; {} tokens were brought back.",
        bytes(figures.aside),
        bytes(figures.most_aside),
        grouped(figures.restored)
    )
}

fn troubles(loaded: &Loaded) -> String {
    let figures = &loaded.figures;
    format!(
        "Since it was loaded: {} turned away, {} too late, {} failed, {} left by their readers.",
        grouped(figures.refused),
        grouped(figures.late),
        grouped(figures.failed),
        grouped(figures.left)
    )
}

/// The servers elsewhere.
#[component]
fn Endpoints(endpoints: Vec<EndpointView>) -> impl IntoView {
    let rows = endpoints.into_iter().map(|endpoint| {
        let standing = if endpoint.healthy { "answers" } else { "does not answer" };
        view! { <tr><th scope="row" class="font-normal break-all">{endpoint.address}</th><td>{standing}</td><td>{endpoint.running}</td></tr> }
    });
    view! {
        <section class="section" aria-labelledby="endpoints">
            <h2 id="endpoints">"Servers"</h2>
            <ScrollTable caption="Servers that models run on">
                <thead class="text-muted"><tr><th scope="col">"Address"</th><th scope="col">"State"</th><th scope="col">"Requests now"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </ScrollTable>
        </section>
    }
    .into_any()
}
