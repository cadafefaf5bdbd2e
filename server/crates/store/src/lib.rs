//! Every line of SQL, for SQLite and PostgreSQL alike.
//!
//! A module is named for its feature and holds one function a statement, named for what the
//! caller wants; the row type stands above it. Services open a [`Store::transaction`] or a
//! [`Store::read`] and call those functions; no other crate sees SQL or sqlx.
//!
//! To add a table: a portable migration in `migrations/` (`TEXT`, `BIGINT`, `DOUBLE PRECISION`
//! only), a module here, and tests in `tests/conformance`, which run on both databases.

pub mod account;
pub mod audit;
pub mod backup;
mod database;
pub mod departure;
pub mod digest;
pub mod doctor;
mod error;
pub mod event;
pub mod generation;
pub mod idempotency;
pub mod interview;
pub mod limit;
mod listener;
pub mod mail;
pub mod model;
pub mod people;
mod session;
pub mod share;
pub mod task;
pub mod token;

pub use database::{Connection, Connections, Store};
pub use listener::Listener;
pub use session::Sessions;
