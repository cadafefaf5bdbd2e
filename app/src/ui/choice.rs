//! One of a few values, all of them in sight.

use leptos::prelude::*;

use super::Icon;
use super::labelled::id;

/// A value that [`RadioCards`] offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The value that is sent.
    pub value: String,
    /// Its words.
    pub label: String,
    /// One short sentence on what it means; may be empty.
    pub hint: String,
}

impl Choice {
    /// A choice with a sentence on what it means.
    pub fn new(value: impl Into<String>, label: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: hint.into() }
    }
}

/// Cards of which one is chosen: radio buttons in a named group, with large targets.
#[component]
pub fn RadioCards(
    /// What is chosen: the group's name.
    legend: &'static str,
    /// The name that is sent; unique on the page.
    name: &'static str,
    /// The values, in the order in which they are offered.
    options: Vec<Choice>,
    /// The value it starts with.
    #[prop(optional, into)]
    selected: String,
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// How many stand side by side where there is room, as a grid class.
    #[prop(default = "sm:grid-cols-3")]
    columns: &'static str,
) -> impl IntoView {
    let error_id = format!("{}-error", id(name));
    let described_by = {
        let error_id = error_id.clone();
        move || error.with(Option::is_some).then(|| error_id.clone())
    };
    let cards = options.into_iter().map(|choice| {
        let checked = choice.value == selected;
        view! { <Card name=name choice=choice checked=checked/> }
    });
    view! {
        <fieldset class="field" id=id(name) tabindex="-1" aria-describedby=described_by>
            <legend class="field-label">{legend}</legend>
            <div class=format!("grid gap-2 {columns}")>{cards.collect_view()}</div>
            {move || {
                let error_id = error_id.clone();
                error.get().map(|error| {
                    view! { <p class="field-error" id=error_id>{Icon::CircleAlert.sized("size-4 mt-0.5")}<span>{error}</span></p> }
                })
            }}
        </fieldset>
    }
}

/// One card. Its words are its name, the sentence below describes it.
#[component]
fn Card(name: &'static str, choice: Choice, checked: bool) -> impl IntoView {
    let card = format!("{}-{}", id(name), choice.value);
    let (words, hint) = (format!("{card}-words"), format!("{card}-hint"));
    let describes = (!choice.hint.is_empty()).then(|| hint.clone());
    view! {
        <label class="choice">
            <input class="radio radio-sm mt-0.5" type="radio" id=card name=name value=choice.value checked=checked aria-labelledby=words.clone() aria-describedby=describes/>
            <span class="min-w-0">
                <span class="block font-medium" id=words>{choice.label}</span>
                {(!choice.hint.is_empty()).then(|| view! { <span class="block text-sm text-muted" id=hint>{choice.hint}</span> })}
            </span>
        </label>
    }
}
