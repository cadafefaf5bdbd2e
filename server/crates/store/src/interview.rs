//! Interviews, the questions asked in them and the conversation. Every function that reads or
//! changes a person's interview takes its owner.

use domain::account::AccountId;
use domain::feedback::Grade;
use domain::interview::{Asked, InterviewId, JobRole, Kind, Level, Message, MessageKind, Mode, Setup, Status};
use domain::question::Question;
use domain::{Error, Result, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::{explain, unexpected};

/// An interview without its conversation.
#[derive(Clone, Debug)]
pub struct Interview {
    /// Its identifier.
    pub id: InterviewId,
    /// What was chosen.
    pub setup: Setup,
    /// Where it stands.
    pub status: Status,
    /// Raised by every change.
    pub version: i64,
    /// An answer that could not be accepted.
    pub draft: String,
    /// Mean of the graded answers so far.
    pub overall: Option<u8>,
    /// Questions that have an answer.
    pub answered: u32,
    /// When it started.
    pub created_at: Timestamp,
    /// When something last happened in it.
    pub active_at: Timestamp,
}

impl FromRow<'_, AnyRow> for Interview {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let text = |column: &str| row.try_get::<String, _>(column);
        let decode = |error: Error| sqlx::Error::Decode(error.into());
        Ok(Self {
            id: text("id")?.parse().map_err(decode)?,
            setup: Setup {
                role: JobRole::parse(&text("role")?).map_err(decode)?,
                level: Level::parse(&text("level")?).map_err(decode)?,
                kind: Kind::parse(&text("kind")?).map_err(decode)?,
                mode: Mode::parse(&text("mode")?).map_err(decode)?,
                questions: small(row.try_get("questions")?),
                job_description: row.try_get("job_description")?,
            },
            status: Status::from_slug(&text("status")?),
            version: row.try_get("version")?,
            draft: text("draft")?,
            overall: row.try_get::<Option<i64>, _>("overall")?.map(small),
            answered: u32::from(small(row.try_get("answered")?)),
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
            active_at: Timestamp::from_millis(row.try_get("active_at")?),
        })
    }
}

/// The stored small number; the columns hold 0 to 100.
fn small(number: i64) -> u8 {
    u8::try_from(number.clamp(0, 255)).unwrap_or(u8::MAX)
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| unexpected(&error))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| unexpected(&error))
}

