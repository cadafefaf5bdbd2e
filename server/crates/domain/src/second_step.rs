//! Second steps of signing in: codes of an application, passkeys, and codes on paper.

use serde::{Deserialize, Serialize};

use crate::{Error, Id, Result, Timestamp};

/// Marks the identifier of a passkey.
pub struct PasskeyMark;
/// The identifier of a passkey.
pub type PasskeyId = Id<PasskeyMark>;

/// Codes on paper that a person gets at once.
pub const RECOVERY_CODES: usize = 10;
/// Passkeys that an account may have.
pub const MOST_PASSKEYS: i64 = 20;
/// Longest name of a passkey, in characters.
const LONGEST_NAME: usize = 80;

/// What an account asks for as a second step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SecondSteps {
    /// Since when codes of an application are asked for; none if they are not.
    pub app_since: Option<Timestamp>,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
    /// Codes on paper that are left.
    pub recovery_codes: u32,
}

impl SecondSteps {
    /// Whether signing in takes a second step.
    pub fn is_on(&self) -> bool {
        self.app_since.is_some() || !self.passkeys.is_empty()
    }
}

/// A passkey, by what the person knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passkey {
    /// Its identifier.
    pub id: PasskeyId,
    /// What the person calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was used last.
    pub used_at: Option<Timestamp>,
}

/// What a person's application is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppOffer {
    /// The secret in Base32, to be typed.
    pub secret: String,
    /// The address `otpauth:` that holds all of it.
    pub address: String,
    /// The same as a picture to be scanned, in SVG.
    pub picture: String,
}

/// A name for a passkey, without the spaces around it.
///
/// # Errors
/// `Invalid` for none, one that is too long, or one that cannot be shown.
pub fn passkey_name(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        let message = "Give the passkey a name of up to 80 characters, such as “Phone” or “Blue key”.";
        return Err(Error::invalid("passkey_name", message));
    }
    Ok(text.to_owned())
}

/// What was typed as a code, without the spaces and dashes that people add, in lower case.
pub fn plain_code(typed: &str) -> String {
    typed.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(plain_code(" 123 456 "), "123456");
        assert_eq!(plain_code("ABCD-2345 efgh–6789"), "abcd2345efgh6789");
    }

    #[test]
    fn passkeys_have_names() {
        assert_eq!(passkey_name(" Phone ").unwrap(), "Phone");
        for bad in ["", "  ", "a\nb", &"x".repeat(81)] {
            assert_eq!(passkey_name(bad).unwrap_err().field.as_deref(), Some("passkey_name"), "{bad}");
        }
    }
}
