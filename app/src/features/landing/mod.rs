//! What people see before they have an account, and when an address leads nowhere.

mod not_found;
mod page;

pub use not_found::{NotFoundPage, Nowhere};
pub use page::LandingPage;
