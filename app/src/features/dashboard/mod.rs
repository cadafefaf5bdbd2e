//! The page a person comes back to.

pub mod api;
mod line;
mod page;
mod past;
mod trend;

pub use page::DashboardPage;
pub use past::PastInterviews;
pub use trend::Trend;
