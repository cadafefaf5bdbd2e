//! All that belongs to a person, in one file that can be read without Lodestar.

use std::io::{Cursor, Write};
use std::sync::Arc;

use domain::account::{AccountId, Viewer};
use domain::audit::Action;
use domain::dashboard::Dashboard;
use domain::feedback::{Dimension, Grade};
use domain::interview::{AnswerState, InterviewView, Report};
use domain::{Clock, Error, Result, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::Store;
use store::account::sessions::{self, Session};
use store::account::{identities, second_step};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::audit::Audit;
use crate::interview::Interviews;
use crate::tokens::Tokens;

/// Interviews that are read at once.
const PAGE: u32 = 100;

const README: &str = "\
This is everything that Lodestar keeps about you.

account.json      your name, address, plan, and when the account was opened
interviews.json   each interview with its conversation and its report
interviews.csv    one line for each interview, for spreadsheets
answers.csv       one line for each answer with its scores
generated.json    how many tokens models read and wrote for you, by day
tokens.json       the tokens of your programs, without their secrets
sign_in.json      where you are signed in and from which addresses, passkeys, and providers that you linked
shares.json       the addresses of mentors that you share your practice with, and since when

Files are UTF-8. Times in JSON are milliseconds since 1970 in UTC. Passwords and secrets are not kept in a form that
anybody could read, so they are not here.
";

/// The use case of taking one's data along.
#[derive(Clone)]
pub struct Exports {
    store: Store,
    clock: Arc<dyn Clock>,
    interviews: Interviews,
    tokens: Tokens,
    audit: Audit,
}

/// A file to take along.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its name, such as `lodestar-2026-11-20.zip`.
    pub name: String,
    /// A ZIP archive.
    pub bytes: Vec<u8>,
}

/// An interview with all that is known of it.
#[derive(Serialize)]
struct Whole {
    interview: InterviewView,
    report: Report,
}

impl Exports {
    /// Exports from `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, interviews: Interviews, tokens: Tokens, audit: Audit) -> Self {
        Self { store, clock, interviews, tokens, audit }
    }

    /// All that belongs to the person.
    pub async fn archive(&self, viewer: &Viewer) -> Result<Export> {
        let mut connection = self.store.read().await?;
        let plan = store::account::plan(&mut connection, viewer.id).await?;
        let opened = store::account::opened_at(&mut connection, viewer.id).await?;
        let used = store::generation::used_by(&mut connection, viewer.id).await?;
        let shares = store::share::of(&mut connection, viewer.id).await?;
        let sign_in = sign_in(&mut connection, viewer.id).await?;
        drop(connection);
        let tokens = self.tokens.list(viewer).await?;
        let interviews = self.all(viewer).await?;
        let Dashboard { trend, .. } = self.interviews.dashboard(viewer).await?;
        let account = json!({ "id": viewer.id, "name": viewer.name, "email": viewer.email, "standing": viewer.standing,
            "plan": plan, "opened_at": opened, "trend": trend });
        let day = self.clock.now().iso_day();
        let packed = tokio::task::spawn_blocking(move || {
            let files = [
                ("README.txt", README.as_bytes().to_vec()),
                ("account.json", pretty(&account)?),
                ("interviews.json", pretty(&interviews)?),
                ("interviews.csv", interviews_csv(&interviews)?),
                ("answers.csv", answers_csv(&interviews)?),
                ("generated.json", pretty(&used)?),
                ("tokens.json", pretty(&tokens)?),
                ("sign_in.json", pretty(&sign_in)?),
                ("shares.json", pretty(&shares)?),
            ];
            pack(&files)
        });
        let bytes = packed.await.map_err(|error| broken(&error))??;
        self.audit.note(Some(viewer.id), Action::DataExported, "", None).await;
        Ok(Export { name: format!("lodestar-{day}.zip"), bytes })
    }

    async fn all(&self, viewer: &Viewer) -> Result<Vec<Whole>> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let (page, more) = self.interviews.list(viewer, after, PAGE).await?;
            for summary in &page {
                all.push(Whole {
                    interview: self.interviews.view(viewer, summary.id).await?,
                    report: self.interviews.report(viewer, summary.id).await?,
                });
            }
            after = page.last().map(|summary| summary.id);
            if !more {
                return Ok(all);
            }
        }
    }
}

