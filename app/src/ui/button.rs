//! Buttons, and links that look like them.

use leptos::prelude::*;
use leptos_router::components::A;

/// How much a button asks to be pressed. One primary action a region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// The one thing to do here.
    #[default]
    Primary,
    /// Another thing that can be done.
    Secondary,
    /// A thing that is rarely done.
    Quiet,
}

impl Look {
    /// The classes of a button with this look.
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn btn-outline",
            Self::Quiet => "btn btn-ghost",
        }
    }
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(
    /// A path on this site.
    #[prop(into)]
    href: String,
    /// How much it asks for.
    #[prop(optional)]
    look: Look,
    /// The words, and an icon perhaps.
    children: Children,
) -> impl IntoView {
    view! { <A href=href attr:class=look.class()>{children()}</A> }
}

/// The button that sends its form. While the form is on its way it cannot be pressed again; its
/// name stays the same.
#[component]
pub fn SubmitButton(
    /// The form is on its way: `action.pending()`.
    #[prop(optional, into)]
    pending: Signal<bool>,
    /// How much it asks for.
    #[prop(optional)]
    look: Look,
    /// Further classes.
    #[prop(default = "")]
    class: &'static str,
    /// The words, and an icon perhaps.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class=format!("{} {class}", look.class()) disabled=pending aria-busy=move || pending.get().then_some("true")>
            <span class="loading loading-spinner loading-xs" class:hidden=move || !pending.get() aria-hidden="true"></span>
            {children()}
        </button>
    }
}
