//! The folder of installed models.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use domain::{Error, ErrorKind, Result};

use super::{Artifact, Convert, Fetcher, Manifest, Model, Progress, Receipt, Source, Step, digest};

/// The models of a [`Manifest`] in one folder, each a file `NAME.gguf` with its [`Receipt`].
#[derive(Clone, Debug)]
pub struct Library {
    folder: PathBuf,
    manifest: Manifest,
    fetcher: Fetcher,
}

/// A model of the manifest and whether it is here.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The model.
    pub model: Model,
    /// Whether it is here.
    pub state: State,
}

/// Whether a model is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not here.
    Absent,
    /// Here, with the size that it had when it was installed.
    Installed(Receipt),
    /// Here in part; the sentences say what is wrong and how to mend it.
    Damaged(String),
}

/// What a pull did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// The model is installed now.
    New(Receipt),
    /// It was, and is intact: nothing was fetched.
    Already(Receipt),
}

impl Library {
    /// The models of `manifest` that are, or will be, in `folder`. Nothing is read or made yet.
    pub fn new(folder: impl Into<PathBuf>, manifest: Manifest) -> Self {
        Self { folder: folder.into(), manifest, fetcher: Fetcher::default() }
    }

    /// The same, reaching sources by `fetcher`.
    pub fn with_fetcher(self, fetcher: Fetcher) -> Self {
        Self { fetcher, ..self }
    }

