//! Server functions of settings: how the product looks and behaves on this device, and what models wrote.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::Timestamp;
use domain::account::MailSettings;
use domain::generation::Today;
use domain::token::{PersonalToken, Scope, TokenId, TokenWish};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// What the settings show that the pages do not know already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The person's address and mails.
    pub mail: MailSettings,
    /// What models wrote for the person today.
    pub today: Today,
}

/// How the person's settings stand.
#[server(endpoint = "settings")]
pub async fn settings() -> Result<SettingsView, Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let generation = crate::ssr::service::<services::generation::Generation>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(SettingsView { mail: accounts.mail_settings(&viewer).await?, today: generation.today(&viewer).await? })
}

/// The tokens of the person's programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgramsView {
    /// Those that work, newest first.
    pub tokens: Vec<PersonalToken>,
    /// The secret of one that was just made: it is told once.
    pub secret: Option<String>,
}

/// The tokens of the person's programs, and the secret of a new one.
#[server(endpoint = "programs")]
pub async fn programs() -> Result<ProgramsView, Failure> {
    let tokens = crate::ssr::service::<services::tokens::Tokens>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(ProgramsView { tokens: tokens.list(&viewer).await?, secret: crate::ssr::take_secret("token") })
}

/// What the form for a new token sends, under the names of its fields, which are unique on the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenForm {
    /// What to call it.
    pub token_name: String,
    /// "read", or "write" for both.
    pub scope: String,
    /// Days for which it works.
    pub days: String,
}

impl TokenForm {
    /// The wish, if every value is one of those offered.
    pub fn checked(self) -> domain::Result<TokenWish> {
        let scopes =
            if self.scope == "write" { vec![Scope::Read, Scope::Write] } else { vec![Scope::parse(&self.scope)?] };
        let wish = TokenWish { name: self.token_name, scopes, days: self.days.parse().unwrap_or(0) };
        wish.checked().map_err(|error| {
            let field = error.field.as_deref().map(|field| match field {
                "name" => "token_name".to_owned(),
                "scopes" => "scope".to_owned(),
                other => other.to_owned(),
            });
            domain::Error { field, ..error }
        })
    }
}

/// Makes a token for a program; its secret is told where the settings are shown next.
#[server(endpoint = "create_token")]
pub async fn create_token(#[server(flatten)] form: TokenForm) -> Result<(), Failure> {
    let tokens = crate::ssr::service::<services::tokens::Tokens>()?;
    let viewer = crate::ssr::viewer().await?;
    let new = tokens.create(&viewer, form.checked()?).await?;
    crate::ssr::keep_secret("token", &new.secret);
    crate::ssr::redirect("/settings/data");
    Ok(())
}

/// Ends a token at once.
#[server(endpoint = "remove_token")]
pub async fn remove_token(id: TokenId) -> Result<(), Failure> {
    let tokens = crate::ssr::service::<services::tokens::Tokens>()?;
    let viewer = crate::ssr::viewer().await?;
    tokens.remove(&viewer, id).await?;
    crate::ssr::redirect("/settings/data");
    Ok(())
}

/// When the person's account is removed, if they asked for it.
#[server(endpoint = "leaving_at")]
pub async fn leaving_at() -> Result<Option<Timestamp>, Failure> {
    let departures = crate::ssr::service::<services::departures::Departures>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(departures.due(viewer.id).await?)
}

/// Asks for the account to be removed in a week; `address` confirms it. Ends the session and leads to the landing page.
#[server(endpoint = "ask_to_leave")]
pub async fn ask_to_leave(address: String) -> Result<(), Failure> {
    let departures = crate::ssr::service::<services::departures::Departures>()?;
    let viewer = crate::ssr::viewer().await?;
    departures.ask(&viewer, &address).await?;
    crate::ssr::sign_out().await?;
    crate::ssr::redirect("/");
    Ok(())
}

/// Keeps the account.
#[server(endpoint = "stay_after_all")]
pub async fn stay_after_all() -> Result<(), Failure> {
    let departures = crate::ssr::service::<services::departures::Departures>()?;
    let viewer = crate::ssr::viewer().await?;
    departures.take_back(&viewer).await?;
    crate::ssr::redirect("/settings/data");
    Ok(())
}

/// Keeps the theme on this device: "light", "dark", or anything else for the system's.
#[server(endpoint = "choose_theme")]
pub async fn choose_theme(theme: String) -> Result<(), Failure> {
    crate::ssr::keep_preference("theme", crate::features::settings::Theme::from_slug(&theme).slug());
    Ok(())
}

/// Says whether the person wants the weekly digest: any value, or none if not. Leads back to the settings.
#[server(endpoint = "want_digest")]
pub async fn want_digest(wanted: Option<String>) -> Result<(), Failure> {
    let digests = crate::ssr::service::<services::digest::Digests>()?;
    let viewer = crate::ssr::viewer().await?;
    digests.want(&viewer, wanted.is_some()).await?;
    crate::ssr::redirect("/settings?done=digest#digest");
    Ok(())
}
