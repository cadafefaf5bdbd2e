//! Trying a model: its answer as it is written, and how quick it was.

use domain::model::{ModelRole, ModelsView, Place, Tried};
use domain::number::tenths;
use futures::StreamExt;
use leptos::html::{Select, Textarea};
use leptos::prelude::*;

use super::api::try_model;
use super::page::Shown;
use super::role_words;
use crate::ui::{Icon, Look, Notice, Tone};

/// What the box starts with.
const EXAMPLE: &str = "In three sentences: how do I prepare for the question about my greatest weakness?";

/// The answer so far.
#[derive(Clone, Default, PartialEq)]
struct Answer {
    text: String,
    /// Where it stands while it waits for others.
    place: Option<Place>,
    end: Option<Tried>,
    running: bool,
    /// Counted up with each try: what comes of an earlier one is not for this answer.
    run: u32,
}

/// A box to write in, and the answer below it.
#[component]
pub fn TrialSection() -> impl IntoView {
    let shown = expect_context::<Shown>();
    let with_model = Memo::new(move |_| shown.view.with(roles));
    view! {
        <section class="section" aria-labelledby="trial">
            <h2 id="trial">"Try a model"</h2>
            {move || {
                let roles = with_model.get();
                if roles.is_empty() {
                    view! { <p class="measure text-muted">"When a model has a role, you can ask it something here and see how quick it is."</p> }.into_any()
                } else {
                    view! { <Trial roles=roles/> }.into_any()
                }
            }}
        </section>
    }
    .into_any()
}

/// The roles that a model has, with its name.
fn roles(view: &ModelsView) -> Vec<(ModelRole, String)> {
    match &view.elsewhere {
        Some(model) => ModelRole::WRITING.map(|role| (role, model.clone())).into(),
        None => view.roles.iter().filter_map(|(role, model)| Some((*role, model.clone()?))).collect(),
    }
}

#[component]
fn Trial(roles: Vec<(ModelRole, String)>) -> impl IntoView {
    let answer = RwSignal::new(Answer::default());
    let (role, prompt) = (NodeRef::<Select>::new(), NodeRef::<Textarea>::new());
    let ask = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(role), Some(prompt)) = (role.get_untracked(), prompt.get_untracked()) else { return };
        let run = answer.with_untracked(|answer| answer.run) + 1;
        answer.set(Answer { running: true, run, ..Answer::default() });
        leptos::task::spawn_local(hear(answer, run, role.value(), prompt.value()));
    };
    let stop = move |_| {
        answer.update(|answer| {
            answer.run += 1;
            answer.running = false;
        });
    };
    let running = Memo::new(move |_| answer.with(|answer| answer.running));
    let options = roles.into_iter().map(|(role, model)| {
        let (label, _) = role_words(role);
        view! { <option value=role.slug()>{format!("{label}: {model}")}</option> }
    });
    view! {
        <form class="grid gap-3" on:submit=ask>
            <div class="grid gap-1.5">
                <label class="field-label" for="trial-role">"Which"</label>
                <select class="select w-full sm:w-96" id="trial-role" node_ref=role>{options.collect_view()}</select>
            </div>
            <div class="grid gap-1.5">
                <label class="field-label" for="trial-prompt">"What to ask"</label>
                <textarea class="textarea w-full" id="trial-prompt" rows="3" maxlength="4000" required=true node_ref=prompt>{EXAMPLE}</textarea>
            </div>
            <div class="flex gap-2">
                <button type="submit" class=Look::Primary.class() disabled=running>{Icon::Send.view()}"Ask"</button>
                {move || running.get().then(|| view! {
                    <button type="button" class=Look::Secondary.class() on:click=stop>{Icon::Stop.sized("size-4")}"Stop"</button>
                })}
            </div>
        </form>
        <noscript><p class="text-sm text-muted">"Trying a model needs JavaScript."</p></noscript>
        <div class="grid gap-2" aria-live="polite" aria-busy=move || running.get().then_some("true")>
            {move || {
                let text = answer.with(|answer| answer.text.clone());
                (!text.is_empty()).then(|| view! { <p class="measure whitespace-pre-line break-words rounded-box bg-base-200 p-4">{text}</p> })
            }}
            {move || answer.with(|answer| answer.place.filter(|_| answer.running)).map(|place| view! {
                <p class="text-sm text-muted">{place.to_string()}</p>
            })}
            {move || answer.with(|answer| answer.end.clone()).map(ending)}
        </div>
    }
    .into_any()
}

/// How quick it was, or what went wrong.
fn ending(end: Tried) -> AnyView {
    match end {
        Tried::End { read, written, first, rate } => {
            let words = format!(
                "{read} tokens read, {written} written. The first came after {} s, then {} tokens a second.",
                tenths(first),
                tenths(rate)
            );
            view! { <p class="text-sm text-muted tabular-nums">{words}</p> }.into_any()
        }
        Tried::Error(message) => view! { <Notice tone=Tone::Error>{message}</Notice> }.into_any(),
        Tried::Waiting(_) | Tried::Text(_) => ().into_any(),
    }
}

/// Takes the answer of one try as it comes.
async fn hear(answer: RwSignal<Answer>, run: u32, role: String, prompt: String) {
    let mine = move || answer.try_with_untracked(|answer| answer.run == run).unwrap_or_default();
    let failed = |message: String| Tried::Error(message);
    let mut rest = String::new();
    match try_model(role, prompt).await {
        Err(failure) if mine() => answer.update(|answer| answer.end = Some(failed(failure.to_string()))),
        Err(_) => return,
        Ok(stream) => {
            let mut chunks = stream.into_inner();
            while let Some(chunk) = chunks.next().await {
                // Leaving the stream is what stops the model.
                if !mine() {
                    return;
                }
                let Ok(chunk) = chunk else {
                    answer.update(|answer| {
                        answer.end = Some(failed("The connection broke. Please try again.".to_owned()))
                    });
                    break;
                };
                rest.push_str(&chunk);
                while let Some((line, after)) = rest.split_once('\n') {
                    match serde_json::from_str(line) {
                        Ok(Tried::Waiting(place)) => answer.update(|answer| answer.place = Some(place)),
                        Ok(Tried::Text(text)) => answer.update(|answer| {
                            answer.place = None;
                            answer.text.push_str(&text);
                        }),
                        Ok(end) => answer.update(|answer| answer.end = Some(end)),
                        Err(_) => {}
                    }
                    rest = after.to_owned();
                }
            }
        }
    }
    answer.update(|answer| answer.running = false);
}
