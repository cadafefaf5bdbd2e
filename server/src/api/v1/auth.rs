//! Signing in and out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::account::{Standing, Viewer};
use domain::token::{Scope, TokenPair};
use domain::{Error, ErrorKind, Result as Outcome};
use serde::{Deserialize, Serialize};
use services::account::{Entry, SignedIn};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Sender, Shared};
use crate::api::caller::{Caller, bearer};
use crate::api::error::{Refusals, Refused};
use crate::api::extract::{Sent, SentOrForm};
use crate::api::secret::Secret;
use crate::compose::Lodestar;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(token))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(me, change_me))
        .routes(routes!(change_password))
}

/// What opens an account.
#[derive(Deserialize, ToSchema)]
struct Registration {
    /// An address that has no account yet.
    #[schema(example = "ada@example.org", format = Email, max_length = 254)]
    email: String,
    /// 8 to 128 characters, with an upper-case letter, a lower-case letter and a digit.
    #[schema(example = "Analytical1843", format = Password, min_length = 8, max_length = 128)]
    password: String,
    /// How the person wants to be called.
    #[schema(example = "Ada", min_length = 1, max_length = 80)]
    name: String,
}

/// What signs somebody in. As a form, `username` and `password` as OAuth 2 names them.
#[derive(Deserialize, ToSchema)]
struct Login {
    /// The address of the account.
    #[schema(example = "ada@example.org")]
    #[serde(alias = "username")]
    email: String,
    /// Its password.
    #[schema(example = "Analytical1843", format = Password)]
    password: String,
    /// The second step, where the account asks for one: the present code of the application, or a recovery code.
    #[schema(example = "123456")]
    code: Option<String>,
}

/// A request for tokens as OAuth 2 has it (RFC 6749, sections 4.3.2 and 6).
#[derive(Deserialize, ToSchema)]
struct Grant {
    /// `password` or `refresh_token`.
    #[schema(example = "password")]
    grant_type: String,
    /// The address of the account, for `password`.
    #[schema(example = "ada@example.org")]
    username: Option<String>,
    /// Its password, for `password`.
    #[schema(example = "Analytical1843", format = Password)]
    password: Option<String>,
    /// The second step, for `password`, where the account asks for one.
    code: Option<String>,
    /// The token to exchange, for `refresh_token`.
    refresh_token: Option<String>,
}

/// A token to exchange or to end.
#[derive(Deserialize, ToSchema)]
struct RefreshToken {
    /// As it was given.
    refresh_token: String,
}

/// A person as they see themselves.
#[derive(Serialize, ToSchema)]
struct Me {
    /// The account's identifier.
    #[schema(format = Uuid)]
    id: String,
    /// How they want to be called.
    name: String,
    /// Their address.
    email: String,
    /// What they may do.
    standing: Standing,
    /// What the token may do.
    scopes: Vec<Scope>,
}

impl Me {
    fn new(viewer: Viewer, scopes: Vec<Scope>) -> Self {
        Self { id: viewer.id.to_string(), name: viewer.name, email: viewer.email, standing: viewer.standing, scopes }
    }
}

/// What can be changed of oneself.
#[derive(Deserialize, ToSchema)]
struct MyChanges {
    /// How to be called from now on.
    #[schema(example = "Ada Lovelace", min_length = 1, max_length = 80)]
    name: String,
}

/// A change of the password.
#[derive(Deserialize, ToSchema)]
struct PasswordChange {
    /// The present one.
    #[schema(format = Password)]
    current: String,
    /// The new one, by the same rule as when the account was opened.
    #[schema(example = "Difference1822", format = Password, min_length = 8, max_length = 128)]
    password: String,
}

/// Signs in, with the second step where the account asks for one.
async fn sign_in(
    lodestar: &Lodestar,
    email: &str,
    password: &str,
    code: Option<&str>,
    sender: &Sender,
) -> Outcome<SignedIn> {
    match (lodestar.accounts.sign_in(email, password, sender.client()).await?, code) {
        (Entry::Done(signed_in), _) => Ok(signed_in),
        (Entry::SecondStep(halfway), Some(code)) => {
            lodestar.accounts.confirm_by_code(&halfway, code, sender.client()).await
        }
        (Entry::SecondStep(_), None) => {
            let message = "This account asks for a second step. Send the present code of its application as code.";
            Err(Error { field: Some("code".to_owned()), ..Error::new(ErrorKind::Unauthenticated, message) })
        }
    }
}

/// Open an account and sign in.
#[utoipa::path(post, path = "/auth/register", tag = "account", security(()), request_body = Registration,
    responses((status = 201, description = "The account is open.", body = TokenPair), Refusals))]
