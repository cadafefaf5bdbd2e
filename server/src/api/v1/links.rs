//! What people do by mail: a forgotten password, confirming and changing the address, the weekly digest.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::token::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Sender, Shared};
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::Sent;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(forgot))
        .routes(routes!(reset))
        .routes(routes!(verify))
        .routes(routes!(send_again))
        .routes(routes!(ask_change))
        .routes(routes!(change))
        .routes(routes!(mail_settings, change_mail_settings))
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
struct Forgotten {
    /// The address of the account.
    #[schema(example = "ada@example.org")]
    email: String,
}

/// A new password, by a link.
#[derive(Deserialize, ToSchema)]
struct Reset {
    /// The token of the link.
    token: String,
    /// The new password, by the same rule as when the account was opened.
    #[schema(example = "Difference1822", format = Password, min_length = 8, max_length = 128)]
    password: String,
}

/// What a link carries.
#[derive(Deserialize, ToSchema)]
struct LinkToken {
    /// The token of the link.
    token: String,
}

/// Another address.
#[derive(Deserialize, ToSchema)]
struct AddressChange {
    /// The new one.
    #[schema(example = "countess@example.org", format = Email)]
    email: String,
    /// The present password.
    #[schema(format = Password)]
    password: String,
}

/// What mails somebody gets.
#[derive(Serialize, ToSchema)]
struct MailPreferences {
    /// The address is confirmed.
    verified: bool,
    /// The weekly digest is wanted.
    digest: bool,
}

/// What of that can be changed.
#[derive(Deserialize, ToSchema)]
struct MailChanges {
    /// Whether the weekly digest is wanted.
    digest: bool,
}

/// Send a link for a new password, if there is an account with that address. The answer is the same if there is none.
#[utoipa::path(post, path = "/auth/password/forgot", tag = "account", security(()), request_body = Forgotten,
    responses((status = 202, description = "If there is such an account, a mail is on its way."), Refusals))]
async fn forgot(
    State(lodestar): State<Shared>,
    sender: Sender,
    Sent(forgotten): Sent<Forgotten>,
) -> Result<StatusCode, Refused> {
    lodestar.accounts.ask_reset(&forgotten.email, sender.address).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Choose a new password by a link that was sent. It works once, for 30 minutes; all sign-ins end.
#[utoipa::path(post, path = "/auth/password/reset", tag = "account", security(()), request_body = Reset,
    responses((status = 204, description = "The new password works."), Refusals))]
async fn reset(State(lodestar): State<Shared>, Sent(reset): Sent<Reset>) -> Result<StatusCode, Refused> {
    lodestar.accounts.reset_password(&reset.token, &reset.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirm an address by a link that was sent to it.
#[utoipa::path(post, path = "/auth/address/verify", tag = "account", security(()), request_body = LinkToken,
    responses((status = 204, description = "The address is confirmed."), Refusals))]
async fn verify(State(lodestar): State<Shared>, Sent(link): Sent<LinkToken>) -> Result<StatusCode, Refused> {
    lodestar.accounts.verify_address(&link.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send the link that confirms my address again.
#[utoipa::path(post, path = "/auth/me/address/verification", tag = "account",
    responses((status = 202, description = "It is on its way."), Refusals))]
async fn send_again(State(lodestar): State<Shared>, caller: Caller) -> Result<StatusCode, Refused> {
    lodestar.accounts.ask_verification(caller.signed_in()?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Ask to change my address: a link goes to the new one, and until it is used nothing changes.
#[utoipa::path(put, path = "/auth/me/address", tag = "account", request_body = AddressChange,
    responses((status = 202, description = "The link is on its way."), Refusals))]
async fn ask_change(
    State(lodestar): State<Shared>,
    caller: Caller,
    Sent(change): Sent<AddressChange>,
) -> Result<StatusCode, Refused> {
    lodestar.accounts.ask_change(caller.signed_in()?, &change.email, &change.password).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Change an address by the link that was sent to the new one.
#[utoipa::path(post, path = "/auth/address/change", tag = "account", security(()), request_body = LinkToken,
    responses((status = 204, description = "The new address is the account's."), Refusals))]
async fn change(State(lodestar): State<Shared>, Sent(link): Sent<LinkToken>) -> Result<StatusCode, Refused> {
    lodestar.accounts.change_address(&link.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which mails I get, and whether my address is confirmed.
#[utoipa::path(get, path = "/auth/me/mail", tag = "account",
    responses((status = 200, description = "As it is.", body = MailPreferences), Refusals))]
async fn mail_settings(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<MailPreferences>, Refused> {
    let settings = lodestar.accounts.mail_settings(caller.may(Scope::Read)?).await?;
    Ok(Json(MailPreferences { verified: settings.verified, digest: settings.digest }))
}

/// Change which mails I get.
#[utoipa::path(put, path = "/auth/me/mail", tag = "account", request_body = MailChanges,
    responses((status = 200, description = "As it is now.", body = MailPreferences), Refusals))]
async fn change_mail_settings(
    State(lodestar): State<Shared>,
    caller: Caller,
    Sent(changes): Sent<MailChanges>,
) -> Result<Json<MailPreferences>, Refused> {
    let viewer = caller.may(Scope::Write)?;
    lodestar.digests.want(viewer, changes.digest).await?;
    let settings = lodestar.accounts.mail_settings(viewer).await?;
    Ok(Json(MailPreferences { verified: settings.verified, digest: settings.digest }))
}
