//! The error of server functions: a [`domain::Error`] that knows how to travel.

use std::fmt;

use domain::{Error, ErrorKind};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// What a server function answers when it fails. The message is for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure(pub Error);

impl Failure {
    /// The message, if it is about `field`.
    pub fn about(&self, field: &str) -> Option<String> {
        (self.0.field.as_deref() == Some(field)).then(|| self.0.message.clone())
    }

    /// Whether nobody is signed in.
    pub fn is_unauthenticated(&self) -> bool {
        self.0.kind == ErrorKind::Unauthenticated
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}

/// Every failure on the server passes here on its way out, so this is where the answer gets the
/// HTTP status of the error's kind, and an unexpected error the id of its request.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        crate::seam::answer_with(error.kind);
        Self(crate::seam::in_request(error))
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr as E;
        match error {
            E::Request(_) => Self(Error::new(
                ErrorKind::Busy,
                "The server cannot be reached. Your text is kept here; check the connection and try again.",
            )),
            E::Args(_) | E::MissingArg(_) | E::Deserialization(_) => Error::new(
                ErrorKind::Invalid,
                "Some of what was sent could not be read. Reload the page and try again.",
            )
            .into(),
            other => Error::unexpected(&domain::error::reference(&other.to_string())).into(),
        }
    }
}
