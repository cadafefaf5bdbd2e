//! The models on this machine: which there are, how they get here, and whether they are whole.
//!
//! A [`Manifest`] names the models and, for each, the files it is made from and the sources that
//! are tried in order. A [`Library`] is a folder of installed models: [`Library::pull`] fetches
//! the files, checks size and sha256 of each, has them converted to one GGUF file and puts that
//! in place in one step, so that a model is there as a whole or not at all.
//!
//! To add a kind of source, add a variant to [`Source`] and an arm in `fetch::source`. What it
//! delivers is checked by the same code whatever it is; it must never be trusted by itself.

mod digest;
mod fetch;
mod library;
mod manifest;
mod progress;
mod receipt;

use std::path::Path;

pub use fetch::{Fetcher, HttpLimits, Pip};
pub use library::{Library, Listed, Pulled, State};
pub use manifest::{Artifact, Encoding, Manifest, Model, Source};
pub use progress::{Progress, Quiet, Step};
pub use receipt::Receipt;

/// Writes the GGUF file of a model. Arguments: the model; the folder that holds its artifacts,
/// already checked; the file to write, which does not exist yet. It lives with the engine that
/// reads the file and is called on a thread that may block.
pub type Convert = fn(&Model, &Path, &Path) -> domain::Result<()>;