    /// The same, looking for every model in `path` first: a folder that holds the artifacts, or a
    /// wheel or zip file with them in it.
    pub fn with_file(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        for model in &mut self.manifest.models {
            model.sources.insert(0, Source::File { path: path.clone() });
        }
        self
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Every model of the manifest with its state, judged by sizes alone; quick.
    pub fn list(&self) -> Vec<Listed> {
        self.manifest
            .models
            .iter()
            .map(|model| Listed { model: model.clone(), state: self.state(&model.name) })
            .collect()
    }

    /// The file of the model `name`, if it is installed and has its full size.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is not installed, [`ErrorKind::Invalid`] if it is damaged,
    /// both with the command that mends it.
    pub fn path(&self, name: &str) -> Result<PathBuf> {
        self.manifest.model(name)?;
        self.installed(name).map(|_| self.file(name))
    }

    /// The file that configuration means by `choice`: the name of an installed model, or the path
    /// of a GGUF file of the operator's own.
    ///
    /// # Errors
    /// As [`Library::path`], and [`ErrorKind::NotFound`] if it is neither.
    pub fn locate(&self, choice: &str) -> Result<PathBuf> {
        if self.manifest.model(choice).is_ok() {
            return self.path(choice);
        }
        let path = PathBuf::from(choice);
        if path.is_file() {
            return Ok(path);
        }
        let known: Vec<_> = self.manifest.models.iter().map(|model| model.name.as_str()).collect();
        Err(Error::new(
            ErrorKind::NotFound,
            format!("\"{choice}\" is neither a file nor a model of the manifest, which has: {}.", known.join(", ")),
        ))
    }

    /// What people call the model that configuration means by `choice`: its name, or that of its file.
    pub fn shown(choice: &str) -> String {
        let name = Path::new(choice).file_name().and_then(|name| name.to_str()).unwrap_or(choice);
        name.trim_end_matches(".gguf").to_owned()
    }

    /// Free bytes where models are installed; 0 if that is not known.
    pub fn free(&self) -> u64 {
        let existing = self.folder.ancestors().find(|folder| folder.is_dir());
        existing.and_then(|folder| rustix::fs::statvfs(folder).ok()).map_or(0, |disk| disk.f_bavail * disk.f_frsize)
    }

    /// The sha256 of the file that [`Library::locate`] finds for `choice`, as 64 hexadecimal digits:
    /// from its receipt, or for a file of the operator's own by reading all of it. Blocks.
    ///
    /// # Errors
    /// As [`Library::locate`], and [`ErrorKind::Invalid`] if the file cannot be read.
    pub fn sha256(&self, choice: &str) -> Result<String> {
        if self.manifest.model(choice).is_ok() {
            return self.installed(choice).map(|receipt| receipt.sha256);
        }
        let path = self.locate(choice)?;
        let unreadable = |error| Error::new(ErrorKind::Invalid, format!("{} cannot be read: {error}.", path.display()));
        digest::sum(&path).map(|sum| sum.sha256).map_err(unreadable)
    }

    /// Reads the whole file of the model `name` and compares it with its receipt.
    ///
    /// # Errors
    /// As [`Library::path`]; the damage includes any changed byte.
    pub async fn verify(&self, name: &str) -> Result<Receipt> {
        self.manifest.model(name)?;
        let (library, name) = (self.clone(), name.to_owned());
        blocking(move || library.intact(&name)).await
    }

    /// Installs the model `name`, unless it is here and intact: fetches its artifacts, checks
    /// them, has `convert` write the model file, and puts that in place in one step. What was
    /// fetched stays when it fails or is dropped, and the next call goes on from there.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an unknown name, [`ErrorKind::Conflict`] while another pull of
    /// it runs, [`ErrorKind::Busy`] when no source delivered or the disk cannot be written, and
    /// what `convert` gives.
    pub async fn pull(&self, name: &str, convert: Convert, progress: &dyn Progress) -> Result<Pulled> {
        let model = self.manifest.model(name)?.clone();
        fs::create_dir_all(&self.folder).map_err(|error| self.unwritable(&error))?;
        let lock = self.lock(name)?;
        if let Ok(receipt) = self.verify(name).await {
            return Ok(Pulled::Already(receipt));
        }
        let downloads = self.downloads(name);
        self.check_room(&model)?;
        let artifacts = self.fetcher.fetch(&model, &downloads, progress).await?;
        progress.at(Step::Converting);
        let library = self.clone();
        let receipt = blocking(move || {
            // The thread goes on when the caller stops waiting, so it holds the lock to its end.
            let _lock = lock;
            let receipt = library.install(&model, &artifacts, convert)?;
            // Only what this library fetched; an operator's own folder stays.
            let _ = fs::remove_dir_all(&downloads);
            Ok(receipt)
        })
        .await?;
        Ok(Pulled::New(receipt))
    }

    /// Removes the model `name` and what was fetched for it, whole or damaged; gives the bytes that
    /// are free then.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] for an unknown name or one that is not installed,
    /// [`ErrorKind::Conflict`] while it is being pulled, [`ErrorKind::Busy`] when the disk refuses.
    pub async fn remove(&self, name: &str) -> Result<u64> {
        self.manifest.model(name)?;
        if self.state(name) == State::Absent {
            return Err(Error::new(ErrorKind::NotFound, format!("The model {name} is not installed.")));
        }
        let (library, name) = (self.clone(), name.to_owned());
        blocking(move || {
            let _lock = library.lock(&name)?;
            let file = library.file(&name);
            let size = fs::metadata(&file).map_or(0, |metadata| metadata.len());
            // A file without its receipt counts as damaged, never as installed.
            let _ = fs::remove_file(library.receipt(&name));
            let _ = fs::remove_dir_all(library.downloads(&name));
            fs::remove_file(&file).map_err(|error| library.unwritable(&error))?;
            Ok(size)
        })
        .await
    }

    /// Whether the disk has room for what is still to be fetched: to find out after gigabytes would be unkind.
    fn check_room(&self, model: &Model) -> Result<()> {
        let downloads = self.downloads(&model.name);
        let here = |name: &str| fs::metadata(downloads.join(name)).map_or(0, |metadata| metadata.len());
        let missing = |artifact: &Artifact| {
            artifact.size.saturating_sub(here(&artifact.name).max(here(&format!("{}.part", artifact.name))))
        };
        let (missing, free) = (model.artifacts.iter().map(missing).sum::<u64>(), self.free());
        if free == 0 || missing <= free {
            return Ok(());
        }
        let [missing, free] = [missing, free].map(|bytes| domain::number::grouped(bytes / 1_000_000));
        Err(Error::new(
            ErrorKind::Busy,
            format!(
                "{} needs {missing} MB more on the disk of {}, which has {free} MB free. Make room there, then pull it again.",
                model.name,
                self.folder.display()
            ),
        ))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.gguf"))
    }

    fn receipt(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.toml"))
    }

    fn downloads(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}.download"))
    }

