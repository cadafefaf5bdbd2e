//! The use cases, one module a feature: load, decide with the rules of `domain`, save.
//!
//! A service is a small struct that holds only what it needs and is cheap to clone. Pages and
//! programs call it; it calls the store, the models and the knowledge, and waits for none of the
//! latter inside a transaction. To add a feature: a module here under its own name, provided in
//! `server/src/wiring.rs`.

pub mod account;
pub mod audit;
pub mod backup;
pub mod departures;
pub mod digest;
pub mod evaluate;
pub mod events;
pub mod export;
pub mod generation;
pub mod idempotency;
pub mod interview;
pub mod limits;
pub mod mail;
pub mod models;
pub mod people;
mod secret;
pub mod share;
pub mod tasks;
pub mod tokens;
pub mod vault;
pub mod words;
