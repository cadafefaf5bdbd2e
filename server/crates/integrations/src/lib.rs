//! Clients for the outside: sign-in providers, profiles, job feeds, mail.
//!
//! So far there are the one that asks a running server how it is, and the one that sends traces to a
//! collector. The crate may know HTTP and the peers' formats, and must never know the database, a
//! model or a page. To add a client: a module named for its feature, tested against a real peer on
//! loopback.

pub mod health;
pub mod traces;
