//! Lodestar's vocabulary and pure rules: no input or output, no clock, no randomness.
//!
//! Everything here runs in the browser as well as on the server. A rule takes plain values and
//! returns plain values; whoever calls it brings the time, the random bytes, the rows and the
//! vectors. To add a feature, add a module named for it, with the words of its field, and test
//! it with plain values.

pub mod account;
pub mod audit;
pub mod dashboard;
pub mod device;
pub mod digest;
pub mod error;
pub mod event;
pub mod feedback;
pub mod generation;
pub mod grading;
pub mod id;
pub mod identity;
pub mod interview;
pub mod mail;
pub mod model;
pub mod number;
pub mod people;
pub mod progress;
pub mod question;
pub mod second_step;
pub mod session;
pub mod share;
pub mod task;
pub mod text;
pub mod time;
pub mod token;

pub use error::{Error, ErrorKind, Result};
pub use id::{Id, Random};
pub use time::{Clock, Timestamp};
