//! Backups: everything that a server keeps, in one file, and back from there.
//!
//! A backup is a zip file: rows as one JSON object a line in `tables/`, in the order in which they can
//! be put back; the data folder's files in `files/`; `manifest.json` with the size and sha256 of each
//! part. Rows are the same whichever database they come from, so a backup of one kind of database can
//! be restored into the other. Models are left out: they can be fetched again.

mod archive;
mod folder;
mod manifest;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{Clock, Error, ErrorKind, Result};
use store::{Connection, Store, backup as rows};

use archive::{Unpacked, Writer};
use folder::{Folder, Swap};
pub use manifest::{Manifest, Part};

/// The use cases of backups.
#[derive(Clone)]
pub struct Backups {
    store: Store,
    folder: Folder,
    clock: Arc<dyn Clock>,
}

impl Backups {
    /// Of the database and of the files in the data folder `folder`, without those at the paths
    /// `left_out`, such as models, and the database itself.
    pub fn new(store: Store, folder: impl Into<PathBuf>, left_out: Vec<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self { store, folder: Folder::new(folder.into(), left_out), clock }
    }

    /// Writes a backup to `file`, readable by its owner alone. Others may use the database meanwhile:
    /// the backup has its state at one moment, and the files as they are shortly after it. `file` is
    /// there whole, or not at all.
    ///
    /// # Errors
    /// `Conflict` if `file` exists, if the database holds nothing yet or is of a newer Lodestar;
    /// `Invalid` if `file` is in the data folder; `Busy` if something cannot be read or written.
    pub async fn create(&self, file: &Path) -> Result<Manifest> {
        if self.folder.holds(file) {
            let message =
                "A backup in the data folder is lost with it, and would be part of the next one. Choose another place.";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let writer = Writer::begin(file)?;
        let (writer, schema) = self
            .store
            .snapshot(move |connection| Box::pin(async move { write_tables(connection, writer).await }))
            .await?;
        let manifest = Manifest::new(self.clock.now(), self.store.kind(), schema);
        let (folder, file) = (self.folder.clone(), file.to_owned());
        blocking(move || {
            let mut writer = writer;
            folder.files()?.iter().try_for_each(|name| writer.file(name, &folder.path(name)))?;
            writer.finish(manifest, &file)
        })
        .await
    }

    /// Puts back all that is in the backup `file`. It is checked before anything is changed, and what
    /// was there stays if something goes wrong. Nobody else may use database and files meanwhile.
    ///
    /// # Errors
    /// `Invalid` if `file` is no whole backup; `Conflict` if it is of a newer Lodestar, or if something
    /// is there already, unless `force` says to replace it; `Busy` if something cannot be read or
    /// written.
    pub async fn restore(&self, file: &Path, force: bool) -> Result<Manifest> {
        let (path, beside) = (file.to_owned(), self.folder.path(""));
        let unpacked = blocking(move || Unpacked::of(&path, &beside, rows::newest())).await?;
        if !force {
            self.check_empty().await?;
        }
        let manifest = unpacked.manifest().clone();
        let (schema, tables) = (manifest.schema, unpacked.tables());
        if !tables.iter().map(|(table, _)| table).eq(&rows::tables(schema)) {
            let message =
                "The backup does not hold the tables of its version. Nothing was changed. Use another copy of it.";
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        let folder = self.folder.clone();
        let swap = blocking(move || Swap::make(&folder, unpacked)).await?;
        let put = self
            .store
            .transaction(move |connection| Box::pin(async move { read_tables(connection, schema, &tables).await }))
            .await;
        if let Err(error) = put {
            blocking(move || swap.undo()).await?;
            return Err(error);
        }
        drop(swap);
        self.store.migrate().await?;
        Ok(manifest)
    }

    /// Nothing is in the way of what is restored.
    async fn check_empty(&self) -> Result<()> {
        let is_empty = self.store.snapshot(|connection| {
            Box::pin(async move {
                match rows::version(connection).await? {
                    Some(version) => rows::is_empty(connection, version).await,
                    None => Ok(true),
                }
            })
        });
        let folder = self.folder.clone();
        let there = match (is_empty.await?, blocking(move || folder.files()).await?.is_empty()) {
            (true, true) => return Ok(()),
            (true, false) => "files in the data folder",
            (false, true) => "data in the database",
            (false, false) => "data in the database and files in the data folder",
        };
        let message = format!(
            "There are {there} already. Nothing was changed. To replace all of that by the backup, add --force; make a backup of it first."
        );
        Err(Error::new(ErrorKind::Conflict, message.replace("are data", "is data")))
    }
}

/// Writes each row of each table, and answers the version of the tables.
async fn write_tables(connection: &mut Connection, mut writer: Writer) -> Result<(Writer, i64)> {
    let nothing = || Error::new(ErrorKind::Conflict, "There is nothing to back up: the database has no tables yet.");
    let version = rows::version(connection).await?.ok_or_else(nothing)?;
    if version > rows::newest() {
        let message = "The database is of a newer Lodestar than this one. Back it up with the version that uses it.";
        return Err(Error::new(ErrorKind::Conflict, message));
    }
    for table in rows::tables(version) {
        writer.begin_table(&table)?;
        rows::rows(connection, &table, |row| writer.row(row)).await?;
        writer.end_table()?;
    }
    Ok((writer, version))
}

/// Makes the tables anew and reads each row of each table from its file.
async fn read_tables(connection: &mut Connection, version: i64, files: &[(String, PathBuf)]) -> Result<()> {
    rows::start_over(connection, version).await?;
    for (table, path) in files {
        let lines = BufReader::new(File::open(path).map_err(|error| unreadable(path, &error))?).lines();
        for line in lines {
            let line = line.map_err(|error| unreadable(path, &error))?;
            let row = serde_json::from_str(&line).map_err(|error| unreadable(path, &error))?;
            rows::insert(connection, table, &row).await?;
        }
    }
    Ok(())
}

/// Something on the disk cannot be read.
fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Busy, format!("{} cannot be read: {error}.", path.display()))
}

/// Something on the disk cannot be written.
fn unwritable(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Busy,
        format!("{} cannot be written: {error}. Check permissions and the space on the disk.", path.display()),
    )
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work on a backup failed");
        Error::new(ErrorKind::Busy, "The work on the backup was interrupted. Run it again.")
    })?
}
