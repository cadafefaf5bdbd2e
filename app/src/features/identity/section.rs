//! Sign-in providers.

use domain::identity::{Identity, Provider};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{EndGrant, Unlink};
use crate::ui::{Day, FormError, Look, Notice, SubmitButton, failure_of};

/// Links and unlinks providers; not there where there are none.
#[component]
pub fn ProvidersSection(providers: Vec<Provider>, identities: Vec<Identity>, password: bool) -> impl IntoView {
    if providers.is_empty() && identities.is_empty() {
        return ().into_any();
    }
    let failure = failure_of(ServerAction::<Unlink>::new());
    let unlinked: Vec<_> = providers
        .iter()
        .filter(|provider| identities.iter().all(|known| known.provider != provider.slug))
        .cloned()
        .collect();
    let rows = identities.into_iter().map(|identity| {
        let provider = providers.iter().find(|provider| provider.slug == identity.provider).cloned();
        view! { <Row identity=identity provider=provider/> }
    });
    let rows = rows.collect_view();
    view! {
        <section class="section" aria-labelledby="providers">
            <h2 id="providers">"Other ways in"</h2>
            <p class="measure text-muted">"Sign in with an account that you have elsewhere. Lodestar learns your name and address there, and nothing more unless you say so."</p>
            {(!password).then(|| view! {
                <Notice><p>"You have no password here. "<a class="link" href="/forgot">"Have a link sent"</a>" to choose one, and you can sign in either way."</p></Notice>
            })}
            <FormError failure=failure lost=""/>
            {(!rows.is_empty()).then(|| view! { <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">{rows}</ul> })}
            <div class="flex flex-wrap gap-3">
                {unlinked.into_iter().map(|provider| view! {
                    <a class=Look::Secondary.class() href=format!("/oauth/{}?for=link", provider.slug) rel="external">{format!("Link {}", provider.name)}</a>
                }).collect_view()}
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Row(identity: Identity, provider: Option<Provider>) -> impl IntoView {
    let Identity { id, provider: slug, email, created_at, used_at, repositories_since } = identity;
    let (name, has_repositories) =
        provider.map_or_else(|| (slug.clone(), false), |provider| (provider.name, provider.has_repositories));
    let told = if email.is_empty() { String::new() } else { format!(" ({email})") };
    let repositories = match repositories_since {
        Some(since) => view! {
            <p class="text-sm">"May read your repositories since "<Day at=since/>"."</p>
            <form method="post" action=EndGrant::url()>
                <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
                <SubmitButton class="btn-sm" look=Look::Quiet>"Stop that"</SubmitButton>
            </form>
        }
        .into_any(),
        None if has_repositories => view! {
            <p class="text-sm"><a class="link" href=format!("/oauth/{slug}?for=repositories") rel="external">"Let Lodestar read your repositories"</a></p>
        }
        .into_any(),
        None => ().into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 p-4">
            <div class="min-w-0">
                <p class="font-medium break-words">{name.clone()}<span class="text-muted">{told}</span></p>
                <p class="text-sm text-muted">"Linked on "<Day at=created_at/>", last used on "<Day at=used_at/></p>
                {repositories}
            </div>
            <details class="relative">
                <summary class="btn btn-ghost btn-sm">"Unlink"<span class="sr-only">{format!(" {name}")}</span></summary>
                <form class="confirm" method="post" action=Unlink::url()>
                    <p>{format!("Unlink {name}? You then sign in here without it.")}</p>
                    <input type="hidden" name="id" value=id.to_string() autocomplete="off"/>
                    <SubmitButton class="btn-sm">"Unlink it"</SubmitButton>
                </form>
            </details>
        </li>
    }
}
