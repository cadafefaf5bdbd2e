//! The accounts that there are, as administrators see them.

use serde::{Deserialize, Serialize};

use crate::account::{AccountId, Standing};
use crate::{Error, ErrorKind, Result, Timestamp};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// The account.
    pub id: AccountId,
    /// How its person wants to be called.
    pub name: String,
    /// Its address.
    pub email: String,
    /// What it may do.
    pub standing: Standing,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether the address is confirmed.
    pub confirmed: bool,
    /// Since when the person is kept out, if they are.
    pub disabled_at: Option<Timestamp>,
}

/// Which accounts are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Only those whose name or address holds this.
    pub search: String,
    /// Only these.
    pub standing: Option<Standing>,
    /// Only those opened before this one.
    pub before: Option<AccountId>,
}

/// The change would leave nobody to look after the product.
pub fn last_administrator() -> Error {
    let message =
        "This is the last administrator. Make somebody else one first, so that somebody looks after Lodestar.";
    Error::new(ErrorKind::Conflict, message)
}

/// Lets in who is not kept out. Whoever asks has shown the right password.
///
/// # Errors
/// `Forbidden` for a disabled account, saying whom to ask.
pub fn let_in(disabled: bool) -> Result<()> {
    if disabled {
        let message = "This account is disabled, so nobody can sign in to it. Ask an administrator of this Lodestar to enable it again.";
        return Err(Error::new(ErrorKind::Forbidden, message));
    }
    Ok(())
}