/// Adds a new interview at version 0.
pub async fn insert(connection: &mut Connection, owner: AccountId, interview: &Interview) -> Result<()> {
    let setup = &interview.setup;
    sqlx::query(
        "INSERT INTO interviews
             (id, owner_id, role, level, kind, mode, questions, job_description, status, version, draft, overall, answered, created_at, active_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', NULL, 0, $11, $12)",
    )
    .bind(interview.id.to_string())
    .bind(owner.to_string())
    .bind(setup.role.slug())
    .bind(setup.level.slug())
    .bind(setup.kind.slug())
    .bind(setup.mode.slug())
    .bind(i64::from(setup.questions))
    .bind(setup.job_description.clone())
    .bind(interview.status.slug())
    .bind(interview.version)
    .bind(interview.created_at.millis())
    .bind(interview.active_at.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// The owner's interview.
pub async fn find(connection: &mut Connection, owner: AccountId, id: InterviewId) -> Result<Interview> {
    sqlx::query_as("SELECT * FROM interviews WHERE id = $1 AND owner_id = $2")
        .bind(id.to_string())
        .bind(owner.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)?
        .ok_or_else(|| Error::not_found("interview"))
}

/// The owner's interviews, newest first, at most `limit`; those that come after `after`, which has that start.
pub async fn latest(
    connection: &mut Connection,
    owner: AccountId,
    after: Option<(Timestamp, InterviewId)>,
    limit: i64,
) -> Result<Vec<Interview>> {
    let (started, id) = after.map_or((i64::MAX, String::new()), |(started, id)| (started.millis(), id.to_string()));
    sqlx::query_as(
        "SELECT * FROM interviews WHERE owner_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3))
         ORDER BY created_at DESC, id DESC LIMIT $4",
    )
    .bind(owner.to_string())
    .bind(started)
    .bind(id)
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(explain)
}

/// The owner's interviews that started at `since` or later, the oldest first.
pub async fn since(connection: &mut Connection, owner: AccountId, since: Timestamp) -> Result<Vec<Interview>> {
    sqlx::query_as("SELECT * FROM interviews WHERE owner_id = $1 AND created_at >= $2 ORDER BY created_at, id")
        .bind(owner.to_string())
        .bind(since.millis())
        .fetch_all(connection)
        .await
        .map_err(explain)
}

/// Saves status, draft, score and activity, and raises the version; false when another change
/// came first.
pub async fn update(connection: &mut Connection, owner: AccountId, interview: &Interview) -> Result<bool> {
    sqlx::query(
        "UPDATE interviews SET status = $4, draft = $5, overall = $6, answered = $7, active_at = $8, version = version + 1
         WHERE id = $1 AND owner_id = $2 AND version = $3",
    )
    .bind(interview.id.to_string())
    .bind(owner.to_string())
    .bind(interview.version)
    .bind(interview.status.slug())
    .bind(interview.draft.clone())
    .bind(interview.overall.map(i64::from))
    .bind(i64::from(interview.answered))
    .bind(interview.active_at.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// Keeps an answer that could not be accepted. Neither activity nor a change of the conversation.
pub async fn keep_draft(connection: &mut Connection, owner: AccountId, id: InterviewId, draft: &str) -> Result<()> {
    sqlx::query("UPDATE interviews SET draft = $3 WHERE id = $1 AND owner_id = $2")
        .bind(id.to_string())
        .bind(owner.to_string())
        .bind(draft.to_owned())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Closes the open interviews without activity since `since`; answers how many.
pub async fn abandon_idle(connection: &mut Connection, since: Timestamp) -> Result<u64> {
    sqlx::query(
        "UPDATE interviews SET status = 'abandoned', version = version + 1 WHERE status = 'open' AND active_at < $1",
    )
    .bind(since.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected())
    .map_err(explain)
}

/// Saves the question at `position`, new or changed.
pub async fn put_question(connection: &mut Connection, id: InterviewId, position: usize, asked: &Asked) -> Result<()> {
    sqlx::query(
        "INSERT INTO interview_questions (interview_id, position, question, followed_up, grade, skipped) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (interview_id, position)
         DO UPDATE SET followed_up = excluded.followed_up, grade = excluded.grade, skipped = excluded.skipped",
    )
    .bind(id.to_string())
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(json(&asked.question)?)
    .bind(json(&asked.followed_up)?)
    .bind(asked.grade.as_ref().map(json).transpose()?)
    .bind(i64::from(asked.skipped))
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// The questions of an interview in order, each with its answers from `messages`.
pub async fn questions(connection: &mut Connection, id: InterviewId, messages: &[Message]) -> Result<Vec<Asked>> {
    let rows = sqlx::query("SELECT position, question, followed_up, grade, skipped FROM interview_questions WHERE interview_id = $1 ORDER BY position")
        .bind(id.to_string())
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    rows.iter()
        .map(|row| {
            let position: i64 = row.try_get("position").map_err(explain)?;
            let text = |column: &str| row.try_get::<String, _>(column).map_err(explain);
            let grade: Option<String> = row.try_get("grade").map_err(explain)?;
            Ok(Asked {
                question: parse::<Question>(&text("question")?)?,
                answers: messages
                    .iter()
                    .filter(|message| message.kind == MessageKind::Answer && i64::from(message.position) == position)
                    .map(|message| message.text.clone())
                    .collect(),
                followed_up: parse(&text("followed_up")?)?,
                grade: grade.map(|grade| parse::<Grade>(&grade)).transpose()?,
                skipped: row.try_get::<i64, _>("skipped").map_err(explain)? != 0,
            })
        })
        .collect()
}

/// Adds a message; false when that turn is taken.
pub async fn insert_message(
    connection: &mut Connection,
    id: InterviewId,
    message: &Message,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query(
        "INSERT INTO interview_messages (interview_id, turn, position, kind, text, question, wording, pending, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (interview_id, turn) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(i64::from(message.turn))
    .bind(i64::from(message.position))
    .bind(message.kind.slug())
    .bind(message.text.clone())
    .bind(message.question.clone())
    .bind(message.wording.clone())
    .bind(i64::from(message.pending))
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// The conversation in order.
pub async fn messages(connection: &mut Connection, id: InterviewId) -> Result<Vec<Message>> {
    let rows = sqlx::query("SELECT * FROM interview_messages WHERE interview_id = $1 ORDER BY turn")
        .bind(id.to_string())
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    rows.iter().map(|row| message(row).map_err(explain)).collect()
}

fn message(row: &AnyRow) -> sqlx::Result<Message> {
    let number = |column: &str| row.try_get::<i64, _>(column).map(|number| u32::try_from(number).unwrap_or(0));
    let kind: String = row.try_get("kind")?;
    Ok(Message {
        turn: number("turn")?,
        kind: MessageKind::from_slug(&kind),
        text: row.try_get("text")?,
        question: row.try_get("question")?,
        wording: row.try_get("wording")?,
        pending: number("pending")? != 0,
        position: number("position")?,
    })
}

/// Ends the writing of a pending message: with a model's words, or keeping the built-in ones when
/// `words` is none. Does nothing when it is no longer pending.
pub async fn settle_message(
    connection: &mut Connection,
    id: InterviewId,
    turn: u32,
    words: Option<(String, String)>,
) -> Result<()> {
    let query = match words {
        Some((text, wording)) => {
            sqlx::query("UPDATE interview_messages SET pending = 0, text = $3, wording = $4 WHERE interview_id = $1 AND turn = $2 AND pending = 1")
                .bind(id.to_string())
                .bind(i64::from(turn))
                .bind(text)
                .bind(wording)
        }
        None => sqlx::query("UPDATE interview_messages SET pending = 0 WHERE interview_id = $1 AND turn = $2 AND pending = 1")
            .bind(id.to_string())
            .bind(i64::from(turn)),
    };
    query.execute(connection).await.map(|_| ()).map_err(explain)
}

/// Notes that a message is being worded once more. What it says stays until then.
pub async fn reopen_message(connection: &mut Connection, id: InterviewId, turn: u32) -> Result<()> {
    sqlx::query("UPDATE interview_messages SET pending = 1 WHERE interview_id = $1 AND turn = $2")
        .bind(id.to_string())
        .bind(i64::from(turn))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}
