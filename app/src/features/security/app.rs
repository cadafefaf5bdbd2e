//! The authenticator app.

use domain::Timestamp;
use domain::second_step::AppOffer;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{ConfirmApp, OfferApp, RemoveApp};
use super::confirmed::{Confirmed, Folded};
use crate::ui::{Day, FormError, Look, SubmitButton, TextField, about, failure_of};

/// Adds the application in two forms, or removes it.
#[component]
pub(super) fn AppSection(since: Option<Timestamp>, offer: Option<AppOffer>, password: bool) -> impl IntoView {
    let inside = match (since, offer) {
        (Some(since), _) => view! { <On since=since password=password/> }.into_any(),
        (None, Some(offer)) => view! { <Offered offer=offer password=password/> }.into_any(),
        (None, None) => view! {
            <p class="measure text-muted">"An app on your phone shows six digits that change every 30 seconds. It needs no network."</p>
            <Begin words="Set up an app" password=password/>
        }
        .into_any(),
    };
    view! {
        <div class="grid gap-3">
            <h3 class="font-semibold" id="app">"Authenticator app"</h3>
            {inside}
        </div>
    }
}

#[component]
fn Begin(words: &'static str, password: bool) -> impl IntoView {
    let failure = failure_of(ServerAction::<OfferApp>::new());
    view! {
        <Folded words=words.to_owned() failure=failure>
            <FormError failure=failure fields=&["app_password"] lost=""/>
            <form class="form" method="post" action=OfferApp::url()>
                <Confirmed password=password name="app_password" failure=failure/>
                <div><SubmitButton look=Look::Secondary>"Show the code to scan"</SubmitButton></div>
            </form>
        </Folded>
    }
}

#[component]
fn Offered(offer: AppOffer, password: bool) -> impl IntoView {
    let failure = failure_of(ServerAction::<ConfirmApp>::new());
    let AppOffer { secret, address, picture } = offer;
    let groups = secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    view! {
        <ol class="list-decimal ps-5 grid gap-3">
            <li>
                <p>"Scan this with your app. On this very phone, "<a class="link" href=address>"open it in the app"</a>"."</p>
                <div class="qr-code mt-3" role="img" aria-label="Code to scan with an authenticator app" inner_html=picture></div>
                <p class="mt-3 text-sm text-muted">"Or type this key: "<code class="select-all break-words">{groups}</code></p>
            </li>
            <li>"Type the six digits that the app shows."</li>
        </ol>
        <FormError failure=failure fields=&["app_code"] lost=""/>
        <form class="form" method="post" action=ConfirmApp::url()>
            <TextField label="Code of the app" name="app_code" autocomplete="one-time-code" required=true error=about(failure, "app_code")/>
            <div><SubmitButton>"Turn it on"</SubmitButton></div>
        </form>
        <Begin words="Begin anew with another key" password=password/>
    }
}

#[component]
fn On(since: Timestamp, password: bool) -> impl IntoView {
    let failure = failure_of(ServerAction::<RemoveApp>::new());
    view! {
        <p>"On since "<Day at=since/>"."</p>
        <Folded words="Remove the app".to_owned() failure=failure>
            <FormError failure=failure fields=&["off_password"] lost=""/>
            <form class="form" method="post" action=RemoveApp::url()>
                <Confirmed password=password name="off_password" failure=failure/>
                <div><SubmitButton look=Look::Secondary>"Remove the app"</SubmitButton></div>
            </form>
        </Folded>
    }
}
