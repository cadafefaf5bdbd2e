//! The part of the settings with the weekly digest.

use domain::account::MailSettings;
use leptos::prelude::*;

use super::api::WantDigest;
use super::saved::Saved;
use crate::features::account::api::mail_settings;
use crate::ui::{Failed, FormError, Look, SubmitButton, failure_of};

/// Whether the person wants it.
#[component]
pub fn DigestSection() -> impl IntoView {
    let settings = Resource::new_blocking(|| (), |()| mail_settings());
    view! {
        <section class="section" aria-labelledby="digest">
            <h2 id="digest">"Weekly digest"</h2>
            <Suspense>
                {move || Suspend::new(async move {
                    match settings.await {
                        Ok(settings) => view! { <Wanted settings=settings/> }.into_any(),
                        Err(failure) => view! { <Failed failure=failure/> }.into_any(),
                    }
                })}
            </Suspense>
        </section>
    }
    .into_any()
}

#[component]
fn Wanted(settings: MailSettings) -> impl IntoView {
    let want = ServerAction::<WantDigest>::new();
    let failure = failure_of(want);
    let hint = if settings.verified {
        "What you practised, how your score changed, and one next step. Only after weeks in which you practised."
    } else {
        "What you practised, how your score changed, and one next step. It comes once your address is confirmed."
    };
    view! {
        <Saved what="digest" unless=failure sentence="Your choice is saved."/>
        <FormError failure=failure lost=""/>
        <ActionForm action=want attr:class="form">
            <label class="flex items-start gap-3">
                <input class="checkbox checkbox-sm mt-1" type="checkbox" name="wanted" value="yes" checked=settings.digest aria-describedby="digest-hint"/>
                <span>"Write to me on Mondays, at 08:00 UTC"</span>
            </label>
            <p class="measure text-muted" id="digest-hint">{hint}</p>
            <div><SubmitButton look=Look::Secondary pending=want.pending()>"Save choice"</SubmitButton></div>
        </ActionForm>
    }
    .into_any()
}
