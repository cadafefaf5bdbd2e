//! The part of the settings with the tokens of the person's own programs.

use domain::token::{PersonalToken, Scope};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{CreateToken, ProgramsView, RemoveToken, programs};
use crate::ui::{
    Choice, Day, Failed, FormError, Icon, Notice, RadioCards, Skeleton, SubmitButton, TextField, Tone, about,
    failure_of,
};

/// Days that a token may be asked to work for, with the words for them.
const DAYS: [(u32, &str); 4] = [(7, "A week"), (30, "A month"), (90, "Three months"), (365, "A year")];

/// Makes and ends tokens.
#[component]
pub fn ProgramsSection() -> impl IntoView {
    let shown = Resource::new_blocking(|| (), |()| programs());
    let failure = failure_of(ServerAction::<CreateToken>::new());
    let days = DAYS.map(|(days, words)| Choice::new(days.to_string(), words, ""));
    let scopes = [
        Choice::new("read", "See what is yours", "Interviews, reports, progress."),
        Choice::new("write", "See and practise", "Also starts interviews and answers for you."),
    ];
    view! {
        <section class="section" aria-labelledby="programs">
            <h2 id="programs">"Programs"</h2>
            <p class="measure text-muted">
                "A token lets a program of your own use Lodestar in your name. "
                <a class="link" href="/docs" rel="external">"What programs can do"</a>
            </p>
            <Suspense fallback=|| view! { <Skeleton rows=2/> }>
                {move || Suspend::new(async move {
                    match shown.await {
                        Ok(shown) => view! { <Shown shown=shown/> }.into_any(),
                        Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                    }
                })}
            </Suspense>
            <FormError failure=failure fields=&["token_name", "scope", "days"]/>
            <form class="form" method="post" action=CreateToken::url()>
                <TextField label="Name of the program" name="token_name" required=true error=about(failure, "token_name")/>
                <RadioCards legend="It may" name="scope" options=scopes.into() selected="read" error=about(failure, "scope") columns="sm:grid-cols-2"/>
                <RadioCards legend="It works for" name="days" options=days.into() selected="90" error=about(failure, "days") columns="grid-cols-2 sm:grid-cols-4"/>
                <div><SubmitButton>"Make a token"</SubmitButton></div>
            </form>
        </section>
    }
    .into_any()
}

/// The new token's secret, and those that there are.
#[component]
fn Shown(shown: ProgramsView) -> impl IntoView {
    let secret = shown.secret.map(|secret| {
        view! {
            <Notice tone=Tone::Success>
                <p>"Your new token. Copy it now: it is not shown again."</p>
                <p><code class="break-all select-all">{secret}</code></p>
            </Notice>
        }
    });
    let list = (!shown.tokens.is_empty()).then(|| {
        let rows = shown.tokens.into_iter().map(|token| view! { <Row token=token/> });
        view! {
            <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">{rows.collect_view()}</ul>
        }
    });
    view! { {secret}{list} }
}

#[component]
fn Row(token: PersonalToken) -> impl IntoView {
    let may = if token.scopes.contains(&Scope::Write) { "Sees and practises" } else { "Sees what is yours" };
    let used = match token.used_at {
        Some(used) => view! { "last used on "<Day at=used/> }.into_any(),
        None => "not used yet".into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 p-4">
            <div class="min-w-0">
                <p class="font-medium break-words">{token.name.clone()}</p>
                <p class="text-sm text-muted">{may}", until "<Day at=token.expires_at/>"; "{used}</p>
            </div>
            <details class="relative">
                <summary class="btn btn-ghost btn-sm">{Icon::Trash.sized("size-4")}"End"<span class="sr-only">{format!(" {}", token.name)}</span></summary>
                <form class="confirm" method="post" action=RemoveToken::url()>
                    <p>{format!("End the token of {}? The program loses its access at once.", token.name)}</p>
                    <input type="hidden" name="id" value=token.id.to_string() autocomplete="off"/>
                    <SubmitButton class="btn-sm">"End it"</SubmitButton>
                </form>
            </details>
        </li>
    }
}
