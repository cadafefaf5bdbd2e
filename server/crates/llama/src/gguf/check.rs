//! Looking over a GGUF file before llama.cpp sees it: a file that is cut short or made to do harm
//! gives an error here, where there it could end the process.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use domain::{Error, ErrorKind, Result};

use super::{ALIGNMENT, MAGIC, block};

/// More metadata or tensors than any model has.
const MOST_ENTRIES: u64 = 1 << 16;

/// The longest text in the metadata, such as a chat template, in bytes.
const LONGEST_TEXT: u64 = 1 << 20;

/// The most items of a list in the metadata, such as the merges of a tokeniser.
const MOST_ITEMS: u64 = 1 << 24;

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The value of `general.architecture`, such as "bert".
    pub architecture: String,
    /// How many tensors the file has.
    pub tensors: u64,
    /// Whether it can read text: some files hold only the numbers.
    pub has_vocabulary: bool,
}

/// Reads the header of `path` and holds it against the file's length.
///
/// # Errors
/// [`ErrorKind::NotFound`] if it cannot be opened, [`ErrorKind::Invalid`] with what is wrong.
pub fn check(path: &Path) -> Result<Summary> {
    let refuse =
        |kind, reason: String| Error::new(kind, format!("{} cannot be used as a model: {reason}.", path.display()));
    let opened = File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata.len())));
    let (file, length) = opened.map_err(|error| refuse(ErrorKind::NotFound, error.to_string()))?;
    let mut header = Header {
        file: BufReader::with_capacity(1 << 16, file),
        length,
        read: 0,
        alignment: ALIGNMENT,
        architecture: None,
        tokeniser: None,
    };
    header.check().map_err(|reason| refuse(ErrorKind::Invalid, reason))
}

type Checked<T> = std::result::Result<T, String>;

struct Header {
    file: BufReader<File>,
    length: u64,
    read: u64,
    alignment: u64,
    architecture: Option<String>,
    tokeniser: Option<String>,
}

impl Header {
    fn check(&mut self) -> Checked<Summary> {
        if self.bytes::<4>().ok() != Some(MAGIC) {
            return Err("it is not a GGUF file".into());
        }
        let version = self.u32()?;
        if !(2..=3).contains(&version) {
            return Err(format!("it has version {version} of the GGUF format, and only 2 and 3 are known"));
        }
        let (tensors, entries) = (self.u64()?, self.u64()?);
        if tensors == 0 || tensors > MOST_ENTRIES || entries > MOST_ENTRIES {
            return Err(format!("it declares {tensors} tensors and {entries} entries"));
        }
        (0..entries).try_for_each(|_| self.entry())?;
        let mut end = 0_u64;
        for _ in 0..tensors {
            end = end.max(self.tensor()?);
        }
        let needed = self.read.next_multiple_of(self.alignment).checked_add(end);
        if needed.is_none_or(|needed| needed > self.length) {
            return Err(format!("it is cut short: its tensors need more than its {} bytes", self.length));
        }
        let architecture = self.architecture.take().ok_or("it does not say which architecture it has")?;
        let has_vocabulary = self.tokeniser.as_ref().is_some_and(|kind| kind != "none" && kind != "no_vocab");
        Ok(Summary { architecture, tensors, has_vocabulary })
    }

    fn entry(&mut self) -> Checked<()> {
        let key = self.text(256)?;
        let kind = self.u32()?;
        match (key.as_str(), kind) {
            ("general.alignment", 4) => {
                let alignment = self.u32()?;
                if !alignment.is_power_of_two() || !(8..=65_536).contains(&alignment) {
                    return Err(format!("it asks for an alignment of {alignment}"));
                }
                self.alignment = alignment.into();
                Ok(())
            }
            ("general.architecture", 8) => {
                self.architecture = Some(self.text(64)?);
                Ok(())
            }
            ("tokenizer.ggml.model", 8) => {
                self.tokeniser = Some(self.text(64)?);
                Ok(())
            }
            ("general.alignment" | "general.architecture" | "tokenizer.ggml.model", _) => {
                Err(format!("its {key} is of the wrong kind"))
            }
            (_, 9) => self.list(),
            _ => self.skip_value(kind),
        }
    }

    /// Lists of lists do not occur, and would let a small file ask for a deep stack.
    fn list(&mut self) -> Checked<()> {
        let (kind, items) = (self.u32()?, self.u64()?);
        if items > MOST_ITEMS {
            return Err(format!("it has a list of {items} items"));
        }
        match width(kind) {
            Some(width) => self.skip(items * width),
            None => (0..items).try_for_each(|_| self.skip_value(kind)),
        }
    }

    fn skip_value(&mut self, kind: u32) -> Checked<()> {
        match (kind, width(kind)) {
            (8, _) => {
                let length = self.u64()?;
                self.within(length, LONGEST_TEXT)?;
                self.skip(length)
            }
            (_, Some(width)) => self.skip(width),
            _ => Err(format!("it has metadata of an unknown kind ({kind})")),
        }
    }

    /// Where this tensor ends, in bytes from the first tensor.
    fn tensor(&mut self) -> Checked<u64> {
        let name = self.text(63)?;
        let dimensions = self.u32()?;
        if !(1..=4).contains(&dimensions) {
            return Err(format!("its tensor {name} has {dimensions} dimensions"));
        }
        let sizes = (0..dimensions).map(|_| self.u64()).collect::<Checked<Vec<_>>>()?;
        let (code, offset) = (self.u32()?, self.u64()?);
        let (numbers, bytes) =
            block(code).ok_or_else(|| format!("its tensor {name} is stored in an unknown way ({code})"))?;
        let count = sizes
            .iter()
            .try_fold(1_u64, |count, size| count.checked_mul(*size))
            .filter(|count| *count > 0 && *count <= i64::MAX as u64);
        let whole = sizes[0].is_multiple_of(numbers) && offset.is_multiple_of(self.alignment);
        let end = count.filter(|_| whole).and_then(|count| (count / numbers).checked_mul(bytes)?.checked_add(offset));
        end.ok_or_else(|| format!("its tensor {name} has an impossible shape or place"))
    }

    fn bytes<const N: usize>(&mut self) -> Checked<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes).map_err(|_| "it is cut short in its header".to_owned())?;
        self.read += N as u64;
        Ok(bytes)
    }

    fn u32(&mut self) -> Checked<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Checked<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn text(&mut self, longest: u64) -> Checked<String> {
        let length = self.u64()?;
        self.within(length, longest)?;
        let mut bytes = Vec::new();
        let read = self.file.by_ref().take(length).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        if read as u64 != length {
            return Err("it is cut short in its header".into());
        }
        self.read += length;
        String::from_utf8(bytes).map_err(|_| "it has text in its header that is not UTF-8".into())
    }

    fn within(&self, length: u64, longest: u64) -> Checked<()> {
        if length > longest { Err(format!("it has a text of {length} bytes in its header")) } else { Ok(()) }
    }

    fn skip(&mut self, bytes: u64) -> Checked<()> {
        self.read += bytes;
        if self.read > self.length {
            return Err("it is cut short in its header".into());
        }
        // The length is at most that of the file, so it fits.
        self.file.seek_relative(bytes as i64).map_err(|error| error.to_string())
    }
}

/// Bytes of a metadata value of this kind, if all of them have the same.
fn width(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}
