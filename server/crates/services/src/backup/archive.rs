//! The zip file of a backup: written part by part, and unpacked once every part was checked.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use domain::number::hex;
use domain::{Error, ErrorKind, Result};
use sha2::{Digest, Sha256};
use store::backup::Row;
use tempfile::{NamedTempFile, TempDir};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::manifest::{Manifest, Part};
use super::{unreadable, unwritable};

/// The part that names the others.
const MANIFEST: &str = "manifest.json";
/// Largest manifest that is read, in bytes; a part takes some 150.
const LARGEST_MANIFEST: u64 = 64 * 1024 * 1024;

/// A backup that is being written, beside its place.
pub(super) struct Writer {
    zip: ZipWriter<NamedTempFile>,
    path: PathBuf,
    parts: Vec<Part>,
    /// The part that is being written.
    digest: Sha256,
}

impl Writer {
    /// Begins the backup that will be at `path`.
    ///
    /// # Errors
    /// `Conflict` if something is there.
    pub fn begin(path: &Path) -> Result<Self> {
        if path.exists() {
            return Err(in_the_way(path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Such a file is readable by its owner alone.
        let file = tempfile::Builder::new().prefix(".backup-").tempfile_in(folder);
        let zip = ZipWriter::new(file.map_err(|error| unwritable(folder, &error))?);
        Ok(Self { zip, path: path.to_owned(), parts: Vec::new(), digest: Sha256::new() })
    }

    /// Begins the table `name`.
    pub fn begin_table(&mut self, name: &str) -> Result<()> {
        self.begin_part(format!("tables/{name}.jsonl"), Some(0))
    }

    /// Adds a row to the table that was begun last.
    pub fn row(&mut self, row: &Row) -> Result<()> {
        let mut line = serde_json::to_vec(row).map_err(|error| unwritable(&self.path, &error))?;
        line.push(b'\n');
        if let Some(rows) = self.parts.last_mut().and_then(|part| part.rows.as_mut()) {
            *rows += 1;
        }
        self.write(&line)
    }

    /// Ends the table that was begun last.
    pub fn end_table(&mut self) -> Result<()> {
        self.end_part();
        Ok(())
    }

    /// Adds the file at `path` as `name`. One that was removed meanwhile is left out.
    pub fn file(&mut self, name: &str, path: &Path) -> Result<()> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unreadable(path, &error)),
        };
        self.begin_part(format!("files/{name}"), None)?;
        let (mut file, mut bytes) = (BufReader::new(file), vec![0; 64 * 1024]);
        loop {
            match file.read(&mut bytes).map_err(|error| unreadable(path, &error))? {
                0 => break,
                read => self.write(&bytes[..read])?,
            }
        }
        self.end_part();
        Ok(())
    }

    fn begin_part(&mut self, name: String, rows: Option<u64>) -> Result<()> {
        self.zip.start_file(name.as_str(), options()).map_err(|error| unwritable(&self.path, &error))?;
        self.parts.push(Part { name, size: 0, sha256: String::new(), rows });
        self.digest = Sha256::new();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.zip.write_all(bytes).map_err(|error| unwritable(&self.path, &error))?;
        self.digest.update(bytes);
        if let Some(part) = self.parts.last_mut() {
            part.size += bytes.len() as u64;
        }
        Ok(())
    }

    fn end_part(&mut self) {
        let sum = std::mem::take(&mut self.digest).finalize();
        if let Some(part) = self.parts.last_mut() {
            part.sha256 = hex(&sum);
        }
    }

    /// Adds the manifest and puts the backup in its place.
    pub fn finish(self, manifest: Manifest, path: &Path) -> Result<Manifest> {
        let Self { mut zip, parts, .. } = self;
        let manifest = Manifest { parts, ..manifest };
        let cannot = |error: &dyn std::fmt::Display| unwritable(path, error);
        let text = serde_json::to_vec_pretty(&manifest).map_err(|error| cannot(&error))?;
        zip.start_file(MANIFEST, options()).map_err(|error| cannot(&error))?;
        zip.write_all(&text).map_err(|error| cannot(&error))?;
        let file = zip.finish().map_err(|error| cannot(&error))?;
        file.as_file().sync_all().map_err(|error| cannot(&error))?;
        file.persist_noclobber(path).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => in_the_way(path),
            _ => cannot(&error.error),
        })?;
        Ok(manifest)
    }
}

