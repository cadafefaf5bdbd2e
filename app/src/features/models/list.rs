//! The models that there are, with what can be done with each.

use domain::model::{Memory, ModelState, ModelView, Pull};
use domain::number::{bytes, grouped};
use leptos::prelude::*;

use super::api::{CancelPull, PullModel, RemoveModel};
use super::figures::Meter;
use super::page::Shown;
use super::role_words;
use crate::ui::{Icon, Look, Notice, SubmitButton, Tone};

/// All of them.
#[component]
pub fn ModelList() -> impl IntoView {
    let shown = expect_context::<Shown>();
    let names = Memo::new(move |_| {
        shown.view.with(|view| view.models.iter().map(|model| model.name.clone()).collect::<Vec<_>>())
    });
    view! {
        <section class="section" aria-labelledby="models">
            <h2 id="models">"Models"</h2>
            <p class="measure text-muted">"All but the embedding model are optional, and fetched only when you ask for it. What comes must have the sha256 that Lodestar knows."</p>
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">
                <For each=move || names.get() key=Clone::clone let:name><Entry name=name/></For>
            </ul>
        </section>
    }
    .into_any()
}

/// One model. Only what changes is drawn anew, so that the focus stays.
#[component]
fn Entry(name: String) -> impl IntoView {
    let shown = expect_context::<Shown>();
    let find = move |view: &domain::model::ModelsView| view.models.iter().find(|model| model.name == name).cloned();
    let model = Memo::new(move |_| shown.view.with(&find));
    let memory = Memo::new(move |_| shown.view.with(|view| view.memory));
    move || {
        model.get().map(|model| {
            let facts = facts(&model);
            view! {
                <li class="grid grid-cols-1 gap-3 p-4">
                    <div class="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
                        <div class="min-w-0">
                            <h3 class="font-semibold break-words">{model.name.clone()}</h3>
                            <p class="measure">{model.about.clone()}</p>
                        </div>
                        <div class="flex items-center gap-2"><Standing model=model.clone()/><Action model=model.clone()/></div>
                    </div>
                    <p class="text-sm text-muted">{facts}{fit(&model, memory.get())}</p>
                    <Trouble model=model/>
                </li>
            }
            .into_any()
        })
    }
}

/// What is known of a model, in one line.
fn facts(model: &ModelView) -> String {
    let (role, _) = role_words(model.role);
    let mut facts = vec![role.to_owned(), format!("{} on disk", bytes(model.size))];
    if model.context > 0 {
        facts.push(format!("reads {} tokens at once", grouped(model.context)));
    }
    if !model.licence.is_empty() {
        facts.push(format!("licence {}", model.licence));
    }
    facts.join(" · ")
}

/// Whether it fits into memory.
fn fit(model: &ModelView, memory: Memory) -> String {
    match model.memory {
        0 => String::new(),
        need if need > memory.limit => {
            format!(" · needs {} of memory, more than the {} that models may take", bytes(need), bytes(memory.limit))
        }
        need => format!(" · needs {} of memory", bytes(need)),
    }
}

/// Whether it is here, in a word.
#[component]
fn Standing(model: ModelView) -> impl IntoView {
    let (icon, word) = match &model.state {
        ModelState::Installed(_) if model.loaded => (Icon::CircleCheck, "in memory"),
        ModelState::Installed(_) => (Icon::CircleCheck, "installed"),
        ModelState::Absent => (Icon::CircleDashed, "not here"),
        ModelState::Damaged(_) => (Icon::CircleAlert, "damaged"),
        ModelState::Pulling(_) => (Icon::Download, "on its way"),
        ModelState::Failed(_) => (Icon::CircleAlert, "not fetched"),
    };
    view! { <span class="flex items-center gap-1.5 text-sm whitespace-nowrap">{icon.sized("size-4")}{word}</span> }
}

