//! The prompts: what models are asked, in the form that `inference::prompt` reads.

/// What the interviewer says around the questions.
pub const INTERVIEW_WORDING: &str = include_str!("../data/prompts/interview-wording.toml");

/// Every prompt file.
pub const ALL: [&str; 1] = [INTERVIEW_WORDING];
