//! The pages behind the links that confirm an address: that of the account, or a new one.

use domain::account::LinkPurpose;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use super::api::{ChangeAddress, VerifyAddress};
use super::link::LinkPage;
use crate::error::Failure;
use crate::ui::{ButtonLink, FormError, PageHeader, PublicFrame, SubmitButton, failure_of};

/// Confirms the address of the account.
#[component]
pub fn VerifyPage() -> impl IntoView {
    if is_done() {
        return view! { <Confirmed title="Your address is confirmed" sentence="Thank you. Should you ever forget your password, a new one can be had by mail."/> }.into_any();
    }
    let form = |token| {
        let failure = failure_of(ServerAction::<VerifyAddress>::new());
        view! {
            <PageHeader title="Confirm your address" sentence="You opened a Lodestar account with it."/>
            <TokenForm action=VerifyAddress::url() token=token failure=failure words="Confirm address"/>
        }
        .into_any()
    };
    view! { <LinkPage purpose=LinkPurpose::Verify form=form next=("/settings#address", "Go to the settings")/> }
        .into_any()
}

/// Makes a new address that of the account.
#[component]
pub fn ChangeAddressPage() -> impl IntoView {
    if is_done() {
        return view! { <Confirmed title="Your new address is in use" sentence="From now on you sign in with it. The old address was told."/> }.into_any();
    }
    let form = |token| {
        let failure = failure_of(ServerAction::<ChangeAddress>::new());
        view! {
            <PageHeader title="Use this address" sentence="From then on you sign in to Lodestar with it, and mails go there."/>
            <TokenForm action=ChangeAddress::url() token=token failure=failure words="Use this address"/>
        }
        .into_any()
    };
    view! { <LinkPage purpose=LinkPurpose::Change form=form next=("/settings#address", "Go to the settings")/> }
        .into_any()
}

fn is_done() -> bool {
    use_query_map().with_untracked(|query| query.get_str("done") == Some("address"))
}

/// The button that uses the link.
#[component]
fn TokenForm(
    action: &'static str,
    token: String,
    failure: Signal<Option<Failure>>,
    words: &'static str,
) -> impl IntoView {
    view! {
        <FormError failure=failure lost=""/>
        <form class="form" method="post" action=action>
            <input type="hidden" name="token" value=token/>
            <SubmitButton class="w-full">{words}</SubmitButton>
        </form>
    }
}

#[component]
fn Confirmed(title: &'static str, sentence: &'static str) -> impl IntoView {
    view! {
        <PublicFrame>
            <div class="page-form">
                <PageHeader title=title sentence=sentence/>
                <div><ButtonLink href="/dashboard">"Go to today"</ButtonLink></div>
            </div>
        </PublicFrame>
    }
}
