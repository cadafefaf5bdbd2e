//! The use cases on a real database, with a scripted model and a clock that the test sets.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod account;
mod audit;
mod backup;
#[path = "../injection/mod.rs"]
mod corpus;
mod generation;
mod injection;
mod interview;
mod leaving;
mod limits;
mod mail;
mod people;
mod prompts;
mod security;
mod share;
mod support;
mod tokens;
mod wording;
