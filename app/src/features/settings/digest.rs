//! The part of the settings with the weekly digest.

use domain::account::MailSettings;
use leptos::prelude::*;

use super::api::WantDigest;
use super::saved::Saved;
use crate::ui::{FormError, Look, SubmitButton, failure_of};

/// Whether the person wants it.
#[component]
pub fn DigestSection(
    /// How that stands.
    settings: MailSettings,
) -> impl IntoView {
    let want = ServerAction::<WantDigest>::new();
    let failure = failure_of(want);
    let hint = if settings.verified {
        "What you practised, how your score changed, and one next step. Only after weeks in which you practised."
    } else {
        "What you practised, how your score changed, and one next step. It comes once your address is confirmed."
    };
    view! {
        <section class="section" aria-labelledby="digest">
            <h2 id="digest">"Weekly digest"</h2>
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
        </section>
    }
    .into_any()
}
