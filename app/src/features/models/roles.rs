//! Which model does what.

use domain::model::{ModelRole, ModelState, ModelsView};
use leptos::prelude::*;

use super::api::GiveRole;
use super::page::Shown;
use super::role_words;
use crate::ui::{Look, Notice, SubmitButton, Tone, failure_of};

/// What the built-in coach is called where a model could stand.
const BUILT_IN: &str = "The built-in coach";

/// A form for each role.
#[component]
pub fn RolesSection() -> impl IntoView {
    view! {
        <section class="section" aria-labelledby="roles">
            <h2 id="roles">"Roles"</h2>
            <p class="measure text-muted">"What no model does is done by the built-in coach: its sentences are written by people, and it needs no memory."</p>
            <div class="grid gap-5">{ModelRole::WRITING.map(|role| view! { <RoleForm role=role/> }).collect_view()}</div>
        </section>
    }
    .into_any()
}

/// The models that can have a role: what is installed and writes.
fn candidates(view: &ModelsView) -> Vec<String> {
    let fits = |model: &&domain::model::ModelView| {
        model.role != ModelRole::Embedding && matches!(model.state, ModelState::Installed(_))
    };
    view.models.iter().filter(fits).map(|model| model.name.clone()).collect()
}

#[component]
fn RoleForm(role: ModelRole) -> impl IntoView {
    let shown = expect_context::<Shown>();
    let give = ServerAction::<GiveRole>::new();
    let failure = failure_of(give);
    Effect::new(move || {
        if let Some(Ok(())) = give.value().get() {
            shown.changed(Ok(()));
        }
    });
    let given = Memo::new(move |_| {
        shown.view.with(|view| view.roles.iter().find(|(other, _)| *other == role).and_then(|(_, model)| model.clone()))
    });
    let models = Memo::new(move |_| shown.view.with(candidates));
    let (label, about) = role_words(role);
    let id = format!("role-{}", role.slug());
    let hint = format!("{id}-hint");
    let options = move || {
        let given = given.get().unwrap_or_default();
        let option = |value: String, words: String| {
            let selected = value == given;
            view! { <option value=value selected=selected>{words}</option> }
        };
        let models = models.get().into_iter().map(|model| option(model.clone(), model)).collect_view();
        view! { {option(String::new(), BUILT_IN.to_owned())} {models} }
    };
    let saved = move || {
        let done = matches!(give.value().get(), Some(Ok(()))) && !give.pending().get();
        done.then(|| {
            let who = given.get().unwrap_or_else(|| BUILT_IN.to_owned());
            view! { <Notice tone=Tone::Success>{format!("{who} has this role now.")}</Notice> }
        })
    };
    view! {
        <ActionForm action=give attr:class="grid gap-2">
            <label class="field-label" for=id.clone()>{label}</label>
            <p class="text-sm text-muted" id=hint.clone()>{about}</p>
            <input type="hidden" name="role" value=role.slug() autocomplete="off"/>
            <div class="flex flex-wrap gap-2">
                <select class="select w-full sm:w-80" id=id name="model" aria-describedby=hint>{options}</select>
                <SubmitButton look=Look::Secondary pending=give.pending()>"Save"<span class="sr-only">{format!(" who does {label}")}</span></SubmitButton>
            </div>
            <p class="text-sm text-muted empty:hidden" role="status">
                {move || give.pending().get().then_some("Loading the model. A large one takes a while.")}
            </p>
            {saved}
            {move || failure.get().map(|failure| view! { <Notice tone=Tone::Error>{failure.to_string()}</Notice> })}
        </ActionForm>
    }
    .into_any()
}
