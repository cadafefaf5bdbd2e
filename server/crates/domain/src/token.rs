//! Tokens by which programs act for a person.

use serde::{Deserialize, Serialize};

use crate::{Error, Id, Result, Timestamp};

/// Marks the identifier of a personal token.
pub struct Token;
/// The identifier of a personal token, which is no secret.
pub type TokenId = Id<Token>;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// See what belongs to the person.
    Read,
    /// Practise: start interviews, answer, end them.
    Write,
    /// What administrators do; of no use without being one.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// What it allows, in a few words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "See what is yours",
            Self::Write => "Practise for you",
            Self::Admin => "Administer",
        }
    }

    /// The scope with this word.
    pub fn parse(slug: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.slug() == slug)
            .ok_or_else(|| Error::invalid("scopes", "Choose scopes out of read, write and admin."))
    }
}

/// What a sign-in of a program gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenPair {
    /// Goes with each request as `Authorization: Bearer`.
    #[cfg_attr(feature = "openapi", schema(example = "lodestar_a_0h5cQmZpX7vJ3kVtq2nB8sYwLr4uEoGfI6dTjKxC1yM"))]
    pub access_token: String,
    /// Is exchanged once for a new pair.
    #[cfg_attr(feature = "openapi", schema(example = "lodestar_r_9TgVb2QkWc8Lx5RzNf0HsYp3MjAo6UiEe1DdKtZqXvB"))]
    pub refresh_token: String,
    /// Always `Bearer`.
    #[cfg_attr(feature = "openapi", schema(example = "Bearer"))]
    pub token_type: String,
    /// Seconds for which the access token works.
    #[cfg_attr(feature = "openapi", schema(example = 900))]
    pub expires_in: u32,
}

/// A token that a person made for a program of their own, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalToken {
    /// Its identifier.
    pub id: TokenId,
    /// What the person calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the hour.
    pub used_at: Option<Timestamp>,
}

/// A new personal token: the only time that its secret is to be seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPersonalToken {
    /// What programs send as `Authorization: Bearer`.
    pub secret: String,
    /// What is known of it afterwards.
    #[serde(flatten)]
    pub token: PersonalToken,
}

/// What a person asks for in a new personal token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenWish {
    /// What to call it: 1 to 80 characters.
    #[cfg_attr(feature = "openapi", schema(example = "Calendar script", min_length = 1, max_length = 80))]
    pub name: String,
    /// What it may do; at least one.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub scopes: Vec<Scope>,
    /// Days after which it ends, from 1 to 365.
    #[cfg_attr(feature = "openapi", schema(example = 90, minimum = 1, maximum = 365))]
    pub days: u32,
}

impl TokenWish {
    /// Longest name, in characters.
    pub const LONGEST_NAME: usize = 80;
    /// Days for which a token may work.
    pub const DAYS: std::ops::RangeInclusive<u32> = 1..=365;

    /// Checks all of it; names each scope once.
    pub fn checked(mut self) -> Result<Self> {
        self.name = self.name.trim().to_owned();
        let length = self.name.chars().count();
        if length == 0 || length > Self::LONGEST_NAME || self.name.chars().any(char::is_control) {
            return Err(Error::invalid("name", "Give the token a name of up to 80 characters, such as its program's."));
        }
        if !Self::DAYS.contains(&self.days) {
            return Err(Error::invalid("days", "A token works for 1 to 365 days. Choose a number between them."));
        }
        self.scopes.sort_unstable();
        self.scopes.dedup();
        if self.scopes.is_empty() {
            return Err(Error::invalid("scopes", "Choose at least one scope: read, write or admin."));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_checked() {
        let wish = |name: &str, scopes: &[Scope], days| TokenWish { name: name.into(), scopes: scopes.into(), days };
        let good = wish(" Script ", &[Scope::Write, Scope::Read, Scope::Read], 90).checked().unwrap();
        assert_eq!((good.name.as_str(), good.scopes), ("Script", vec![Scope::Read, Scope::Write]));
        for (bad, field) in [
            (wish(" ", &[Scope::Read], 90), "name"),
            (wish(&"x".repeat(81), &[Scope::Read], 90), "name"),
            (wish("Script", &[], 90), "scopes"),
            (wish("Script", &[Scope::Read], 0), "days"),
            (wish("Script", &[Scope::Read], 366), "days"),
        ] {
            assert_eq!(bad.checked().unwrap_err().field.as_deref(), Some(field));
        }
        assert!(Scope::ALL.iter().all(|scope| Scope::parse(scope.slug()) == Ok(*scope)));
        assert!(Scope::parse("all").is_err());
    }
}
