//! Where a person is signed in.

use serde::{Deserialize, Serialize};

use crate::{Id, Timestamp};

/// Marks the identifier of a sign-in.
pub struct Session;
/// The identifier of a sign-in, which is no secret.
pub type SessionId = Id<Session>;

/// A sign-in that lasts: of a browser, or of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSession {
    /// Its identifier.
    pub id: SessionId,
    /// Browser and system in words.
    #[cfg_attr(feature = "openapi", schema(example = "Firefox on Linux"))]
    pub device: String,
    /// The network address that it was last used from.
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.7"))]
    pub network: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub used_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}
