//! The part of the settings with the person's address.

use domain::account::MailSettings;
use leptos::prelude::*;

use super::saved::Saved;
use crate::features::account::Me;
use crate::features::account::api::{AskChange, AskVerification};
use crate::ui::{FormError, Look, Notice, PasswordField, SubmitButton, TextField, Tone, about, failure_of};

/// Says whether the address is confirmed, and changes it.
#[component]
pub fn AddressSection(
    /// How it stands.
    settings: MailSettings,
) -> impl IntoView {
    let me = expect_context::<Me>();
    view! {
        <section class="section" aria-labelledby="address">
            <h2 id="address">"E-mail address"</h2>
            <p class="break-words">"You sign in with "<strong>{untrack(|| me.email())}</strong>"."</p>
            <Standing settings=settings/>
            <ChangeForm/>
        </section>
    }
    .into_any()
}

/// Whether the address is confirmed, and another link if it is not.
#[component]
fn Standing(settings: MailSettings) -> impl IntoView {
    let ask = ServerAction::<AskVerification>::new();
    let failure = failure_of(ask);
    if settings.verified {
        return view! { <p class="text-muted">"It is confirmed."</p> }.into_any();
    }
    view! {
        <Saved what="verification" unless=failure sentence="The mail is on its way. Look among unwanted mail as well."/>
        <Notice tone=Tone::Info>
            <p>"It is not confirmed yet. Everything works all the same; but should you forget your password, only a confirmed address is sure to be yours. The mail with the link came when you opened the account."</p>
            <ActionForm action=ask attr:class="mt-2">
                <SubmitButton class="btn-sm" look=Look::Secondary pending=ask.pending()>"Send it again"</SubmitButton>
            </ActionForm>
        </Notice>
        <FormError failure=failure lost=""/>
    }
    .into_any()
}

#[component]
fn ChangeForm() -> impl IntoView {
    let change = ServerAction::<AskChange>::new();
    let failure = failure_of(change);
    view! {
        <Saved what="address" unless=failure sentence="A link is on its way to the new address. Until you use it, nothing changes."/>
        <FormError failure=failure fields=&["email", "address_password"]/>
        <ActionForm action=change attr:class="form">
            <TextField label="New address" name="email" kind="email" hint="A link is sent there; it is used once you open it." autocomplete="email" required=true error=about(failure, "email")/>
            <PasswordField label="Your password" name="address_password" autocomplete="current-password" error=about(failure, "address_password")/>
            <div><SubmitButton look=Look::Secondary pending=change.pending()>"Change address"</SubmitButton></div>
        </ActionForm>
    }
    .into_any()
}
