//! The use cases on a real database, with a scripted model and a clock that the test sets.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod account;
mod backup;
#[path = "../injection/mod.rs"]
mod corpus;
mod generation;
mod injection;
mod interview;
mod prompts;
mod support;
mod wording;
