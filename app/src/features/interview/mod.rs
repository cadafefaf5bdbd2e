//! Interviews: starting one, answering, and what came of it.

pub mod api;
mod composer;
mod conversation;
pub mod draft;
mod elsewhere;
mod ended;
mod feedback;
mod highlight;
mod listening;
mod marked_answer;
mod open_question;
mod page;
mod report;
mod report_answer;
mod report_summary;
mod rubric;
mod said;
mod scores;
mod setup_form;
mod stage;
mod start;
mod stream;
mod timer;
mod transcript;
mod trouble;

pub use page::InterviewPage;
pub use report::{Findings, ReportPage, in_a_sentence};
pub use report_summary::Dimensions;
pub use start::StartPage;
