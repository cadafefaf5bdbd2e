//! What Lodestar asks of a language model, whichever engine answers.
//!
//! This crate names the two ports, [`Engine`] (words, as a stream) and [`Embedder`] (texts to
//! unit vectors), says which engine has which of the [`Roles`], loads engines when they are asked
//! ([`Pool`]), and keeps the [`models`] on disk: which there are, where they come from, and whether
//! what is installed is whole. It must never know a particular engine: `llama` embeds
//! llama.cpp, [`openai`] asks servers that speak that protocol, [`scripted`] answers in tests. To
//! add an engine, implement the port in a crate of its own and choose it in `server/src/compose.rs`.

mod embedder;
mod engine;
pub mod isolated;
pub mod models;
pub mod openai;
mod pool;
pub mod prompt;
mod roles;
mod schema;
pub mod scripted;
mod structured;

pub use embedder::{Embedder, unit};
pub use engine::{
    Class, Deadline, Deadlines, End, Engine, Message, Output, Outputs, Reason, Request, Role, Usage, whole,
};
pub use pool::{Host, Hosted, Opener, Pool};
pub use roles::{Roles, Sampling};
pub use schema::Schema;
pub use structured::{Author, Structured, Written, structured};
