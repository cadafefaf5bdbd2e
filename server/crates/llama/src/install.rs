//! Making the installed file of a model from what was fetched for it.

use std::{fs, path::Path};

use domain::{Error, ErrorKind, Result};
use inference::models::Model;

use crate::{gguf, minilm};

/// Writes the GGUF file of `model` to `output`: published ones as they are, once they are looked
/// over, the embedding model from its parts. This is the [`inference::models::Convert`] of all models.
///
/// # Errors
/// As [`gguf::check`] and [`minilm::convert`]; [`ErrorKind::Busy`] if `output` cannot be written.
pub fn install(model: &Model, artifacts: &Path, output: &Path) -> Result<()> {
    let [published] = model.artifacts.as_slice() else { return minilm::convert(model, artifacts, output) };
    let from = artifacts.join(&published.name);
    gguf::check(&from)?;
    // What was fetched lies in the same folder and is removed later: a second name is enough, and saves gigabytes. An
    // operator's own file may change some day, so it is copied.
    let fetched = artifacts.parent() == output.parent();
    let linked = fetched && fs::hard_link(&from, output).is_ok();
    let written = if linked { Ok(()) } else { fs::copy(&from, output).map(|_| ()) };
    written.map_err(|error| {
        Error::new(
            ErrorKind::Busy,
            format!("{} cannot be written: {error}. Check the space on its disk.", output.display()),
        )
    })
}
