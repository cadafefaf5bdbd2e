//! What a failing statement means to a person.

use domain::{Error, ErrorKind};

/// Translates a database error. Full disks, locks and lost connections pass; the rest is ours.
pub(crate) fn explain(error: sqlx::Error) -> Error {
    if let sqlx::Error::Database(cause) = &error {
        let (code, text) = (cause.code().unwrap_or_default().into_owned(), cause.message().to_lowercase());
        // SQLITE_FULL; PostgreSQL class 53, insufficient resources, of which 53100 is disk_full.
        if code == "13" || code == "53100" || text.contains("disk is full") || text.contains("no space left") {
            tracing::error!(%error, "the disk is full");
            return Error::new(
                ErrorKind::Busy,
                "The disk of this server is full, so this could not be saved. Nothing that was saved before is lost. Keep your text, tell the operator, and try again.",
            );
        }
        // SQLITE_IOERR and its extended codes end in 10 modulo 256; 5 and 6 are BUSY and LOCKED.
        let sqlite = code.parse::<u32>().map_or(0, |code| code & 0xff);
        if matches!(sqlite, 5 | 6 | 10) && code.len() < 5
            || matches!(code.as_str(), "55P03" | "57014" | "40001" | "40P01")
        {
            tracing::warn!(%error, "the database is busy");
            return busy();
        }
    }
    if matches!(
        error,
        sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed
    ) {
        tracing::error!(%error, "the database cannot be reached");
        return busy();
    }
    unexpected(&error)
}

fn busy() -> Error {
    Error::new(ErrorKind::Busy, "The server is busy just now. Nothing is lost; please try again in a moment.")
}

/// Logs `cause` once, with a reference that the person sees.
pub(crate) fn unexpected(cause: &dyn std::error::Error) -> Error {
    let reference = domain::error::reference(&cause.to_string());
    tracing::error!(%reference, cause = %cause, "unexpected database error");
    Error::unexpected(&reference)
}
