//! Form controls.

use leptos::html::Textarea;
use leptos::prelude::*;

use super::labelled::{About, Labelled, id};

/// One line of text.
#[component]
pub fn TextField(
    /// The words above it, and its accessible name.
    label: &'static str,
    /// The name that is sent; unique on the page.
    name: &'static str,
    /// "text", "email", "number"...
    #[prop(default = "text")]
    kind: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whose value the browser may offer, as in HTML.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let about = About { name, hint, error };
    view! {
        <Labelled about=about label=label>
            <input
                class="input w-full"
                class:input-error=move || error.with(Option::is_some)
                id=id(name)
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                required=required
                autofocus=about.first()
                aria-invalid=move || about.invalid()
                aria-describedby=move || about.described_by()
            />
        </Labelled>
    }
}

/// A password. It never starts with a value.
#[component]
pub fn PasswordField(
    /// The words above it, and its accessible name.
    label: &'static str,
    /// The name that is sent; unique on the page.
    name: &'static str,
    /// "current-password" or "new-password".
    autocomplete: &'static str,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let about = About { name, hint, error };
    view! {
        <Labelled about=about label=label>
            <input
                class="input w-full"
                class:input-error=move || error.with(Option::is_some)
                id=id(name)
                name=name
                type="password"
                autocomplete=autocomplete
                required=true
                autofocus=about.first()
                aria-invalid=move || about.invalid()
                aria-describedby=move || about.described_by()
            />
        </Labelled>
    }
}

/// One of several values, in a list that opens.
#[component]
pub fn SelectField(
    /// The words above it, and its accessible name.
    label: &'static str,
    /// The name that is sent; unique on the page.
    name: &'static str,
    /// Values with their words, in the order in which they are offered.
    options: Vec<(String, String)>,
    /// The value it starts with.
    #[prop(optional, into)]
    selected: String,
    /// What helps to choose.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What is wrong with the choice.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let about = About { name, hint, error };
    let options = options.into_iter().map(move |(value, words)| {
        let selected = value == selected;
        view! { <option value=value selected=selected>{words}</option> }
    });
    view! {
        <Labelled about=about label=label>
            <select
                class="select w-full"
                class:select-error=move || error.with(Option::is_some)
                id=id(name)
                name=name
                autofocus=about.first()
                aria-invalid=move || about.invalid()
                aria-describedby=move || about.described_by()
            >
                {options.collect_view()}
            </select>
        </Labelled>
    }
}

/// Several lines of text. There is no `maxlength`: browsers cut what is pasted without a word, while
/// the server says by how much it is too long.
#[component]
pub fn TextAreaField(
    /// The words above it, and its accessible name.
    label: &'static str,
    /// The name that is sent; unique on the page.
    name: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: String,
    /// Lines shown at first.
    #[prop(default = 6)]
    rows: u32,
    /// What helps to fill it in.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// To read it and to move the keyboard to it.
    #[prop(optional)]
    node_ref: NodeRef<Textarea>,
) -> impl IntoView {
    let about = About { name, hint, error };
    view! {
        <Labelled about=about label=label>
            // As inner HTML, because an empty text child would be rendered as a space.
            <textarea
                node_ref=node_ref
                class="textarea w-full"
                class:textarea-error=move || error.with(Option::is_some)
                id=id(name)
                name=name
                rows=rows
                required=required
                autofocus=about.first()
                aria-invalid=move || about.invalid()
                aria-describedby=move || about.described_by()
                inner_html=escaped(&value)
            ></textarea>
        </Labelled>
    }
}

/// Text as HTML that shows it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
