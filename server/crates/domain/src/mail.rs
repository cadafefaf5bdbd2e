//! Mails to people: what became of each, and what may stand in one.

use serde::{Deserialize, Serialize};

use crate::{Id, Timestamp};

/// Marks the identifier of a mail.
pub struct Mail;
/// The identifier of a mail.
pub type MailId = Id<Mail>;

/// Days after which the words of a mail are removed: links in it are secrets.
pub const KEPT_DAYS: i64 = 30;
/// Longest name that a mail greets by, in characters.
const LONGEST_GREETING: usize = 40;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It stays here for the administrator to read: no mail server is configured.
    Kept,
    /// It is to be sent.
    Waiting,
    /// The mail server took it.
    Sent,
    /// It could not be sent.
    Failed,
}

impl MailState {
    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// The state with this stored word; anything unknown was kept.
    pub fn from_slug(slug: &str) -> Self {
        [Self::Waiting, Self::Sent, Self::Failed].into_iter().find(|state| state.slug() == slug).unwrap_or(Self::Kept)
    }
}

/// What an administrator sees of the mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailsView {
    /// Whether mails are sent; else they are kept here.
    pub sending: bool,
    /// The latest mails, newest first.
    pub mails: Vec<MailView>,
    /// How each kind of mail looks.
    pub samples: Vec<Sample>,
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailView {
    /// Its identifier.
    pub id: MailId,
    /// The address it is for.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// What became of it.
    pub state: MailState,
    /// Why it could not be sent, in sentences.
    pub reason: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Its words as plain text: only of a mail that is kept here, and only for [`KEPT_DAYS`].
    pub text: Option<String>,
}

/// A kind of mail, filled with an example.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sample {
    /// The template's name, as in addresses.
    pub name: String,
    /// When it is sent, in a sentence.
    pub about: String,
    /// Its subject.
    pub subject: String,
    /// Its words as plain text.
    pub text: String,
}

/// The name to greet a person by in a mail; empty if it could be more than a name. Anybody can open
/// an account with somebody else's address, so a name must not bring words or links of its own into
/// a mail from here: mail programs make links of whatever looks like an address.
pub fn greeting(name: &str) -> &str {
    let name = name.trim();
    let is_plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’' | '·');
    let fits = name.chars().count() <= LONGEST_GREETING && name.split_whitespace().count() <= 4;
    // Marks belong to the letters before them in many scripts.
    let is_name = name.chars().all(|c| is_plain(c) || is_mark(c));
    if fits && is_name { name } else { "" }
}

/// Combining marks of the scripts that names are written in most.
fn is_mark(character: char) -> bool {
    matches!(u32::from(character), 0x300..=0x36F | 0x591..=0x5C7 | 0x610..=0x61A | 0x64B..=0x65F | 0x900..=0xD4D)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_greeted() {
        for name in ["Ada", " Zoë O'Neil ", "Nguyễn Văn An", "李", "Jean-Luc", "अमित"] {
            assert_eq!(greeting(name), name.trim());
        }
        for other in [
            "evil.example",
            "You won! http://evil.example/x",
            "Ada@evil.example",
            "Call 0800 123",
            "Please read this important message now",
            "a/b",
            "<b>Ada</b>",
            &"x".repeat(41),
            "",
        ] {
            assert_eq!(greeting(other), "", "{other}");
        }
    }

    #[test]
    fn words_lead_back_to_their_state() {
        for state in [MailState::Kept, MailState::Waiting, MailState::Sent, MailState::Failed] {
            assert_eq!(MailState::from_slug(state.slug()), state);
        }
    }
}
