//! The page `/settings/security`.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::{SecurityView, security};
use super::app::AppSection;
use super::codes::{CodesSection, NewCodes};
use super::passkeys::PasskeysSection;
use super::second::PasskeyScript;
use super::sessions::SessionsSection;
use crate::features::identity::ProvidersSection;
use crate::ui::{Failed, Notice, PageHeader, Skeleton};

/// Shows how the person signs in.
#[component]
pub fn SecurityPage() -> impl IntoView {
    let adding = use_query_map().with_untracked(|query| query.get_str("add") == Some("passkey"));
    let shown = Resource::new_blocking(|| (), move |()| security(adding));
    view! {
        <div class="page-narrow">
            <PageHeader title="Signing in" sentence="Where you are signed in, what it takes, and other ways in."/>
            <p><a class="link" href="/settings">"All settings"</a></p>
            <Suspense fallback=|| view! { <Skeleton rows=6/> }>
                {move || Suspend::new(async move {
                    match shown.await {
                        Ok(shown) => view! { <Shown shown=shown/> }.into_any(),
                        Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                    }
                })}
            </Suspense>
            <PasskeyScript/>
        </div>
    }
}

#[component]
fn Shown(shown: SecurityView) -> impl IntoView {
    let SecurityView { sessions, steps, app, passkeys, new_passkey, codes, password, providers, identities } = shown;
    let (is_on, left) = (steps.is_on(), steps.recovery_codes);
    let lead = if is_on {
        "On. After your password, signing in takes one of these."
    } else {
        "Off. With a second step, a stolen password alone opens nothing."
    };
    view! {
        <NewCodes codes=codes/>
        <SessionsSection sessions=sessions/>
        <section class="section" aria-labelledby="second">
            <h2 id="second">"Second step"</h2>
            <p class="measure text-muted">{lead}</p>
            {(!password).then(|| view! {
                <Notice><p>"You have no password: you sign in by a provider. The second step is asked for there as well."</p></Notice>
            })}
            <AppSection since=steps.app_since offer=app password=password/>
            <PasskeysSection passkeys=steps.passkeys able=passkeys new=new_passkey password=password/>
            {is_on.then(|| view! { <CodesSection left=left password=password/> })}
        </section>
        <ProvidersSection providers=providers identities=identities password=password/>
    }
}
