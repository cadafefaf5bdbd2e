//! Writing a GGUF file in one pass, one tensor in memory at a time.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{ALIGNMENT, MAGIC, Storage, VERSION, Value, kind, quantise, storage};

/// A tensor to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name, at most 63 bytes.
    pub name: String,
    /// Rows then columns, as in the training framework; one number for a vector. The file has
    /// them the other way round.
    pub shape: Vec<usize>,
    /// How its numbers are stored; Q8_0 needs columns in multiples of 32.
    pub storage: Storage,
}

impl Tensor {
    /// How many numbers it has.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether it has no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes in the file, without padding.
    fn bytes(&self) -> u64 {
        let (numbers, bytes) = storage::block(self.storage.code()).expect("every storage that is written has a block");
        self.len() as u64 / numbers * bytes
    }
}

/// Writes `path` with `metadata` and `tensors`; `values` is asked for the numbers of each tensor
/// in turn, row by row.
///
/// # Errors
/// From the disk, from `values`, and if it gives a wrong count of numbers.
pub fn write<'a>(
    path: &Path,
    metadata: &[(&str, Value)],
    tensors: &[Tensor],
    mut values: impl FnMut(&Tensor) -> io::Result<Cow<'a, [f32]>>,
) -> io::Result<()> {
    let mut out = Output { file: BufWriter::with_capacity(1 << 20, File::create(path)?), written: 0 };
    out.bytes(&MAGIC)?;
    out.bytes(&VERSION.to_le_bytes())?;
    out.count(tensors.len())?;
    out.count(metadata.len())?;
    for (key, value) in metadata {
        out.text(key)?;
        out.value(value)?;
    }
    let mut offset = 0_u64;
    for tensor in tensors {
        out.text(&tensor.name)?;
        out.bytes(&(tensor.shape.len() as u32).to_le_bytes())?;
        tensor.shape.iter().rev().try_for_each(|size| out.count(*size))?;
        out.bytes(&tensor.storage.code().to_le_bytes())?;
        out.bytes(&offset.to_le_bytes())?;
        offset = (offset + tensor.bytes()).next_multiple_of(ALIGNMENT);
    }
    for tensor in tensors {
        out.pad()?;
        let values = values(tensor)?;
        if values.len() != tensor.len() {
            return Err(io::Error::other(format!(
                "{} has {} numbers instead of {}",
                tensor.name,
                values.len(),
                tensor.len()
            )));
        }
        out.bytes(&quantise::encode(&values, tensor.storage))?;
    }
    out.pad()?;
    out.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

struct Output {
    file: BufWriter<File>,
    written: u64,
}

impl Output {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn count(&mut self, count: usize) -> io::Result<()> {
        self.bytes(&(count as u64).to_le_bytes())
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.count(text.len())?;
        self.bytes(text.as_bytes())
    }

    fn pad(&mut self) -> io::Result<()> {
        let padding = self.written.next_multiple_of(ALIGNMENT) - self.written;
        self.bytes(&[0; ALIGNMENT as usize][..padding as usize])
    }

    /// The number of the kind, then the value; arrays have the kind of their items and a count.
    fn value(&mut self, value: &Value) -> io::Result<()> {
        match value {
            Value::U16(x) => self.kind(kind::U16).and_then(|()| self.bytes(&x.to_le_bytes())),
            Value::U32(x) => self.kind(kind::U32).and_then(|()| self.bytes(&x.to_le_bytes())),
            Value::F32(x) => self.kind(kind::F32).and_then(|()| self.bytes(&x.to_le_bytes())),
            Value::Bool(x) => self.kind(kind::BOOL).and_then(|()| self.bytes(&[u8::from(*x)])),
            Value::Text(x) => self.kind(kind::TEXT).and_then(|()| self.text(x)),
            Value::Texts(xs) => self.array(kind::TEXT, xs, |out, x| out.text(x)),
            Value::I32s(xs) => self.array(kind::I32, xs, |out, x| out.bytes(&x.to_le_bytes())),
            Value::F32s(xs) => self.array(kind::F32, xs, |out, x| out.bytes(&x.to_le_bytes())),
        }
    }

    fn kind(&mut self, kind: u32) -> io::Result<()> {
        self.bytes(&kind.to_le_bytes())
    }

    fn array<T>(&mut self, kind: u32, items: &[T], item: impl Fn(&mut Self, &T) -> io::Result<()>) -> io::Result<()> {
        self.kind(kind::ARRAY)?;
        self.kind(kind)?;
        self.count(items.len())?;
        items.iter().try_for_each(|x| item(self, x))
    }
}
