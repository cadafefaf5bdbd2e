//! What matters for security, for administrators.

pub mod api;
mod page;

pub use page::AuditPage;
