//! What was installed, noted beside the file so that damage to it can be seen later.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

/// The note beside an installed model, `NAME.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The model's name in the manifest.
    pub model: String,
    /// Bytes of the model file.
    pub size: u64,
    /// Of the model file: 64 lower-case hexadecimal digits.
    pub sha256: String,
}

impl Receipt {
    /// Reads a receipt; `None` if there is none or it says nothing sensible.
    pub(super) fn read(path: &Path) -> Option<Self> {
        toml::from_str(&fs::read_to_string(path).ok()?).ok()
    }

    /// Writes the receipt to `path` and to the disk; blocks.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let text = toml::to_string(self).map_err(io::Error::other)?;
        fs::write(path, text)?;
        fs::File::open(path)?.sync_all()
    }
}
