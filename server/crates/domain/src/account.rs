//! Accounts: who a person is to the product, and what counts as a name, an address, a password.

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Id, Result};

/// Marks the identifier of a person's account.
pub struct Account;
/// The identifier of an account.
pub type AccountId = Id<Account>;

/// The plan of an account that was given no other.
pub const STANDARD_PLAN: &str = "standard";

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Uses the product.
    Member,
    /// Also sees the practice of those who share it with them.
    Mentor,
    /// Also runs the product.
    Admin,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Member, Self::Mentor, Self::Admin];

    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Mentor => "mentor",
            Self::Admin => "admin",
        }
    }

    /// What people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Mentor => "Mentor",
            Self::Admin => "Administrator",
        }
    }

    /// The standing with this word.
    ///
    /// # Errors
    /// `Invalid` if there is none.
    pub fn parse(slug: &str) -> Result<Self> {
        let unknown = || Error::invalid("standing", "Choose a standing out of member, mentor and admin.");
        Self::ALL.into_iter().find(|standing| standing.slug() == slug).ok_or_else(unknown)
    }

    /// The standing with this stored word; anything unknown is a member.
    pub fn from_slug(slug: &str) -> Self {
        Self::parse(slug).unwrap_or(Self::Member)
    }
}

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Viewer {
    /// Their account.
    pub id: AccountId,
    /// How they want to be called.
    pub name: String,
    /// Their address as they typed it.
    pub email: String,
    /// What they may do.
    pub standing: Standing,
}

impl Viewer {
    /// Only administrators get past here; `what` they can do says the message to others.
    ///
    /// # Errors
    /// `Forbidden` for anybody else.
    pub fn must_administer(&self, what: &str) -> Result<()> {
        match self.standing {
            Standing::Admin => Ok(()),
            Standing::Member | Standing::Mentor => {
                Err(Error::new(ErrorKind::Forbidden, format!("Only administrators can {what}.")))
            }
        }
    }

    /// Only mentors get past here.
    ///
    /// # Errors
    /// `Forbidden` for anybody else, administrators too: people share with a mentor of their choice.
    pub fn must_mentor(&self) -> Result<()> {
        match self.standing {
            Standing::Mentor => Ok(()),
            Standing::Member | Standing::Admin => {
                let message = "Only mentors have such a page. An administrator makes somebody a mentor.";
                Err(Error::new(ErrorKind::Forbidden, message))
            }
        }
    }
}

/// An e-mail address, checked for form only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Longest address that mail systems carry (RFC 5321, section 4.5.3.1, with errata 1690).
    pub const LONGEST: usize = 254;

    /// Accepts `text` if it has the form of an address.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let wrong = |message: &str| Err(Error::invalid("email", message));
        if text.is_empty() {
            return wrong("Enter your e-mail address.");
        }
        if text.len() > Self::LONGEST {
            return wrong("This address is too long. An e-mail address has at most 254 characters.");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return wrong("An e-mail address has no spaces. Check for one in the middle.");
        }
        match text.rsplit_once('@') {
            Some((local, host))
                if !local.is_empty() && !local.contains('@') && host.split('.').all(|part| !part.is_empty()) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => wrong("Enter an e-mail address like name@example.org."),
        }
    }

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two spellings of one address share; accounts are unique by it.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

/// What a link does that is sent to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// Confirms the address of the account.
    Verify,
    /// Lets the person choose a new password.
    Reset,
    /// Makes another address that of the account.
    Change,
}

impl LinkPurpose {
    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Change => "change",
        }
    }

    /// How long such a link works, in minutes. A new password is worth most to a thief.
    pub fn minutes(self) -> i64 {
        match self {
            Self::Verify | Self::Change => 24 * 60,
            Self::Reset => 30,
        }
    }
}

/// What the settings show of an account's mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSettings {
    /// Whether the address is confirmed.
    pub verified: bool,
    /// Whether the person wants the weekly digest.
    pub digest: bool,
}