async fn register(
    State(lodestar): State<Shared>,
    sender: Sender,
    Sent(wanted): Sent<Registration>,
) -> Result<(StatusCode, Secret<TokenPair>), Refused> {
    let signed_in = lodestar.accounts.register(&wanted.name, &wanted.email, &wanted.password, sender.client()).await?;
    Ok((StatusCode::CREATED, Secret(lodestar.tokens.begin(signed_in).await?)))
}

/// Sign in.
#[utoipa::path(post, path = "/auth/login", tag = "account", security(()),
    request_body(content((Login = "application/json"), (Login = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "Signed in.", body = TokenPair), Refusals))]
async fn login(
    State(lodestar): State<Shared>,
    sender: Sender,
    SentOrForm(login): SentOrForm<Login>,
) -> Result<Secret<TokenPair>, Refused> {
    let signed_in = sign_in(&lodestar, &login.email, &login.password, login.code.as_deref(), &sender).await?;
    Ok(Secret(lodestar.tokens.begin(signed_in).await?))
}

/// Sign in or renew tokens, as clients of OAuth 2 ask for it.
#[utoipa::path(post, path = "/auth/token", tag = "account", security(()),
    request_body(content = Grant, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The tokens.", body = TokenPair), Refusals))]
async fn token(
    State(lodestar): State<Shared>,
    sender: Sender,
    SentOrForm(grant): SentOrForm<Grant>,
) -> Result<Secret<TokenPair>, Refused> {
    let given = |field: &str, value: Option<String>| -> Outcome<String> {
        value.ok_or_else(|| Error::invalid(field, format!("Send {field} with this grant_type.")))
    };
    let pair = match grant.grant_type.as_str() {
        "password" => {
            let (name, password) = (given("username", grant.username)?, given("password", grant.password)?);
            let signed_in = sign_in(&lodestar, &name, &password, grant.code.as_deref(), &sender).await?;
            lodestar.tokens.begin(signed_in).await?
        }
        "refresh_token" => lodestar.tokens.refresh(&given("refresh_token", grant.refresh_token)?).await?,
        _ => return Err(Error::invalid("grant_type", "Send password or refresh_token as grant_type.").into()),
    };
    Ok(Secret(pair))
}

/// Exchange a refresh token for new tokens. Each works once; showing one again ends the sign-in.
#[utoipa::path(post, path = "/auth/refresh", tag = "account", security(()), request_body = RefreshToken,
    responses((status = 200, description = "New tokens.", body = TokenPair), Refusals))]
async fn refresh(State(lodestar): State<Shared>, Sent(sent): Sent<RefreshToken>) -> Result<Secret<TokenPair>, Refused> {
    Ok(Secret(lodestar.tokens.refresh(&sent.refresh_token).await?))
}

/// Sign out: the tokens of this sign-in end at once.
#[utoipa::path(post, path = "/auth/logout", tag = "account",
    responses((status = 204, description = "Signed out."), Refusals))]
async fn logout(State(lodestar): State<Shared>, caller: Caller, headers: HeaderMap) -> Result<StatusCode, Refused> {
    caller.signed_in()?;
    lodestar.tokens.end(bearer(&headers).unwrap_or_default()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who I am.
#[utoipa::path(get, path = "/auth/me", tag = "account",
    responses((status = 200, description = "The person of the token.", body = Me), Refusals))]
async fn me(caller: Caller) -> Result<Json<Me>, Refused> {
    Ok(Json(Me::new(caller.0.viewer, caller.0.scopes)))
}

/// Change what I am called.
#[utoipa::path(put, path = "/auth/me", tag = "account", request_body = MyChanges,
    responses((status = 200, description = "Changed.", body = Me), Refusals))]
async fn change_me(
    State(lodestar): State<Shared>,
    caller: Caller,
    Sent(changes): Sent<MyChanges>,
) -> Result<Json<Me>, Refused> {
    let viewer = caller.may(Scope::Write)?;
    let viewer = lodestar.accounts.rename(viewer, &changes.name).await?;
    Ok(Json(Me::new(viewer, caller.0.scopes)))
}

/// Change my password. All other sign-ins end at once, on all devices; the answer begins a new one.
#[utoipa::path(put, path = "/auth/me/password", tag = "account", request_body = PasswordChange,
    responses((status = 200, description = "Changed.", body = TokenPair), Refusals))]
async fn change_password(
    State(lodestar): State<Shared>,
    caller: Caller,
    sender: Sender,
    Sent(change): Sent<PasswordChange>,
) -> Result<Secret<TokenPair>, Refused> {
    let viewer = caller.signed_in()?;
    let PasswordChange { current, password } = &change;
    let signed_in = lodestar.accounts.change_password(viewer, current, password, sender.client()).await?;
    Ok(Secret(lodestar.tokens.begin(signed_in).await?))
}
