//! How a person is known at sign-in providers.

use serde::{Deserialize, Serialize};

use crate::{Id, Timestamp};

/// Marks the identifier of an identity.
pub struct IdentityMark;
/// The identifier of an identity.
pub type IdentityId = Id<IdentityMark>;

/// A provider by which people can sign in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// Its name in addresses.
    #[cfg_attr(feature = "openapi", schema(example = "github"))]
    pub slug: String,
    /// Its name for people.
    #[cfg_attr(feature = "openapi", schema(example = "GitHub"))]
    pub name: String,
    /// Whether it has repositories that can be read.
    pub has_repositories: bool,
}

/// A person's identity at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Identity {
    /// Its identifier.
    pub id: IdentityId,
    /// The provider's name in addresses.
    #[cfg_attr(feature = "openapi", schema(example = "github"))]
    pub provider: String,
    /// The address that the provider told last; empty if none.
    pub email: String,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When it was last used to sign in.
    pub used_at: Timestamp,
    /// Since when Lodestar may read the person's repositories there; none if it may not.
    pub repositories_since: Option<Timestamp>,
}

/// What a person goes to a provider for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Errand {
    /// To sign in, and to go on to this page then.
    SignIn(Option<String>),
    /// To be able to sign in with it from now on.
    Link,
    /// To let Lodestar read repositories.
    Repositories,
}
