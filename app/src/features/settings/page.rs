//! The settings page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::keyboard::KeyboardSection;
use super::name::NameSection;
use super::password::PasswordSection;
use super::theme_form::ThemeSection;
use crate::features::account::SignOutForm;
use crate::ui::{Notice, PageHeader, Tone};

/// Name, password, theme, keys, and the way out.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let done = use_query_map();
    let confirmed = move || match done.with(|query| query.get("done")).as_deref() {
        Some("name") => Some("Your name is saved."),
        Some("password") => Some("Your new password is saved. Everywhere else you were signed out."),
        _ => None,
    };
    view! {
        <div class="page-narrow">
            <PageHeader title="Settings" sentence="Who you are here, how you sign in, and how it looks on this device."/>
            {move || confirmed().map(|text| view! { <Notice tone=Tone::Success>{text}</Notice> })}
            <NameSection/>
            <PasswordSection/>
            <ThemeSection/>
            <KeyboardSection/>
            <section class="section" aria-labelledby="leave">
                <h2 id="leave">"Leave"</h2>
                <p class="text-muted">"Ends the session on this device. Everything you did stays in your account."</p>
                <div class="justify-self-start"><SignOutForm id="sign-out-here"/></div>
            </section>
        </div>
    }
}
