//! The mails: what Lodestar writes to people, in the form that `services::mail` reads.

/// Every template of a mail.
pub const ALL: [&str; 8] = [
    include_str!("../data/mails/verify-address.toml"),
    include_str!("../data/mails/reset-password.toml"),
    include_str!("../data/mails/change-address.toml"),
    include_str!("../data/mails/address-changed.toml"),
    include_str!("../data/mails/new-sign-in.toml"),
    include_str!("../data/mails/password-changed.toml"),
    include_str!("../data/mails/security-changed.toml"),
    include_str!("../data/mails/weekly-digest.toml"),
];

/// What surrounds the words of every mail as plain text.
pub const LAYOUT_TEXT: &str = include_str!("../data/mails/layout.txt");

/// What surrounds the words of every mail as HTML. Mail programs understand inline styles alone, and some of them the
/// dark ones in its head.
pub const LAYOUT_HTML: &str = include_str!("../data/mails/layout.html");
