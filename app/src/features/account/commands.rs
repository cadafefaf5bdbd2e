//! What the palette offers.

use domain::account::Standing;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlFormElement;
use leptos_router::hooks::use_navigate;

use super::Me;
use super::person_menu::SIGN_OUT_FORM;
use crate::features::settings::{Theme, Themes};
use crate::ui::{Command, Icon};

/// Pages first, then actions.
pub(super) fn commands(me: Me) -> Vec<Command> {
    let themes = expect_context::<Themes>();
    let go = |label, icon, path: &'static str| {
        let navigate = use_navigate();
        Command { label, icon, run: Callback::new(move |()| navigate(path, Default::default())) }
    };
    let theme =
        |label, theme: Theme| Command { label, icon: theme.icon(), run: Callback::new(move |()| themes.choose(theme)) };
    let mut commands = vec![
        go("Today", Icon::Sunrise, "/dashboard"),
        go("Start an interview", Icon::Message, "/interview"),
        go("Settings", Icon::Settings, "/settings"),
    ];
    match me.standing() {
        Standing::Member => {}
        Standing::Mentor => commands.push(go("People", Icon::Users, "/mentoring")),
        Standing::Admin => commands.extend([
            go("Models", Icon::Cpu, "/admin/models"),
            go("Background tasks", Icon::List, "/admin/tasks"),
            go("Mail", Icon::Send, "/admin/mail"),
            go("People", Icon::Users, "/admin/people"),
        ]),
    }
    commands.extend([
        theme("Light theme", Theme::Light),
        theme("Dark theme", Theme::Dark),
        theme("Theme of the system", Theme::System),
        Command { label: "Sign out", icon: Icon::LogOut, run: Callback::new(|()| sign_out()) },
    ]);
    commands
}

/// Sends the form of the person menu.
fn sign_out() {
    let form = document().get_element_by_id(SIGN_OUT_FORM).and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    if let Some(form) = form {
        // As if its button were pressed. It fails only for a form that is not in the document.
        let _ = form.request_submit();
    }
}
