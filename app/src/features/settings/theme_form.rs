//! Where the theme is chosen: in the person menu and in the settings. Both are forms, for pages without a script.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

use super::api::ChooseTheme;
use super::{Theme, Themes};
use crate::ui::{Choice, Look, RadioCards, SubmitButton};

/// Three buttons, of which the pressed one is the theme in use.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let themes = expect_context::<Themes>();
    let buttons = Theme::ALL.map(|theme| {
        let pressed = move || if themes.current() == theme { "true" } else { "false" };
        view! {
            <button class="btn btn-sm join-item flex-1" type="submit" name="theme" value=theme.slug() aria-pressed=pressed on:click=move |event| {
                event.prevent_default();
                themes.choose(theme);
            }>
                {theme.icon().sized("size-4")}{theme.label()}
            </button>
        }
    });
    view! {
        <form class="theme-switch join w-full" method="post" action=ChooseTheme::url() role="group" aria-label="Theme">{buttons.collect_view()}</form>
    }
}

/// The part of the settings with the theme. A choice is kept at once; without a script, by its button.
#[component]
pub fn ThemeSection() -> impl IntoView {
    let themes = expect_context::<Themes>();
    Effect::new(move || mark(themes.current()));
    let hint = |theme| match theme {
        Theme::Light => "Ink on paper.",
        Theme::Dark => "Paper on ink.",
        Theme::System => "As your device is set.",
    };
    let options = Theme::ALL.map(|theme| Choice::new(theme.slug(), theme.label(), hint(theme)));
    let choose = move |event| themes.choose(Theme::from_slug(&event_target_value(&event)));
    view! {
        <section class="section" aria-labelledby="looks">
            <h2 id="looks">"Looks"</h2>
            <form class="form" method="post" action=ChooseTheme::url() on:change=choose>
                <RadioCards legend="Theme of this device" name="theme" options=options.into() selected=untrack(|| themes.current()).slug()/>
                <div class="asleep-only"><SubmitButton look=Look::Secondary>"Save theme"</SubmitButton></div>
            </form>
        </section>
    }
}

/// Marks the card of `theme`, which may have been chosen elsewhere.
fn mark(theme: Theme) {
    let card = document().get_element_by_id(&format!("field-theme-{}", theme.slug()));
    if let Some(card) = card.and_then(|card| card.dyn_into::<HtmlInputElement>().ok()) {
        card.set_checked(true);
    }
}
