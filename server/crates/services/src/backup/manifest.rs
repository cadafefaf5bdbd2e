//! What a backup says of itself.

use domain::{Error, ErrorKind, Result, Timestamp};
use serde::{Deserialize, Serialize};

/// The form of backups that this program writes, and the newest that it reads.
const FORMAT: u32 = 1;

/// What a backup holds, and of what it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the backup.
    pub format: u32,
    /// The version of Lodestar that wrote it.
    pub version: String,
    /// When that was.
    pub created_at: Timestamp,
    /// The kind of the database, for people: it does not matter for restoring.
    pub database: String,
    /// The version of the tables.
    pub schema: i64,
    /// Its parts in the order in which they can be restored.
    pub parts: Vec<Part>,
}

/// A part of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the archive: `tables/NAME.jsonl`, or `files/` and its path in the data folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// As 64 hexadecimal digits.
    pub sha256: String,
    /// Rows, of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
}

impl Manifest {
    /// Of a backup without parts, made now of a `database` with tables of the version `schema`.
    pub(super) fn new(created_at: Timestamp, database: &str, schema: i64) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, version, created_at, database: database.to_owned(), schema, parts: Vec::new() }
    }

    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.parts.iter().filter_map(|part| part.rows).sum()
    }

    /// Files of the data folder.
    pub fn files(&self) -> usize {
        self.parts.iter().filter(|part| part.rows.is_none()).count()
    }

    /// This program, whose tables are of the version `newest`, can restore it.
    pub(super) fn check(&self, newest: i64) -> Result<()> {
        if self.format <= FORMAT && self.schema <= newest {
            return Ok(());
        }
        let message = format!(
            "This backup is of Lodestar {}, which is newer than this one ({}). Nothing was changed. Restore it with that version or a later one.",
            self.version,
            env!("CARGO_PKG_VERSION")
        );
        Err(Error::new(ErrorKind::Conflict, message))
    }
}
