//! Server functions of looking after accounts. All of them are for administrators; the service sees to it.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::account::{AccountId, Standing};
use domain::people::{PeopleFilter, Person};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// A page of the accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeopleView {
    /// Those opened last first.
    pub people: Vec<Person>,
    /// Whether more follow.
    pub more: bool,
}

/// What is looked for, as the address of the page says it; empty for anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleQuery {
    /// A part of a name or an address.
    #[serde(default)]
    pub search: String,
    /// Slug of a [`Standing`].
    #[serde(default)]
    pub only: String,
    /// The last account of the page before.
    #[serde(default)]
    pub before: String,
}

impl PeopleQuery {
    /// The filter, if every value is one.
    pub fn checked(self) -> domain::Result<PeopleFilter> {
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(PeopleFilter {
            search: self.search,
            standing: given(self.only).map(|slug| Standing::parse(&slug)).transpose()?,
            before: given(self.before).map(|id| id.parse()).transpose()?,
        })
    }

    /// The address of the page that shows this.
    pub fn path(&self) -> String {
        let escape = leptos_router::location::Url::escape;
        format!(
            "/admin/people?search={}&only={}&before={}",
            escape(&self.search),
            escape(&self.only),
            escape(&self.before)
        )
    }
}

/// The accounts that fit.
#[server(endpoint = "people")]
pub async fn people(query: PeopleQuery) -> Result<PeopleView, Failure> {
    let people = crate::ssr::service::<services::people::People>()?;
    let viewer = crate::ssr::viewer().await?;
    let (people, more) = people.list(&viewer, &query.checked()?, 50).await?;
    Ok(PeopleView { people, more })
}

/// Gives an account the standing with that slug. Leads back to what was looked at, which confirms it.
#[server(endpoint = "change_standing")]
pub async fn change_standing(
    id: AccountId,
    standing: String,
    #[server(flatten)] query: PeopleQuery,
) -> Result<(), Failure> {
    let people = crate::ssr::service::<services::people::People>()?;
    let viewer = crate::ssr::viewer().await?;
    people.change_standing(&viewer, id, Standing::parse(&standing)?).await?;
    crate::ssr::redirect(&format!("{}&done=standing", query.path()));
    Ok(())
}

/// Keeps the person of an account out. Leads back to what was looked at, which confirms it.
#[server(endpoint = "disable_account")]
pub async fn disable_account(id: AccountId, #[server(flatten)] query: PeopleQuery) -> Result<(), Failure> {
    let people = crate::ssr::service::<services::people::People>()?;
    let viewer = crate::ssr::viewer().await?;
    people.disable(&viewer, id).await?;
    crate::ssr::redirect(&format!("{}&done=disabled", query.path()));
    Ok(())
}

/// Lets the person of an account in again. Leads back to what was looked at, which confirms it.
#[server(endpoint = "enable_account")]
pub async fn enable_account(id: AccountId, #[server(flatten)] query: PeopleQuery) -> Result<(), Failure> {
    let people = crate::ssr::service::<services::people::People>()?;
    let viewer = crate::ssr::viewer().await?;
    people.enable(&viewer, id).await?;
    crate::ssr::redirect(&format!("{}&done=enabled", query.path()));
    Ok(())
}
