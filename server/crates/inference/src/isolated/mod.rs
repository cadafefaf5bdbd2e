//! Models in a process of their own: a mistake that ends it takes no page down.
//!
//! [`serve`] is that process's loop, [`Isolated`] starts it, looks after it and asks it. They talk
//! over a Unix socket, one connection a call: the caller writes one line of JSON and reads lines
//! until the end. Leaving is closing the connection.

mod caller;
mod process;
mod server;
mod wire;

pub use process::Isolated;
pub use server::{Models, serve};
