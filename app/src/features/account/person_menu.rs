//! The menu of the person: who is signed in, the theme, and the way out.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::Me;
use super::api::SignOut;
use crate::features::interview::draft;
use crate::features::settings::ThemeSwitch;
use crate::ui::Icon;

/// What the person menu holds.
#[component]
pub fn PersonMenu(me: Me) -> impl IntoView {
    view! {
        <p class="grid px-1 text-sm">
            <strong class="truncate">{move || me.name()}</strong>
            <span class="truncate text-muted">{move || me.email()}</span>
        </p>
        <ThemeSwitch/>
        <SignOutForm/>
    }
}

/// Ends the session. The form is posted as a page, so that nothing of the person stays in the browser's memory;
/// unsent answers are taken out of its storage.
#[component]
pub fn SignOutForm(
    /// The `id` of the form.
    #[prop(default = SIGN_OUT_FORM)]
    id: &'static str,
) -> impl IntoView {
    view! {
        <form method="post" action=SignOut::url() id=id on:submit=|_| draft::forget_all()>
            <button type="submit" class="btn btn-outline w-full">{Icon::LogOut.view()}"Sign out"</button>
        </form>
    }
}

/// The `id` of the form in the menu.
pub(super) const SIGN_OUT_FORM: &str = "sign-out";
