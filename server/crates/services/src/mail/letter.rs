//! What Lodestar writes to people, each with what it must be told.

use serde::Serialize;

/// A path on this site, with what follows it. It leaves as an address below the configured public
/// one, so that no mail leads anywhere else.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The name of this field is what a template knows the type by.
    path: String,
}

impl Link {
    /// The page at `path`, which begins with a slash.
    pub fn new(path: impl Into<String>) -> Self {
        Self { path: path.into() }
    }
}

/// Links may hold tokens, which are nothing for a log.
impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}

/// A mail. The variants, in kebab case, are the templates' names; their fields, the templates'
/// variables.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Letter {
    /// The address of a new account is to be confirmed.
    VerifyAddress {
        /// Where that is done.
        link: Link,
        /// How long the link works.
        hours: i64,
    },
    /// A new password can be chosen.
    ResetPassword {
        /// Where that is done.
        link: Link,
        /// How long the link works.
        minutes: i64,
    },
    /// A new address is to be confirmed; to that one.
    ChangeAddress {
        /// Where that is done.
        link: Link,
        /// How long the link works.
        hours: i64,
    },
    /// The address was changed; to the old one.
    AddressChanged {
        /// When it happened.
        time: String,
    },
    /// Somebody signed in with a browser that was not seen before.
    NewSignIn {
        /// Browser and system in words.
        browser: String,
        /// When it happened.
        time: String,
        /// Where the password is changed.
        link: Link,
    },
    /// The password was changed.
    PasswordChanged {
        /// When it happened.
        time: String,
        /// Where a new one is asked for.
        link: Link,
    },
    /// Something of how one signs in was changed.
    SecurityChanged {
        /// What happened, as the rest of a sentence.
        what: String,
        /// When it happened.
        time: String,
        /// Where it is seen and changed.
        link: Link,
    },
    /// What was practised in a week.
    WeeklyDigest(Digest),
}

/// A week of practice in words.
#[derive(Clone, Debug, Serialize)]
pub struct Digest {
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// Interviews that were begun.
    pub interviews: u64,
    /// Questions that were answered in them.
    pub answers: u64,
    /// What they were for.
    pub roles: String,
    /// How the score changed, in a sentence.
    pub score: String,
    /// What to do next.
    pub next: String,
    /// Why, in a sentence.
    pub reason: String,
    /// Where that is done.
    pub link: Link,
    /// Where the mail is turned off.
    pub settings: Link,
}

impl Letter {
    /// One of each: what the templates are held against when they are loaded, and what
    /// administrators see of them.
    pub fn examples() -> Vec<Self> {
        let token = "0".repeat(64);
        let time = "20 Nov 2026, 08:05 UTC".to_owned();
        vec![
            Self::VerifyAddress { link: Link::new(format!("/verify?token={token}")), hours: 24 },
            Self::ResetPassword { link: Link::new(format!("/reset?token={token}")), minutes: 30 },
            Self::ChangeAddress { link: Link::new(format!("/change-address?token={token}")), hours: 24 },
            Self::AddressChanged { time: time.clone() },
            Self::NewSignIn {
                browser: "Firefox on Windows".to_owned(),
                time: time.clone(),
                link: Link::new("/settings#password"),
            },
            Self::PasswordChanged { time: time.clone(), link: Link::new("/forgot") },
            Self::SecurityChanged {
                what: "a passkey was added".to_owned(),
                time,
                link: Link::new("/settings/security"),
            },
            Self::WeeklyDigest(Digest {
                from: "16 Nov 2026".to_owned(),
                to: "22 Nov 2026".to_owned(),
                interviews: 3,
                answers: 14,
                roles: "Backend developer, Data analyst".to_owned(),
                score: "Your score rose from 61 to 68 of 100.".to_owned(),
                next: "Practise giving evidence".to_owned(),
                reason: "Evidence is your lowest score so far: 52 of 100 over 14 answers.".to_owned(),
                link: Link::new("/interview?role=backend&level=mid"),
                settings: Link::new("/settings#digest"),
            }),
        ]
    }
}
