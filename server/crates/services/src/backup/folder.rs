//! The data folder: which of its files belong to a backup, and putting others in their place.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use domain::{Error, ErrorKind, Result};

use super::archive::Unpacked;
use super::{unreadable, unwritable};

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// The data folder.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
    left_out: Vec<PathBuf>,
}

impl Folder {
    /// The folder `root` without the files and folders at the paths `left_out`.
    pub fn new(root: PathBuf, left_out: Vec<PathBuf>) -> Self {
        // Where the database or the models are elsewhere, those of before may still be here.
        let usual = [root.join("lodestar.sqlite"), root.join("models")];
        let named = left_out.into_iter().chain(usual).flat_map(|path| {
            COMPANIONS.map(|companion| {
                let mut name = path.clone().into_os_string();
                name.push(companion);
                PathBuf::from(name)
            })
        });
        let left_out = named.collect();
        Self { root, left_out }
    }

    /// Where the file of that name is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Whether `file`, which need not exist, is in the folder.
    pub fn holds(&self, file: &Path) -> bool {
        let above = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match (above.canonicalize(), self.root.canonicalize()) {
            (Ok(above), Ok(root)) => above.starts_with(root),
            _ => false,
        }
    }

    /// The names of all files that belong to a backup, in order: paths in the folder, with slashes.
    /// Hidden ones are the program's own notes for this machine; links lead elsewhere.
    pub fn files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        self.collect(&self.root, "", &mut found)?;
        found.sort();
        Ok(found)
    }

    fn collect(&self, folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<()> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(unreadable(folder, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(folder, &error))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| {
                let reason = "its name is not UTF-8 text; give it another one";
                unreadable(&path, &reason)
            })?;
            if name.starts_with('.') || self.left_out.contains(&path) {
                continue;
            }
            let name = format!("{prefix}{name}");
            if kind.is_dir() {
                self.collect(&path, &format!("{name}/"), found)?;
            } else if kind.is_file() {
                found.push(name);
            }
        }
        Ok(())
    }

    /// The names of the files and folders right in it that belong to a backup.
    fn roots(&self) -> Result<Vec<String>> {
        let mut roots: Vec<_> = self.files()?.iter().map(|name| root_of(name).to_owned()).collect();
        roots.dedup();
        Ok(roots)
    }

    /// Whether a file of that name may be put here: it stays in the folder and out of what is left out.
    fn takes(&self, name: &str) -> bool {
        let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        is_plain && !name.starts_with('.') && !self.left_out.contains(&self.path(root_of(name)))
    }
}

fn root_of(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

/// The files of a backup in their place, and what was there before put aside, where they were unpacked.
/// Dropping it removes what was put aside.
#[must_use]
pub(super) struct Swap {
    unpacked: Unpacked,
    /// From where to where each was moved, in order.
    moves: Vec<(PathBuf, PathBuf)>,
}

impl Swap {
    /// Moves the unpacked files into `folder`, and what is there aside.
    ///
    /// # Errors
    /// If something cannot be moved; then everything is as it was.
    pub fn make(folder: &Folder, unpacked: Unpacked) -> Result<Self> {
        if let Some(name) = unpacked.files().find(|name| !folder.takes(name)) {
            let message = format!("The backup holds “{name}”, which has no place here. Nothing was changed.");
            return Err(Error::invalid("backup", message));
        }
        let mut swap = Self { unpacked, moves: Vec::new() };
        match swap.move_all(folder) {
            Ok(()) => Ok(swap),
            Err(error) => swap.undo().and(Err(error)),
        }
    }

    fn move_all(&mut self, folder: &Folder) -> Result<()> {
        let (came, aside) = (self.unpacked.folder("files"), self.unpacked.folder("before"));
        fs::create_dir_all(&aside).map_err(|error| unwritable(&aside, &error))?;
        for name in folder.roots()? {
            self.move_one(folder.path(&name), aside.join(&name))?;
        }
        let mut roots: Vec<_> = self.unpacked.files().map(|name| root_of(name).to_owned()).collect();
        roots.dedup();
        for name in roots {
            // A folder without files that belong to a backup may still be in the way.
            if folder.path(&name).exists() {
                self.move_one(folder.path(&name), aside.join(&name))?;
            }
            self.move_one(came.join(&name), folder.path(&name))?;
        }
        Ok(())
    }

    fn move_one(&mut self, from: PathBuf, to: PathBuf) -> Result<()> {
        fs::rename(&from, &to).map_err(|error| unwritable(&to, &error))?;
        self.moves.push((from, to));
        Ok(())
    }

    /// Moves everything back.
    ///
    /// # Errors
    /// If something cannot be moved: what was put aside is kept then, and the message says where.
    pub fn undo(self) -> Result<()> {
        let back = self.moves.iter().rev().try_for_each(|(from, to)| fs::rename(to, from));
        back.map_err(|error| {
            let kept = self.unpacked.keep();
            tracing::error!(%error, folder = %kept.display(), "what was there before could not be put back");
            let message = format!(
                "The files that were there before could not be put back ({error}). They are in {}: move them from there into the data folder.",
                kept.join("before").display()
            );
            Error::new(ErrorKind::Busy, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_database_and_hidden_files_stay_out() {
        let root = tempfile::tempdir().unwrap();
        for name in ["models/a.gguf", "lodestar.sqlite", "lodestar.sqlite-wal", ".lock", "files/b/c.pdf", "d.txt"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        }
        std::os::unix::fs::symlink("/etc/hostname", root.path().join("link")).unwrap();
        let folder = Folder::new(root.path().to_owned(), vec![root.path().join("d.txt")]);
        assert_eq!(folder.files().unwrap(), ["files/b/c.pdf"]);
        assert!(Folder::new(root.path().join("none"), Vec::new()).files().unwrap().is_empty());
    }

    #[test]
    fn nothing_leaves_the_folder() {
        let folder = Folder::new("/data".into(), Vec::new());
        assert!(folder.takes("files/b/c.pdf") && folder.takes("d.txt"));
        for name in
            ["../a", "/etc/passwd", "a/../../b", "models/x.gguf", "lodestar.sqlite", "lodestar.sqlite-wal", ".lock"]
        {
            assert!(!folder.takes(name), "{name}");
        }
    }
}
