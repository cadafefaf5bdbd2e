//! The page `/settings/sharing`: with whom one shares one's practice. It works without scripts and ships none.

use domain::share::Share;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::api::{BeginShare, EndShare, shares};
use crate::features::settings::Saved;
use crate::ui::{
    Day, EmptyState, Failed, FormError, Icon, PageHeader, Skeleton, SubmitButton, TextField, about, failure_of,
};

/// Shows `/settings/sharing`.
#[component]
pub fn SharingPage() -> impl IntoView {
    let shown = Resource::new_blocking(|| (), |()| shares());
    let failure = failure_of(ServerAction::<BeginShare>::new());
    let ended = failure_of(ServerAction::<EndShare>::new());
    view! {
        <div class="page-narrow">
            <PageHeader title="Sharing" sentence="Let a mentor see how you practise. You can end that at any time."/>
            <p><a class="link" href="/settings">"All settings"</a></p>
            <section class="section" aria-labelledby="mentors">
                <h2 id="mentors">"Who sees your practice"</h2>
                <Saved what="begun" unless=failure sentence="Saved. If this is the confirmed address of a mentor here, they see your practice from now on."/>
                <Saved what="ended" unless=ended sentence="Ended. Nobody sees your practice by it any more."/>
                <FormError failure=ended lost=""/>
                <Suspense fallback=|| view! { <Skeleton rows=2/> }>
                    {move || Suspend::new(async move {
                        match shown.await {
                            Ok(shares) => view! { <Shares shares=shares/> }.into_any(),
                            Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                        }
                    })}
                </Suspense>
            </section>
            <section class="section" aria-labelledby="share">
                <h2 id="share">"Share with a mentor"</h2>
                <p class="measure text-muted">"A mentor sees your name and address, your interviews with their reports, and your scores over time. They see neither postings that you pasted nor your settings, and can change nothing."</p>
                <FormError failure=failure fields=&["email"]/>
                <form class="form" method="post" action=BeginShare::url()>
                    <TextField
                        label="Your mentor's e-mail address"
                        name="email"
                        kind="email"
                        autocomplete="off"
                        required=true
                        hint="Ask your mentor which address they use here. So that nobody can find out who has an account, this page does not say whether it is a mentor's."
                        error=about(failure, "email")
                    />
                    <div><SubmitButton>"Share my practice"</SubmitButton></div>
                </form>
            </section>
        </div>
    }
}

/// Those with whom one shares, or that there are none.
#[component]
fn Shares(shares: Vec<Share>) -> impl IntoView {
    if shares.is_empty() {
        let text = "Your practice is yours alone. Somebody you share it with appears here, and one button ends it.";
        return view! { <EmptyState icon=Icon::Lock title="You share with nobody" text=text/> }.into_any();
    }
    let rows = shares.into_iter().map(|share| view! { <Row share=share/> });
    view! {
        <ul class="grid grid-cols-1 divide-y divide-base-300 rounded-box border border-base-300">{rows.collect_view()}</ul>
    }
    .into_any()
}

#[component]
fn Row(share: Share) -> impl IntoView {
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 p-4">
            <div class="min-w-0">
                <p class="font-medium break-all">{share.email.clone()}</p>
                <p class="text-sm text-muted">"Since "<Day at=share.since/></p>
            </div>
            <form method="post" action=EndShare::url()>
                <input type="hidden" name="id" value=share.id.to_string() autocomplete="off"/>
                <button type="submit" class="btn btn-ghost btn-sm">{Icon::X.sized("size-4")}"End"<span class="sr-only">{format!(" sharing with {}", share.email)}</span></button>
            </form>
        </li>
    }
    .into_any()
}
