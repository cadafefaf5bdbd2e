//! The one error type that crosses floors.
//!
//! Which kind to use: what the person can mend is [`ErrorKind::Invalid`] (name the field);
//! what somebody else changed meanwhile is [`ErrorKind::Conflict`]; what will work later is
//! [`ErrorKind::Busy`] or [`ErrorKind::TooMany`]; a thing that is not there, or belongs to
//! another person, is [`ErrorKind::NotFound`]. Everything else is [`ErrorKind::Unexpected`]:
//! its cause is logged once, where it arises, and the person sees only a reference.

use serde::{Deserialize, Serialize};

/// A result whose error can be shown to a person.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was, and so which HTTP status it becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// Nobody is signed in (401).
    Unauthenticated,
    /// Signed in, but not allowed (403).
    Forbidden,
    /// Not there, or not this person's (404).
    NotFound,
    /// The input needs mending (422).
    Invalid,
    /// Somebody, perhaps the same person in another tab, was faster (409).
    Conflict,
    /// Too many tries, or all used that a quota allows (429).
    TooMany,
    /// The machine cannot do it now, later it can (503).
    Busy,
    /// Our fault (500).
    Unexpected,
}

impl ErrorKind {
    /// The HTTP status that this kind is answered with.
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Invalid => 422,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::Busy => 503,
            Self::Unexpected => 500,
        }
    }
}

/// A failure in words for the person: what is wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// One or two sentences for the person.
    pub message: String,
    /// The name of the form field that it is about, if it is about one.
    pub field: Option<String>,
    /// What finds its cause in the log, if it is our fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Seconds after which it is worth trying again, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Error {
    /// An error of `kind` with a message for the person.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), field: None, reference: None, retry_after: None }
    }

    /// The input in `field` needs mending.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorKind::Invalid, message) }
    }

    /// Too many tries; the next one counts after `seconds`.
    pub fn too_many(seconds: u32, message: impl Into<String>) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(ErrorKind::TooMany, message) }
    }

    /// There is no such `thing`, or it belongs to somebody else.
    pub fn not_found(thing: &str) -> Self {
        Self::new(
            ErrorKind::NotFound,
            format!("There is no such {thing}. It may have been removed, or the address is incomplete."),
        )
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(ErrorKind::Unauthenticated, "Please sign in to continue.")
    }

    /// Our fault; `reference` finds the cause in the log.
    pub fn unexpected(reference: &str) -> Self {
        let message = format!(
            "Something went wrong on our side. Please try again; if it happens again, tell the operator this reference: {reference}."
        );
        Self { reference: Some(reference.to_owned()), ..Self::new(ErrorKind::Unexpected, message) }
    }

    /// The same with the id of the request in which it arose, if it is unexpected: that finds
    /// everything that the log says of the request.
    pub fn in_request(mut self, id: &str) -> Self {
        if self.kind == ErrorKind::Unexpected && !self.message.contains(id) {
            self.message = format!("{} (request {id}).", self.message.trim_end_matches('.'));
        }
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A short reference for a failure: eight hexadecimal digits of the FNV-1a hash of its cause, so
/// that one cause always has the same reference, in the log and on the page.
pub fn reference(cause: &str) -> String {
    let hash = cause.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unexpected_errors_name_their_request_once() {
        let error = Error::unexpected("1a2b3c4d").in_request("0123456789ab");
        assert!(error.message.ends_with("tell the operator this reference: 1a2b3c4d (request 0123456789ab)."));
        assert_eq!(error.clone().in_request("0123456789ab"), error);
        let expected = Error::not_found("interview");
        assert_eq!(expected.clone().in_request("0123456789ab"), expected);
    }
}
