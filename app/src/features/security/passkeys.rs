//! Passkeys.

use domain::second_step::Passkey;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{AddPasskey, OfferPasskey, RemovePasskey};
use super::confirmed::{Confirmed, Folded};
use crate::ui::{Day, FormError, Look, Notice, SubmitButton, TextField, about, failure_of};

/// Adds and removes passkeys.
#[component]
pub(super) fn PasskeysSection(
    passkeys: Vec<Passkey>,
    /// Whether passkeys can be used on this site.
    able: bool,
    /// What the browser is told, while one is being added.
    new: Option<String>,
    password: bool,
) -> impl IntoView {
    let add = match (able, new) {
        (false, _) => view! { <p class="measure text-muted">"Passkeys work where Lodestar has a name and HTTPS, which is not so at this address."</p> }.into_any(),
        (true, Some(options)) => view! { <Adding options=options/> }.into_any(),
        (true, None) => view! { <Add password=password/> }.into_any(),
    };
    let removal = failure_of(ServerAction::<RemovePasskey>::new());
    let list = (!passkeys.is_empty()).then(|| {
        let rows = passkeys.into_iter().map(|passkey| view! { <Row passkey=passkey password=password/> });
        view! {
            <FormError failure=removal lost=""/>
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">{rows.collect_view()}</ul>
        }
    });
    view! {
        <div class="grid gap-3">
            <h3 class="font-semibold" id="passkeys">"Passkeys"</h3>
            <p class="measure text-muted">"Your phone, computer or a security key confirms that it is you, by fingerprint, face or PIN. Nothing can be typed into a false page."</p>
            {list}
            {add}
        </div>
    }
}

#[component]
fn Add(password: bool) -> impl IntoView {
    let failure = failure_of(ServerAction::<OfferPasskey>::new());
    let refused = failure_of(ServerAction::<AddPasskey>::new());
    view! {
        <FormError failure=refused lost=""/>
        <Folded words="Add a passkey".to_owned() failure=failure>
            <FormError failure=failure fields=&["passkey_name", "passkey_password"] lost=""/>
            <form class="form" method="post" action=OfferPasskey::url()>
                <TextField label="Name" name="passkey_name" hint="What you will know it by, such as “Phone”." required=true error=about(failure, "passkey_name")/>
                <Confirmed password=password name="passkey_password" failure=failure/>
                <div><SubmitButton look=Look::Secondary>"Go on"</SubmitButton></div>
            </form>
        </Folded>
    }
}

#[component]
fn Adding(options: String) -> impl IntoView {
    view! {
        <Notice><p>"Your browser asks you next where to keep the passkey."</p></Notice>
        <form class="form" method="post" action=AddPasskey::url() data-passkey="create" data-options=options>
            <input type="hidden" name="response" autocomplete="off"/>
            <div><SubmitButton>"Make the passkey"</SubmitButton></div>
            <noscript><p class="text-sm text-muted">"Passkeys need JavaScript. An authenticator app works without."</p></noscript>
        </form>
    }
}

#[component]
fn Row(passkey: Passkey, password: bool) -> impl IntoView {
    let Passkey { id, name, created_at, used_at } = passkey;
    let used = match used_at {
        Some(used) => view! { "last used on "<Day at=used/> }.into_any(),
        None => "not used yet".into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 p-4">
            <div class="min-w-0">
                <p class="font-medium break-words">{name.clone()}</p>
                <p class="text-sm text-muted">"Added on "<Day at=created_at/>", "{used}</p>
            </div>
            <details class="relative">
                <summary class="btn btn-ghost btn-sm">"Remove"<span class="sr-only">{format!(" {name}")}</span></summary>
                <form class="confirm" method="post" action=RemovePasskey::url()>
                    <p>{format!("Remove the passkey “{name}”? It opens nothing here any more.")}</p>
                    <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
                    {password.then(|| view! {
                        <label class="grid gap-1 text-sm">"Your password"<input class="input w-full" type="password" name="off_password" autocomplete="current-password" required/></label>
                    })}
                    <SubmitButton class="btn-sm">"Remove it"</SubmitButton>
                </form>
            </details>
        </li>
    }
}
