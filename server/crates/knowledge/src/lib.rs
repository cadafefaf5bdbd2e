//! What Lodestar knows without a model, as data files that people wrote: for now the question bank.
//!
//! The files live in `data/` and are compiled in. This crate knows no database, no model and no
//! person. To add questions, add to a file in `data/questions/` (or a new file, named in
//! `questions.rs`); `tests/questions.rs` says what a question must have.

mod questions;

pub use questions::{Bank, bank};