/// How a person wants to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// Longest name, in characters.
    pub const LONGEST: usize = 80;

    /// Accepts any name of 1 to 80 characters without control characters.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::invalid("name", "Enter the name you would like to be called by."));
        }
        if text.chars().count() > Self::LONGEST {
            return Err(Error::invalid("name", "Names can have up to 80 characters. Shorten it a little."));
        }
        if text.chars().any(char::is_control) {
            return Err(Error::invalid("name", "This name holds a character that cannot be shown. Type it again."));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new password that keeps the rule: 8 to 128 characters, with an upper-case letter, a
/// lower-case letter and a digit, of any script. It is never shortened.
pub struct Password(String);

impl Password {
    /// Fewest and most characters.
    pub const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;
    /// The rule in words, shown beside the field.
    pub const RULE: &'static str = "8 to 128 characters, with an upper-case letter, a lower-case letter and a digit.";

    /// Accepts `text` if it keeps the rule; the message names everything that is missing.
    pub fn parse(text: &str) -> Result<Self> {
        let length = text.chars().count();
        if length > *Self::LENGTH.end() {
            return Err(Error::invalid("password", format!("Use at most 128 characters; this has {length}.")));
        }
        let mut missing = Vec::new();
        if length < *Self::LENGTH.start() {
            missing.push("at least 8 characters");
        }
        if !text.chars().any(char::is_uppercase) {
            missing.push("an upper-case letter");
        }
        if !text.chars().any(char::is_lowercase) {
            missing.push("a lower-case letter");
        }
        if !text.chars().any(char::is_numeric) {
            missing.push("a digit");
        }
        match missing.split_last() {
            None => Ok(Self(text.to_owned())),
            Some((last, [])) => Err(Error::invalid("password", format!("The password still needs {last}."))),
            Some((last, others)) => {
                Err(Error::invalid("password", format!("The password still needs {} and {last}.", others.join(", "))))
            }
        }
    }

    /// The password, for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Where to go after signing in: `next` if it is a path on this site, else the dashboard. A
/// second slash or a backslash would lead to another host.
pub fn local_path(next: Option<&str>) -> &str {
    match next {
        Some(path) if path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r', '\t']) => {
            path
        }
        _ => "/dashboard",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_for_form() {
        for good in ["a@b", "Ada.Lovelace+x@example.org", " zoë@müller.example ", "\"odd\"@example.org"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "  ",
            "ada",
            "@example.org",
            "ada@",
            "a b@c.de",
            "a@b@c.de",
            "a@b..de",
            &format!("{}@b.de", "a".repeat(254)),
        ] {
            assert_eq!(Email::parse(bad).unwrap_err().field.as_deref(), Some("email"), "{bad}");
        }
        assert_eq!(Email::parse("Ada@Example.ORG").unwrap().key(), Email::parse("ada@example.org").unwrap().key());
    }

    #[test]
    fn passwords_name_what_is_missing() {
        assert!(Password::parse("Abcdefg1").is_ok());
        assert!(Password::parse(&format!("Aa1{}", "ß".repeat(125))).is_ok());
        assert!(Password::parse("Пароль-2026").is_ok());
        let message = |text: &str| Password::parse(text).err().map(|e| e.message).unwrap_or_default();
        assert_eq!(message("abc"), "The password still needs at least 8 characters, an upper-case letter and a digit.");
        assert_eq!(message("ABCDEFG1"), "The password still needs a lower-case letter.");
        assert!(message(&format!("Aa1{}", "x".repeat(126))).contains("129"));
    }

    #[test]
    fn standings_have_words_of_their_own() {
        for standing in Standing::ALL {
            assert_eq!(
                (Standing::parse(standing.slug()), Standing::from_slug(standing.slug())),
                (Ok(standing), standing)
            );
        }
        assert_eq!(Standing::parse("owner").unwrap_err().field.as_deref(), Some("standing"));
        assert_eq!(Standing::from_slug("owner"), Standing::Member);
    }

    #[test]
    fn each_standing_opens_its_own_doors() {
        let viewer = |standing| Viewer {
            id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
            name: "Ada".into(),
            email: "ada@example.org".into(),
            standing,
        };
        let opens = Standing::ALL.map(|standing| {
            (viewer(standing).must_mentor().is_ok(), viewer(standing).must_administer("do that").is_ok())
        });
        assert_eq!(opens, [(false, false), (true, false), (false, true)]);
    }

    #[test]
    fn only_local_paths_are_followed() {
        assert_eq!(local_path(Some("/interview?role=devops")), "/interview?role=devops");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\r\nSet-Cookie: x"] {
            assert_eq!(local_path(Some(foreign)), "/dashboard", "{foreign}");
        }
    }

    #[test]
    fn names_may_be_of_any_script() {
        assert!(PersonName::parse("Nguyễn Văn An").is_ok());
        assert!(PersonName::parse("李").is_ok());
        assert!(PersonName::parse("\u{0}").is_err());
        assert!(PersonName::parse(&"x".repeat(81)).is_err());
    }
}
