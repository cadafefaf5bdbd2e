//! Sharing one's practice with a mentor, and the pages of mentors.

pub mod api;
mod mentee;
mod people;
mod report;
mod sharing;

pub use mentee::MenteePage;
pub use people::MentoringPage;
pub use report::MenteeReportPage;
pub use sharing::SharingPage;
