//! The accounts that there are, for administrators.

pub mod api;
mod entry;
mod page;

pub use page::PeoplePage;
