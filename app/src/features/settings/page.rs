//! The settings page.

use leptos::prelude::*;

use super::address::AddressSection;
use super::api::{SettingsView, settings};
use super::digest::DigestSection;
use super::generated::GeneratedSection;
use super::keyboard::KeyboardSection;
use super::name::NameSection;
use super::password::PasswordSection;
use super::theme_form::ThemeSection;
use crate::features::account::SignOutForm;
use crate::ui::{FailedPage, Look, PageHeader, Skeleton};

/// Name, address, password, digest, theme, keys, programs, one's own data, and the way out.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let page = Resource::new_blocking(|| (), |()| settings());
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6/> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(view) => view! { <Settings view=view/> }.into_any(),
                    Err(failure) => view! { <FailedPage failure=failure/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Settings(view: SettingsView) -> impl IntoView {
    view! {
        <div class="page-narrow">
            <PageHeader title="Settings" sentence="Who you are here, how you sign in, and how it looks on this device."/>
            <NameSection/>
            <AddressSection settings=view.mail/>
            <PasswordSection/>
            <DigestSection settings=view.mail/>
            <ThemeSection/>
            <KeyboardSection/>
            <GeneratedSection today=view.today/>
            <section class="section" aria-labelledby="security">
                <h2 id="security">"Signing in"</h2>
                <p class="measure text-muted">"Where you are signed in, a second step such as a passkey, and other ways to sign in."</p>
                <div><a class=Look::Secondary.class() href="/settings/security" rel="external">"Signing in"</a></div>
            </section>
            <section class="section" aria-labelledby="sharing">
                <h2 id="sharing">"Sharing"</h2>
                <p class="measure text-muted">"Let a mentor see your interviews with their reports, and end that at any time."</p>
                <div><a class=Look::Secondary.class() href="/settings/sharing" rel="external">"Sharing"</a></div>
            </section>
            <section class="section" aria-labelledby="own">
                <h2 id="own">"Programs and data"</h2>
                <p class="measure text-muted">"Tokens for programs of your own, everything that Lodestar keeps about you as one file, and removing your account."</p>
                <div><a class=Look::Secondary.class() href="/settings/data" rel="external">"Programs and data"</a></div>
            </section>
            <section class="section" aria-labelledby="leave">
                <h2 id="leave">"Leave"</h2>
                <p class="text-muted">"Ends the session on this device. Everything you did stays in your account."</p>
                <div class="justify-self-start"><SignOutForm id="sign-out-here"/></div>
            </section>
        </div>
    }
    .into_any()
}
