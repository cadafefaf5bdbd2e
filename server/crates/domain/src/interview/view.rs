//! What pages and programs see of an interview.

use serde::{Deserialize, Serialize};

use super::Setup;
use crate::feedback::{Band, Grade, Mean};
use crate::{Id, Timestamp};

/// Marks the identifier of an interview.
pub struct Interview;
/// The identifier of an interview.
pub type InterviewId = Id<Interview>;

/// Where an interview stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It goes on.
    Open,
    /// It was ended by the interviewer or the person.
    Finished,
    /// Nobody came back for a day.
    Abandoned,
}

impl Status {
    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Finished => "finished",
            Self::Abandoned => "abandoned",
        }
    }

    /// The status with this stored word; anything unknown is over.
    pub fn from_slug(slug: &str) -> Self {
        match slug {
            "open" => Self::Open,
            "abandoned" => Self::Abandoned,
            _ => Self::Finished,
        }
    }
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The interviewer.
    Coach,
    /// The person.
    Candidate,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Opens the interview, with the first question.
    Greeting,
    /// A further question.
    Question,
    /// Asks more about the present question.
    FollowUp,
    /// Ends the interview.
    Closing,
    /// The person's answer.
    Answer,
    /// The person left the question.
    Skip,
}

impl MessageKind {
    /// All of them with their stored words.
    const SLUGS: [(Self, &'static str); 6] = [
        (Self::Greeting, "greeting"),
        (Self::Question, "question"),
        (Self::FollowUp, "follow_up"),
        (Self::Closing, "closing"),
        (Self::Answer, "answer"),
        (Self::Skip, "skip"),
    ];

    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        Self::SLUGS.iter().find(|(kind, _)| *kind == self).map_or("answer", |(_, slug)| slug)
    }

    /// The kind with this stored word.
    pub fn from_slug(slug: &str) -> Self {
        Self::SLUGS.iter().find(|(_, stored)| *stored == slug).map_or(Self::Answer, |(kind, _)| *kind)
    }

    /// Who says such a message.
    pub fn author(self) -> Author {
        match self {
            Self::Answer | Self::Skip => Author::Candidate,
            _ => Author::Coach,
        }
    }
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its place in the conversation, from 0.
    pub turn: u32,
    /// What it is for.
    pub kind: MessageKind,
    /// Greeting, bridge, follow-up, closing words or answer.
    pub text: String,
    /// The question or follow-up of the bank, word for word, after the text.
    pub question: Option<String>,
    /// Who worded the text: "built-in coach" or the model's name.
    pub wording: String,
    /// The wording is still being written.
    pub pending: bool,
    /// Which question it belongs to, from 0.
    pub position: u32,
}

/// Feedback on one question, as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerReport {
    /// Which question, from 0.
    pub position: u32,
    /// The question.
    pub question: String,
    /// What it shows.
    pub why: String,
    /// What it probes.
    pub competency: String,
    /// 1 to 5.
    pub level: u8,
    /// Behavioural or technical.
    pub kind: crate::question::QuestionKind,
    /// Outline of a strong answer.
    pub strong: String,
    /// One common mistake.
    pub mistake: String,
    /// The person's words.
    pub answer: String,
    /// What they are worth.
    pub state: AnswerState,
}

/// Whether there is something to grade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnswerState {
    /// There is an answer.
    Answered(Grade),
    /// The person left it.
    Skipped,
    /// It was asked, and the interview ended.
    Open,
}

/// An interview as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InterviewView {
    /// Its identifier.
    pub id: InterviewId,
    /// What was chosen.
    pub setup: Setup,
    /// Where it stands.
    pub status: Status,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Questions asked so far.
    pub asked: u32,
    /// The turn that an answer given now gets.
    pub turn: u32,
    /// The question that is open.
    pub question: Option<AnswerReport>,
    /// In study mode: feedback on what was answered.
    pub feedback: Vec<AnswerReport>,
    /// An answer that could not be accepted, kept for mending.
    pub draft: String,
    /// The model that words what the interviewer says, if there is one: it can say the newest message anew.
    pub model: Option<String>,
}

/// The report of an interview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// The interview.
    pub id: InterviewId,
    /// What was chosen.
    pub setup: Setup,
    /// Where it stands.
    pub status: Status,
    /// When it started.
    pub started: Timestamp,
    /// 0 to 100; none when no answer could be graded.
    pub overall: Option<u8>,
    /// Each dimension, in the order of [`crate::feedback::Dimension`]; empty without a graded answer.
    pub dimensions: Vec<Mean>,
    /// The first thing to read.
    pub strength: Option<String>,
    /// What to practise next, most useful first.
    pub practise: Vec<String>,
    /// Every question that was asked.
    pub answers: Vec<AnswerReport>,
    /// It can be taken up again where it was left.
    pub resumable: bool,
}

impl Report {
    /// Whether a question has an answer.
    pub fn is_answered(&self) -> bool {
        self.answers.iter().any(|answer| matches!(answer.state, AnswerState::Answered(_)))
    }
}

/// A past interview in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// The interview.
    pub id: InterviewId,
    /// What was chosen; without the job description.
    pub setup: Setup,
    /// Where it stands.
    pub status: Status,
    /// When it started.
    pub started: Timestamp,
    /// 0 to 100; none when nothing was graded.
    pub overall: Option<u8>,
    /// The band of the overall score.
    pub band: Option<Band>,
    /// Questions answered.
    pub answered: u32,
}
