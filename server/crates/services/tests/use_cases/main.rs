//! The use cases on a real database, with a scripted model and a clock that the test sets.

mod account;
mod interview;
mod support;
mod wording;
