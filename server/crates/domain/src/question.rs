//! Interview questions and the rubric that says what a strong answer contains.

use serde::{Deserialize, Serialize};

/// Whether a question asks for experience or for knowledge of the craft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum QuestionKind {
    /// Asks for something that happened: situation, task, action, result.
    Behavioural,
    /// Asks for knowledge and judgement: claim, reasoning, trade-off.
    Technical,
}

/// One question of the bank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable for ever, like `backend.idempotency.retries`.
    pub id: String,
    /// Slugs of the job roles that a good interviewer would ask it of.
    pub roles: Vec<String>,
    /// Behavioural or technical.
    pub kind: QuestionKind,
    /// What it probes, as a short noun phrase.
    pub competency: String,
    /// 1 can explain a term, 2 does routine work, 3 solves ordinary problems alone,
    /// 4 weighs designs and leads others, 5 sets direction.
    pub level: u8,
    /// The question as spoken.
    pub text: String,
    /// What it shows.
    pub why: String,
    /// Outline of a strong answer.
    pub strong: String,
    /// One common mistake.
    pub mistake: String,
    /// The rubric: 3 to 6 independent key points.
    #[serde(rename = "point")]
    pub points: Vec<KeyPoint>,
}

/// One thing that a strong answer says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPoint {
    /// 1 to 3; 3 is essential.
    pub weight: u8,
    /// The point as a full sentence.
    pub text: String,
    /// Two ways in which a candidate would say it.
    pub also: Vec<String>,
    /// Asked when the point is missing.
    pub follow_up: String,
}
