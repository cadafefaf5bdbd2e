//! The interview: what can be rehearsed, which question comes next, and what the pages show.

mod conduct;
mod setup;
mod view;
mod wording;

pub use conduct::{Asked, Candidate, Next, answer_text, choose, difficulty, next};
pub use setup::{JobRole, Kind, Level, Mode, Setup};
pub use view::{
    AnswerReport, AnswerState, Author, Interview, InterviewId, InterviewView, Message, MessageKind, Report, Status,
    Summary,
};
pub use wording::{bridge, closing, follow_up, greeting};

/// Name shown as the author of wording that no model wrote.
pub const BUILT_IN_COACH: &str = "built-in coach";

/// Longest answer that is read, in characters.
pub const LONGEST_ANSWER: usize = 20_000;

/// Hours without any activity after which an open interview counts as abandoned.
pub const IDLE_HOURS: i64 = 24;
