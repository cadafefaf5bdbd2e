//! Background tasks, for administrators: what waits, what is being done, and what was given up.

pub mod api;
mod list;
mod page;

pub use page::TasksPage;
