//! Form controls with a label, a hint and a message, tied together for screen readers.

use leptos::html::Textarea;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use super::Icon;

/// The `id` of the control with that name. Names are unique on a page.
pub(super) fn id(name: &str) -> String {
    format!("field-{name}")
}

/// Moves the keyboard to `element`.
pub(super) fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // A control that cannot take the focus keeps it where it is: no harm.
        let _ = element.focus();
    }
}

/// What every control shares: its name, words and message.
#[derive(Clone, Copy)]
struct About {
    name: &'static str,
    hint: Option<&'static str>,
    error: Signal<Option<String>>,
}

impl About {
    fn described_by(self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", id(self.name)));
        let error = self.error.with(Option::is_some).then(|| format!("{}-error", id(self.name)));
        let parts: Vec<_> = hint.into_iter().chain(error).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    fn invalid(self) -> Option<&'static str> {
        self.error.with(Option::is_some).then_some("true")
    }
}

/// Label, hint and message around a control.
#[component]
fn Labelled(about: About, label: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for=id(about.name)>{label}</label>
            {about.hint.map(|hint| view! { <p class="field-hint" id=format!("{}-hint", id(about.name))>{hint}</p> })}
            {children()}
            <Message about=about/>
        </div>
    }
}

/// What is wrong with a control's value.
#[component]
fn Message(about: About) -> impl IntoView {
    move || {
        about.error.get().map(|error| {
            view! {
                <p class="field-error" id=format!("{}-error", id(about.name))>
                    {Icon::CircleAlert.sized("size-4 mt-0.5")}
                    <span>{error}</span>
                </p>
            }
        })
    }
}

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
                aria-invalid=move || about.invalid()
                aria-describedby=move || about.described_by()
            >
                {options.collect_view()}
            </select>
        </Labelled>
    }
}

/// Several lines of text.
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
    /// How many characters it takes; zero for any number.
    #[prop(optional)]
    longest: u32,
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
                maxlength=(longest > 0).then_some(longest)
                required=required
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
