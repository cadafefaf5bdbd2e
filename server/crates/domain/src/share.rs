//! Sharing one's practice with a mentor.
//!
//! A person names an address. The share shows to the mentor whose confirmed address that is; whether there is one, nobody
//! learns from it.

use serde::{Deserialize, Serialize};

use crate::account::{Email, Viewer};
use crate::dashboard::{Dashboard, TrendPoint};
use crate::feedback::Mean;
use crate::interview::Summary;
use crate::{Error, ErrorKind, Id, Result, Timestamp};

/// The identifier of a share.
pub type ShareId = Id<Share>;

/// Addresses that one person may share with.
pub const MOST: u32 = 20;

/// What a person lets somebody see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// Its identifier.
    pub id: ShareId,
    /// The mentor's address, as it was typed.
    pub email: String,
    /// When it began.
    pub since: Timestamp,
}

/// Somebody who shares with a mentor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mentee {
    /// The share that lets the mentor see them.
    pub id: ShareId,
    /// How they want to be called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Since when they share.
    pub since: Timestamp,
    /// Interviews that they started.
    pub interviews: u32,
    /// When the latest of them started.
    pub latest: Option<Timestamp>,
}

/// Those who share with a mentor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mentees {
    /// Whether the mentor's address is confirmed; until then nobody is shown.
    pub confirmed: bool,
    /// The people, by name.
    pub people: Vec<Mentee>,
}

/// How somebody's practice went, as their mentor sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Practice {
    /// Who.
    pub mentee: Mentee,
    /// Their interviews, newest first.
    pub interviews: Vec<Summary>,
    /// Graded ones of them, oldest first.
    pub trend: Vec<TrendPoint>,
    /// Means over the latest graded ones; empty without any.
    pub dimensions: Vec<Mean>,
}

impl Practice {
    /// What stands on the person's own dashboard, but for what to do next: that is theirs to choose.
    pub fn new(mentee: Mentee, dashboard: Dashboard) -> Self {
        let Dashboard { next: _, interviews, trend, dimensions } = dashboard;
        Self { mentee, interviews, trend, dimensions }
    }
}

/// The address that `viewer` may share with.
///
/// # Errors
/// `Invalid` for what is no address, and for their own.
pub fn recipient(viewer: &Viewer, email: &str) -> Result<Email> {
    let email = Email::parse(email)?;
    if email.key() == viewer.email.to_lowercase() {
        return Err(Error::invalid("email", "This is your own address. Enter the one of your mentor."));
    }
    Ok(email)
}

/// The person shares with as many as one can.
pub fn too_many() -> Error {
    let message = format!("You share with {MOST} addresses, which is as many as one can. End one of them first.");
    Error::new(ErrorKind::Conflict, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Standing;

    #[test]
    fn one_shares_with_others() {
        let ada = Viewer {
            id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            name: "Ada".into(),
            email: "Ada@example.org".into(),
            standing: Standing::Member,
        };
        assert_eq!(recipient(&ada, " Grace@Example.org ").unwrap().as_str(), "Grace@Example.org");
        for wrong in ["", "grace", "ADA@example.ORG"] {
            assert_eq!(recipient(&ada, wrong).unwrap_err().field.as_deref(), Some("email"), "{wrong}");
        }
    }
}
