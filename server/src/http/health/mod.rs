//! Whether the process lives, and whether it can serve.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::compose::Lodestar;

/// How long one check may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// One part's state.
#[derive(Serialize)]
struct Part {
    ok: bool,
    /// Milliseconds that the check took.
    millis: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// All parts' state.
#[derive(Serialize)]
pub struct Report {
    ok: bool,
    database: Part,
    files: Part,
    embedding: Part,
}

/// The process answers.
pub async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "ok": true }))
}

/// Database, files and embedding model work: 200; else 503, with what does not.
pub async fn ready(State(lodestar): State<Arc<Lodestar>>) -> (StatusCode, Json<Report>) {
    let embed = async {
        let vectors = lodestar.embedder.embed(&["ready".to_owned()]).await.map_err(|error| error.message)?;
        if vectors.first().is_some_and(|vector| !vector.is_empty()) {
            Ok(())
        } else {
            Err("the model gave no vector".to_owned())
        }
    };
    let (database, files, embedding) = tokio::join!(
        check(async { lodestar.store.ping().await.map_err(|error| error.message) }),
        check(write_and_read(&lodestar.data_dir)),
        check(embed),
    );
    let report = Report { ok: database.ok && files.ok && embedding.ok, database, files, embedding };
    (if report.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(report))
}

async fn check(work: impl Future<Output = Result<(), String>>) -> Part {
    let started = Instant::now();
    let outcome = tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| Err(format!("no answer within {} s", PATIENCE.as_secs())));
    Part { ok: outcome.is_ok(), millis: started.elapsed().as_millis(), error: outcome.err() }
}

async fn write_and_read(folder: &Path) -> Result<(), String> {
    let probe = folder.join(".health");
    let tried = async {
        tokio::fs::write(&probe, b"ready").await?;
        tokio::fs::read(&probe).await?;
        tokio::fs::remove_file(&probe).await
    };
    tried.await.map_err(|error: std::io::Error| format!("the data folder cannot be written: {error}"))
}