fn options() -> SimpleFileOptions {
    // Tables may have more than 4 GiB.
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true)
        .unix_permissions(0o600)
}

fn in_the_way(path: &Path) -> Error {
    let message = format!("{} is there already. Choose another name, or remove it first.", path.display());
    Error::new(ErrorKind::Conflict, message)
}

/// A backup of which every part was unpacked and checked, in a folder of its own. Dropping it removes that.
pub(super) struct Unpacked {
    manifest: Manifest,
    folder: TempDir,
}

impl Unpacked {
    /// Unpacks the backup at `path` in `beside`, so that its files can be moved into place at once.
    ///
    /// # Errors
    /// `Invalid` if it is no whole backup; `Conflict` if its tables are newer than `newest`.
    pub fn of(path: &Path, beside: &Path, newest: i64) -> Result<Self> {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        let mut zip = ZipArchive::new(file).map_err(|error| damaged(path, &error))?;
        let manifest = manifest(&mut zip).map_err(|reason| damaged(path, &reason))?;
        manifest.check(newest)?;
        let folder = tempfile::Builder::new().prefix(".restore-").tempdir_in(beside);
        let folder = folder.map_err(|error| unwritable(beside, &error))?;
        for part in &manifest.parts {
            let place = place(folder.path(), &part.name).ok_or_else(|| {
                let reason = format!("it has a part named “{}”", part.name);
                damaged(path, &reason)
            })?;
            let above = place.parent().unwrap_or(folder.path());
            let out = fs::create_dir_all(above).and_then(|()| File::create(&place));
            let mut out = out.map_err(|error| unwritable(&place, &error))?;
            unpack(&mut zip, part, &mut out).map_err(|reason| damaged(path, &reason))?;
            out.sync_all().map_err(|error| unwritable(&place, &error))?;
        }
        Ok(Self { manifest, folder })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The folder `name` of what was unpacked.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The tables in order, each with the file of its rows.
    pub fn tables(&self) -> Vec<(String, PathBuf)> {
        let tables = self.manifest.parts.iter().filter_map(|part| {
            let table = part.name.strip_prefix("tables/")?.strip_suffix(".jsonl")?;
            Some((table.to_owned(), self.folder.path().join(&part.name)))
        });
        tables.collect()
    }

    /// Keeps the folder, and answers where it is.
    pub fn keep(self) -> PathBuf {
        self.folder.keep()
    }

    /// The names of the files in the data folder.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.manifest.parts.iter().filter_map(|part| part.name.strip_prefix("files/"))
    }
}

/// Where a part is unpacked; nothing if it would be elsewhere.
fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let is_known = name.starts_with("tables/") || name.starts_with("files/");
    let is_plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    (is_known && is_plain).then(|| folder.join(name))
}

fn manifest(zip: &mut ZipArchive<File>) -> Result<Manifest, String> {
    let member = zip.by_name(MANIFEST).map_err(|error| format!("its manifest cannot be read ({error})"))?;
    serde_json::from_reader(member.take(LARGEST_MANIFEST))
        .map_err(|error| format!("its manifest cannot be read ({error})"))
}

/// Writes `part` to `out`; the reason if it is not what the manifest says.
fn unpack(zip: &mut ZipArchive<File>, part: &Part, out: &mut File) -> Result<(), String> {
    let Part { name, size, sha256, .. } = part;
    let cannot = |error: &dyn std::fmt::Display| format!("{name} cannot be read ({error})");
    let member = zip.by_name(name).map_err(|error| cannot(&error))?;
    // One byte more than named is enough to see that there is more.
    let (mut member, mut digest, mut written, mut bytes) =
        (member.take(size + 1), Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = member.read(&mut bytes).map_err(|error| cannot(&error))?;
        if read == 0 {
            break;
        }
        digest.update(&bytes[..read]);
        out.write_all(&bytes[..read]).map_err(|error| format!("{name} cannot be unpacked ({error})"))?;
        written += read as u64;
    }
    if written != *size {
        return Err(format!("{name} does not have the {size} bytes that it should"));
    }
    let sum = hex(&digest.finalize());
    if sum == *sha256 { Ok(()) } else { Err(format!("the sha256 of {name} is {sum} instead of {sha256}")) }
}

fn damaged(path: &Path, reason: &dyn std::fmt::Display) -> Error {
    let message = format!(
        "{} is no whole backup: {reason}. Nothing was changed. Use another copy of it, or an earlier one.",
        path.display()
    );
    Error::new(ErrorKind::Invalid, message)
}
