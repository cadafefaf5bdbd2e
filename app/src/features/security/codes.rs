//! Recovery codes.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::RenewCodes;
use super::confirmed::{Confirmed, Folded};
use crate::ui::{FormError, Look, Notice, SubmitButton, Tone, failure_of};

/// Few enough for new ones to be worth the trouble.
const FEW: u32 = 3;

/// Codes that were just made, to be written down.
#[component]
pub(super) fn NewCodes(codes: Vec<String>) -> impl IntoView {
    (!codes.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="codes">
                <h2 id="codes">"Your recovery codes"</h2>
                <Notice tone=Tone::Success>
                    <p>"Each of these signs you in once, when your phone or key is lost. Print them or write them down now: they are not shown again."</p>
                </Notice>
                <ul class="grid gap-2 sm:grid-cols-2 list-none p-0">
                    {codes.into_iter().map(|code| view! { <li><code class="select-all">{code}</code></li> }).collect_view()}
                </ul>
            </section>
        }
    })
}

/// How many are left, and new ones.
#[component]
pub(super) fn CodesSection(left: u32, password: bool) -> impl IntoView {
    let failure = failure_of(ServerAction::<RenewCodes>::new());
    let words = match left {
        0 => "None is left. Make new ones, or a lost phone locks you out.".to_owned(),
        1 => "One is left.".to_owned(),
        left => format!("{left} are left."),
    };
    view! {
        <div class="grid gap-3">
            <h3 class="font-semibold" id="recovery">"Recovery codes"</h3>
            <p class="measure text-muted">"Codes on paper, for when your phone or key is lost."</p>
            <p class:text-warning=left <= FEW>{words}</p>
            <Folded words="Make new codes".to_owned() failure=failure>
                <p class="measure text-sm text-muted">"The ones you have stop working."</p>
                <FormError failure=failure fields=&["codes_password"] lost=""/>
                <form class="form" method="post" action=RenewCodes::url()>
                    <Confirmed password=password name="codes_password" failure=failure/>
                    <div><SubmitButton look=Look::Secondary>"Make new codes"</SubmitButton></div>
                </form>
            </Folded>
        </div>
    }
}