    fn state(&self, name: &str) -> State {
        match self.installed(name) {
            Ok(receipt) => State::Installed(receipt),
            Err(error) if error.kind == ErrorKind::NotFound => State::Absent,
            Err(error) => State::Damaged(error.message),
        }
    }

    /// The receipt of `name`, if its file has the size noted there.
    fn installed(&self, name: &str) -> Result<Receipt> {
        let file = self.file(name);
        let size = fs::metadata(&file).map(|metadata| metadata.len());
        match (size, Receipt::read(&self.receipt(name)).filter(|receipt| receipt.model == name)) {
            (Ok(size), Some(receipt)) if size == receipt.size => Ok(receipt),
            (Ok(size), Some(receipt)) => {
                Err(damaged(name, &file, &format!("it has {size} bytes instead of {}", receipt.size)))
            }
            (Ok(_), None) => Err(damaged(name, &file, "there is no record of its size and sha256 beside it")),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Err(Error::new(
                ErrorKind::NotFound,
                format!("The model {name} is not installed. To install it, run `lodestar models pull {name}`."),
            )),
            (Err(error), _) => Err(damaged(name, &file, &format!("it cannot be read ({error})"))),
        }
    }

    /// As [`Library::installed`], with every byte read; blocks.
    fn intact(&self, name: &str) -> Result<Receipt> {
        let receipt = self.installed(name)?;
        let file = self.file(name);
        let sum = digest::sum(&file).map_err(|error| damaged(name, &file, &format!("it cannot be read ({error})")))?;
        if sum.sha256 != receipt.sha256 {
            return Err(damaged(name, &file, &format!("its sha256 is {} instead of {}", sum.sha256, receipt.sha256)));
        }
        Ok(receipt)
    }

    /// Has the model file written beside its place, then moves it there; blocks.
    fn install(&self, model: &Model, artifacts: &Path, convert: Convert) -> Result<Receipt> {
        let name = &model.name;
        let (part, note) =
            (self.folder.join(format!(".{name}.gguf.part")), self.folder.join(format!(".{name}.toml.part")));
        let _ = fs::remove_file(&part);
        let installed = convert(model, artifacts, &part)
            .and_then(|()| self.put_in_place(name, &part, &note).map_err(|error| self.unwritable(&error)));
        if installed.is_err() {
            let _ = fs::remove_file(&part);
            let _ = fs::remove_file(&note);
        }
        installed
    }

    fn put_in_place(&self, name: &str, part: &Path, note: &Path) -> io::Result<Receipt> {
        File::open(part)?.sync_all()?;
        let digest::Sum { size, sha256 } = digest::sum(part)?;
        let receipt = Receipt { model: name.to_owned(), size, sha256 };
        receipt.write(note)?;
        // Between the two renames the receipt does not fit the file, which counts as damaged.
        fs::rename(part, self.file(name))?;
        fs::rename(note, self.receipt(name))?;
        File::open(&self.folder)?.sync_all()?;
        Ok(receipt)
    }

    /// Keeps two pulls of one model apart, also in different processes. The system lets go of the
    /// lock when its holder ends in any way, so the file it is on may stay.
    fn lock(&self, name: &str) -> Result<File> {
        let path = self.folder.join(format!(".{name}.lock"));
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|error| self.unwritable(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::new(
                ErrorKind::Conflict,
                format!("{name} is being pulled already. Wait for that to finish, then look again."),
            )),
            Err(TryLockError::Error(error)) => Err(self.unwritable(&error)),
        }
    }

    fn unwritable(&self, error: &io::Error) -> Error {
        Error::new(
            ErrorKind::Busy,
            format!(
                "The models folder {} cannot be written: {error}. Check its permissions and the space on its disk.",
                self.folder.display()
            ),
        )
    }
}

fn damaged(name: &str, file: &Path, reason: &str) -> Error {
    Error::new(
        ErrorKind::Invalid,
        format!("{} is damaged: {reason}. To mend it, run `lodestar models pull {name}`.", file.display()),
    )
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "work on a model file failed");
        Error::new(ErrorKind::Busy, "The work on the model file was interrupted. Run it again.")
    })?
}
