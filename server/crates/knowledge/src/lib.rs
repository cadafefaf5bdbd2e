//! What Lodestar knows without a model, as data files that people wrote: the question bank, the
//! [`prompts`] that models are asked with, and the [`mails`] that people get.
//!
//! The files live in `data/` and are compiled in. This crate knows no database, no model and no
//! person. To add questions, add to a file in `data/questions/` (or a new file, named in
//! `questions.rs`); `tests/questions.rs` says what a question must have. To add a prompt, add a file
//! in `data/prompts/` and name it in `prompts.rs`; `services/tests/use_cases/prompts.rs` says what it
//! must have. To add a mail, add a file in `data/mails/` and name it in `mails.rs`;
//! `services::mail` says how it is filled.

pub mod mails;
pub mod prompts;
mod questions;

pub use questions::{Bank, bank};