/// How the person signs in, without secrets.
async fn sign_in(connection: &mut store::Connection, account: AccountId) -> Result<serde_json::Value> {
    let sessions = sessions::list(connection, account, Timestamp::from_millis(0)).await?;
    let session = |session: Session| {
        json!({ "browser": domain::device::words(&session.agent), "network": session.network,
            "created_at": session.created_at, "used_at": session.used_at })
    };
    let app = second_step::app(connection, account).await?;
    let passkeys = second_step::passkeys(connection, account).await?;
    Ok(json!({
        "sessions": sessions.into_iter().map(session).collect::<Vec<_>>(),
        "authenticator_app_since": app.and_then(|app| app.confirmed_at),
        "passkeys": passkeys.into_iter().map(|stored| stored.passkey).collect::<Vec<_>>(),
        "providers": identities::list(connection, account).await?,
    }))
}

fn pretty(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|error| broken(&error))
}

fn interviews_csv(interviews: &[Whole]) -> Result<Vec<u8>> {
    let mut lines =
        vec![columns(&["id", "started", "role", "level", "kind", "mode", "questions", "status", "overall"])];
    lines.extend(interviews.iter().map(|Whole { report, .. }| {
        let setup = &report.setup;
        vec![
            report.id.to_string(),
            report.started.iso_day(),
            setup.role.name().to_owned(),
            setup.level.name().to_owned(),
            setup.kind.name().to_owned(),
            setup.mode.slug().to_owned(),
            setup.questions.to_string(),
            report.status.slug().to_owned(),
            number(report.overall),
        ]
    }));
    csv(&lines)
}

fn answers_csv(interviews: &[Whole]) -> Result<Vec<u8>> {
    let mut heading = columns(&["interview", "started", "question", "answer", "overall"]);
    heading.extend(Dimension::ALL.iter().map(|dimension| dimension.name().to_owned()));
    let mut lines = vec![heading];
    for Whole { report, .. } in interviews {
        for answer in &report.answers {
            let feedback = match &answer.state {
                AnswerState::Answered(Grade::Graded(feedback)) => Some(feedback),
                _ => None,
            };
            let mut line =
                vec![report.id.to_string(), report.started.iso_day(), answer.question.clone(), answer.answer.clone()];
            line.push(number(feedback.map(|feedback| feedback.overall)));
            line.extend(Dimension::ALL.iter().map(|dimension| {
                number(feedback.and_then(|feedback| feedback.score(*dimension)).map(|score| score.value))
            }));
            lines.push(line);
        }
    }
    csv(&lines)
}

fn columns(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn number(value: Option<u8>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn csv(lines: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line.iter().map(|field| harmless(field))).map_err(|error| broken(&error))?;
    }
    writer.into_inner().map_err(|error| broken(&error))
}

/// Spreadsheets compute fields that begin so, whoever wrote them: an apostrophe keeps them text.
fn harmless(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field.to_owned() }
}

fn pack(files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).map_err(|error| broken(&error))?;
        archive.write_all(bytes).map_err(|error| broken(&error))?;
    }
    archive.finish().map(Cursor::into_inner).map_err(|error| broken(&error))
}

fn broken(cause: &dyn std::fmt::Display) -> Error {
    let reference = domain::error::reference(&cause.to_string());
    tracing::error!(%reference, %cause, "an export could not be written");
    Error::unexpected(&reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_spreadsheets_would_compute_stay_text() {
        let written = csv(&[columns(&["=1+1", "a, \"b\"\nc", "-5", "plain"])]).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "'=1+1,\"a, \"\"b\"\"\nc\",'-5,plain\n");
    }
}
