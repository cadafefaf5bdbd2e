//! Looking over a GGUF file before llama.cpp sees it: a file that is cut short or made to do harm
//! gives an error here, where there it could end the process.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use domain::{Error, ErrorKind, Result};

use super::{
    Checked,
    architecture::{Architecture, Sizes},
    header, shapes, vocabulary,
};

/// What a sound file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How the model computes.
    pub architecture: Architecture,
    /// How many tensors the file has.
    pub tensors: usize,
    /// How many tokens its vocabulary has.
    pub tokens: u64,
    /// How many tokens it was trained to read at once.
    pub context: u64,
    /// Bytes that one token takes in the memory of a conversation, in 16-bit numbers.
    pub cell: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Looks over the file at `path`: its header, and its length.
///
/// # Errors
/// [`ErrorKind::NotFound`] if it cannot be opened, [`ErrorKind::Invalid`] with what is wrong.
pub fn check(path: &Path) -> Result<Summary> {
    let opened = File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
    let (file, metadata) = opened
        .map_err(|error| Error::new(ErrorKind::NotFound, format!("{} cannot be read: {error}.", path.display())))?;
    if !metadata.is_file() {
        return Err(refusal(path, "it is not a file"));
    }
    inspect(BufReader::with_capacity(1 << 16, file), metadata.len()).map_err(|reason| refusal(path, &reason))
}

/// The error for a file that cannot be used for `reason`.
pub(crate) fn refusal(path: &Path, reason: &str) -> Error {
    let path = path.display();
    Error::new(
        ErrorKind::Invalid,
        format!("{path} cannot be used as a model: {reason}. Pull it again, or choose another file."),
    )
}

/// Looks over the beginning of a file of `length` bytes.
///
/// # Errors
/// The reason for which it is refused, as the rest of a sentence.
pub fn inspect(source: impl Read, length: u64) -> Checked<Summary> {
    let header = header::read(source, length)?;
    let metadata = &header.metadata;
    // The other parts would be read without a look at them.
    if metadata.u16("split.count")?.is_some_and(|parts| parts > 1) {
        return Err("it is one part of several; join them with llama-gguf-split --merge".into());
    }
    let architecture = Architecture::of(metadata)?;
    let sizes = Sizes::of(architecture, metadata)?;
    let tokens = vocabulary::check(metadata, architecture)?;
    shapes::check(&header.tensors, &sizes, metadata, tokens)?;
    let cell = sizes.layers * sizes.keys * 2 * 2;
    Ok(Summary { architecture, tensors: header.tensors.len(), tokens, context: sizes.context, cell, bytes: length })
}