/// What can be done with it.
#[component]
fn Action(model: ModelView) -> impl IntoView {
    let shown = expect_context::<Shown>();
    let name = model.name.clone();
    match &model.state {
        ModelState::Absent | ModelState::Damaged(_) | ModelState::Failed(_) => {
            let pull = ServerAction::<PullModel>::new();
            Effect::new(move || _ = pull.value().get().map(|outcome| shown.changed(outcome)));
            let again = !matches!(model.state, ModelState::Absent);
            view! {
                <ActionForm action=pull>
                    <input type="hidden" name="model" value=name.clone() autocomplete="off"/>
                    <SubmitButton class="btn-sm" look=Look::Secondary pending=pull.pending()>
                        {Icon::Download.sized("size-4")}{if again { "Fetch again" } else { "Fetch" }}<span class="sr-only">{format!(" {name}")}</span>
                    </SubmitButton>
                </ActionForm>
            }
            .into_any()
        }
        ModelState::Pulling(_) => {
            let cancel = ServerAction::<CancelPull>::new();
            Effect::new(move || _ = cancel.value().get().map(|outcome| shown.changed(outcome)));
            view! {
                <ActionForm action=cancel>
                    <input type="hidden" name="model" value=name.clone() autocomplete="off"/>
                    <SubmitButton class="btn-sm" look=Look::Secondary pending=cancel.pending()>
                        {Icon::X.sized("size-4")}"Cancel"<span class="sr-only">{format!(" fetching {name}")}</span>
                    </SubmitButton>
                </ActionForm>
            }
            .into_any()
        }
        // The embedding model and files of the operator's own stay.
        ModelState::Installed(sha256) if sha256.is_empty() || model.role == domain::model::ModelRole::Embedding => {
            ().into_any()
        }
        ModelState::Installed(_) => view! { <Remove name=name size=model.size/> }.into_any(),
    }
}

/// Removes a model, after a second press: to fetch it again takes long.
#[component]
fn Remove(name: String, size: u64) -> impl IntoView {
    let shown = expect_context::<Shown>();
    let remove = ServerAction::<RemoveModel>::new();
    Effect::new(move || _ = remove.value().get().map(|outcome| shown.changed(outcome)));
    view! {
        <details class="relative">
            <summary class="btn btn-ghost btn-sm">{Icon::Trash.sized("size-4")}"Remove"<span class="sr-only">{format!(" {name}")}</span></summary>
            <ActionForm action=remove attr:class="confirm">
                <p>{format!("Remove {name} and free {}? To use it again it must be fetched again.", bytes(size))}</p>
                <input type="hidden" name="model" value=name autocomplete="off"/>
                <SubmitButton class="btn-sm" pending=remove.pending()>"Remove it"</SubmitButton>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// How a pull goes, or what is wrong.
#[component]
fn Trouble(model: ModelView) -> impl IntoView {
    match model.state {
        ModelState::Pulling(pull) => view! { <Pulling pull=pull/> }.into_any(),
        ModelState::Failed(reason) | ModelState::Damaged(reason) => {
            view! { <Notice tone=Tone::Error><p class="whitespace-pre-line break-words">{reason}</p></Notice> }
                .into_any()
        }
        ModelState::Installed(sha256) if !sha256.is_empty() => {
            view! { <p class="text-xs text-muted break-all">"sha256 "{sha256}</p> }.into_any()
        }
        ModelState::Absent | ModelState::Installed(_) => ().into_any(),
    }
}

#[component]
fn Pulling(pull: Pull) -> impl IntoView {
    let (done, total) = (pull.done, pull.total);
    let amount = (total > 0).then(|| format!("{} of {}", bytes(done), bytes(total)));
    let rate = (pull.rate > 0).then(|| format!("{}/s", bytes(pull.rate)));
    let left = (pull.rate > 0 && total > done).then(|| minutes((total - done) / pull.rate));
    let figures: Vec<_> = [amount, rate, left].into_iter().flatten().collect();
    view! {
        <div class="grid gap-1">
            <p class="text-sm break-words">{pull.step}</p>
            <Meter label="How much of the model is here" part=Signal::stored(done) whole=Signal::stored(total)/>
            <p class="text-sm text-muted tabular-nums">{figures.join(" · ")}</p>
        </div>
    }
}

fn minutes(seconds: u64) -> String {
    match seconds {
        0..60 => "less than a minute left".to_owned(),
        60..120 => "about a minute left".to_owned(),
        _ => format!("about {} minutes left", grouped(seconds.div_ceil(60))),
    }
}
