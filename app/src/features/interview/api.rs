//! Server functions of interviews.

// `#[server]` makes a struct of every function's arguments, whose fields cannot be documented.
#![allow(missing_docs)]

use domain::interview::{InterviewId, InterviewView, JobRole, Kind, Level, Mode, Report, Setup};
use domain::model::Place;
use leptos::prelude::*;
use leptos::server_fn::codec::{StreamingText, TextStream};

use crate::error::Failure;

/// Starts an interview and leads to its page.
#[server(endpoint = "start_interview")]
pub async fn start_interview(#[server(flatten)] setup: SetupForm) -> Result<(), Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    let id = interviews.start(&viewer, setup.checked()?).await?;
    crate::ssr::redirect(&format!("/interview/{id}"));
    Ok(())
}

/// What the start form sends, under the names of its fields.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct SetupForm {
    /// Slug of a [`JobRole`].
    pub role: String,
    /// Slug of a [`Level`].
    pub level: String,
    /// Slug of a [`Kind`].
    pub kind: String,
    /// Slug of a [`Mode`].
    pub mode: String,
    /// How many questions, as typed.
    pub questions: String,
    /// A posting, or nothing.
    #[serde(default)]
    pub job_description: String,
}

impl SetupForm {
    /// The setup, if every value is one of those offered.
    pub fn checked(self) -> domain::Result<Setup> {
        Setup {
            role: JobRole::parse(&self.role)?,
            level: Level::parse(&self.level)?,
            kind: Kind::parse(&self.kind)?,
            mode: Mode::parse(&self.mode)?,
            questions: self.questions.trim().parse().unwrap_or(0),
            // Forms send two characters for each line end.
            job_description: Some(self.job_description.replace("\r\n", "\n")),
        }
        .checked()
    }
}

/// The interview's page.
#[server(endpoint = "interview")]
pub async fn interview(id: String) -> Result<InterviewView, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.view(&viewer, id.parse()?).await?)
}

/// The interviewer's message at `turn`, word by word: its text, then its question. Ends when the
/// message is complete; a second reader gets it from the beginning.
#[server(output = StreamingText, endpoint = "message_words")]
pub async fn message_words(id: InterviewId, turn: u32) -> Result<TextStream<Failure>, Failure> {
    use futures::StreamExt;
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    let words = interviews.words(&viewer, id, turn).await?;
    Ok(TextStream::new(words.map(Ok)))
}

/// Where the interviewer's message at `turn` stands, if it waits for the model.
#[server(endpoint = "message_place")]
pub async fn message_place(id: InterviewId, turn: u32) -> Result<Option<Place>, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.message_place(&viewer, id, turn).await?)
}

/// Has the model say the newest message anew.
#[server(endpoint = "reword_message")]
pub async fn reword_message(id: InterviewId, turn: u32) -> Result<InterviewView, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.reword_message(&viewer, id, turn).await?)
}

/// Stops a message that a model is still writing. What it has written stays, or else the built-in wording.
#[server(endpoint = "stop_message")]
pub async fn stop_message(id: InterviewId, turn: u32) -> Result<InterviewView, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.stop_message(&viewer, id, turn).await?)
}

/// Answers the open question or follow-up. `turn` is the one that the page showed, so that a
/// double click or a second tab cannot answer twice.
#[server(endpoint = "send_answer")]
pub async fn send_answer(id: InterviewId, turn: u32, answer: String) -> Result<InterviewView, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.answer(&viewer, id, turn, &answer).await?)
}

/// Leaves the open question; the next one follows.
#[server(endpoint = "skip_question")]
pub async fn skip_question(id: InterviewId, turn: u32) -> Result<InterviewView, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.skip(&viewer, id, turn).await?)
}

/// Ends the interview and leads to its report.
#[server(endpoint = "finish_interview")]
pub async fn finish_interview(id: InterviewId) -> Result<(), Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    interviews.finish(&viewer, id).await?;
    crate::ssr::redirect(&format!("/interview/{id}/report"));
    Ok(())
}

/// Takes an interview up again where it was ended early, and leads to its page.
#[server(endpoint = "resume_interview")]
pub async fn resume_interview(id: InterviewId) -> Result<(), Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    interviews.resume(&viewer, id).await?;
    crate::ssr::redirect(&format!("/interview/{id}"));
    Ok(())
}

/// The report; also of an interview that still goes on.
#[server(endpoint = "interview_report")]
pub async fn interview_report(id: String) -> Result<Report, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.report(&viewer, id.parse()?).await?)
}
