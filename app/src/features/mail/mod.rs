//! Mails, for administrators: what became of each, and how each kind looks.

pub mod api;
mod list;
mod page;
mod samples;

pub use page::MailPage;
