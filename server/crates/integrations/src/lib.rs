//! Clients for the outside: mail and sign-in providers; profiles and job feeds will follow.
//!
//! There are one that sends mails, one that signs people in elsewhere, one that asks a running server how
//! it is, and one that sends traces to a collector. None of them talks to anybody unless the operator configured it. The crate
//! may know HTTP, SMTP and the peers' formats, and must never know the database, a model or a page.
//! To add a client: a module named for its feature, tested against a real peer on loopback.

pub mod health;
pub mod identity;
pub mod mail;
pub mod traces;
