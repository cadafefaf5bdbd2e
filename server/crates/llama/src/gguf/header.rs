//! Reading the header: everything that any GGUF file must have, whatever the model.
//!
//! Every length is held against what is left of the file before anything is allocated for it, so
//! that a small file cannot ask for much memory.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use super::{ALIGNMENT, Checked, MAGIC, Value, kind, metadata::Metadata, storage};

/// More metadata than any model has.
const MOST_ENTRIES: u64 = 4_096;

/// More tensors than any model has; llama.cpp searches all of them for each.
const MOST_TENSORS: u64 = 1 << 14;

/// The longest header that is read, in bytes. A vocabulary of 250 000 tokens takes a tenth of it.
const LONGEST_HEADER: u64 = 64 << 20;

/// The longest name of a value; the format allows more, but nobody uses it.
const LONGEST_KEY: u64 = 128;

/// The longest name of a tensor: `GGML_MAX_NAME`, less the zero at its end.
const LONGEST_NAME: u64 = 63;

/// What the header says.
#[derive(Debug, PartialEq)]
pub(super) struct Header {
    pub metadata: Metadata,
    pub tensors: BTreeMap<String, Stored>,
}

/// A tensor in the file.
#[derive(Debug, PartialEq)]
pub(super) struct Stored {
    /// Columns first, as in the file; dimensions that are missing are 1.
    pub shape: [u64; 4],
    /// The number of its storage.
    pub storage: u32,
}

/// Reads the header of a file of `length` bytes.
pub(super) fn read(source: impl Read, length: u64) -> Checked<Header> {
    let mut reader = Reader { source, length, read: 0 };
    if reader.bytes().ok() != Some(MAGIC) {
        return Err("it is not a GGUF file".into());
    }
    let version = reader.u32()?;
    if !(2..=3).contains(&version) {
        return Err(format!("it has version {version} of the GGUF format, and only 2 and 3 are known"));
    }
    let (tensors, entries) = (reader.u64()?, reader.u64()?);
    if tensors == 0 || tensors > MOST_TENSORS || entries > MOST_ENTRIES {
        return Err(format!("it declares {tensors} tensors and {entries} entries"));
    }
    let mut metadata = Metadata::default();
    for _ in 0..entries {
        let (key, value) = reader.entry()?;
        metadata.insert(key, value)?;
    }
    let alignment = alignment(&metadata)?;
    let tensors = Tensors { alignment, end: 0, found: BTreeMap::new() }.read(&mut reader, tensors)?;
    Ok(Header { metadata, tensors })
}

/// llama.cpp maps the file and ends the process if tensors are not aligned to its own 32 bytes.
fn alignment(metadata: &Metadata) -> Checked<u64> {
    let alignment = metadata.u32("general.alignment")?.map_or(ALIGNMENT, u64::from);
    if alignment.is_power_of_two() && (ALIGNMENT..=65_536).contains(&alignment) {
        Ok(alignment)
    } else {
        Err(format!("it asks for an alignment of {alignment}"))
    }
}

/// The descriptions of the tensors, which stand in the order of the tensors.
struct Tensors {
    alignment: u64,
    /// Where the next tensor must begin, in bytes from the first.
    end: u64,
    found: BTreeMap<String, Stored>,
}

impl Tensors {
    fn read(mut self, reader: &mut Reader<impl Read>, count: u64) -> Checked<BTreeMap<String, Stored>> {
        let mut needed = 0;
        for _ in 0..count {
            needed = self.one(reader)?;
        }
        let whole = reader.read.next_multiple_of(self.alignment).checked_add(needed);
        if whole.is_none_or(|whole| whole > reader.length) {
            return Err(format!("it is cut short: its tensors need more than its {} bytes", reader.length));
        }
        Ok(self.found)
    }

    /// Reads one description; gives where that tensor ends, in bytes from the first.
    fn one(&mut self, reader: &mut Reader<impl Read>) -> Checked<u64> {
        let name = reader.name(LONGEST_NAME)?;
        let dimensions = reader.u32()?;
        if !(1..=4).contains(&dimensions) {
            return Err(format!("its tensor {name} has {dimensions} dimensions"));
        }
        let mut shape = [1; 4];
        for size in &mut shape[..dimensions as usize] {
            *size = reader.u64()?;
        }
        let (code, offset) = (reader.u32()?, reader.u64()?);
        let (numbers, bytes) =
            storage::block(code).ok_or_else(|| format!("its tensor {name} is stored in an unknown way ({code})"))?;
        let count = shape.iter().try_fold(1_u64, |count, size| count.checked_mul(*size));
        let count = count.filter(|count| *count > 0 && *count <= i64::MAX as u64);
        let count = count.filter(|_| shape[0].is_multiple_of(numbers) && offset == self.end);
        let end = count.and_then(|count| (count / numbers).checked_mul(bytes)?.checked_add(offset));
        let next = end.and_then(|end| end.checked_next_multiple_of(self.alignment));
        let (Some(end), Some(next)) = (end, next) else {
            return Err(format!("its tensor {name} has an impossible shape or place"));
        };
        self.end = next;
        match self.found.insert(name.clone(), Stored { shape, storage: code }) {
            Some(_) => Err(format!("it has two tensors {name}")),
            None => Ok(end),
        }
    }
}

struct Reader<R> {
    source: R,
    length: u64,
    read: u64,
}

impl<R: Read> Reader<R> {
    /// A name and its value; `None` for a value of a kind that is of no use here.
    fn entry(&mut self) -> Checked<(String, Option<Value>)> {
        let key = self.name(LONGEST_KEY)?;
        let value = match self.u32()? {
            kind::U16 => Value::U16(u16::from_le_bytes(self.bytes()?)),
            kind::U32 => Value::U32(self.u32()?),
            kind::F32 => Value::F32(f32::from_le_bytes(self.bytes()?)),
            kind::BOOL => match self.bytes()? {
                [flag @ 0..=1] => Value::Bool(flag == 1),
                [other] => return Err(format!("its {key} is {other} instead of yes or no")),
            },
            kind::TEXT => Value::Text(self.text()?),
            kind::ARRAY => return Ok((key, self.array()?)),
            other => return self.skip(other, 1).map(|()| (key, None)),
        };
        Ok((key, Some(value)))
    }

    /// Arrays of arrays do not occur, and llama.cpp knows none.
    fn array(&mut self) -> Checked<Option<Value>> {
        let (items, count) = (self.u32()?, self.u64()?);
        Ok(Some(match items {
            kind::TEXT => Value::Texts(self.items(count, 8, Self::text)?),
            kind::I32 => Value::I32s(self.items(count, 4, |reader| reader.bytes().map(i32::from_le_bytes))?),
            kind::F32 => Value::F32s(self.items(count, 4, |reader| reader.bytes().map(f32::from_le_bytes))?),
            other => return self.skip(other, count).map(|()| None),
        }))
    }

    /// `count` items, each of at least `width` bytes.
    fn items<T>(&mut self, count: u64, width: u64, item: impl Fn(&mut Self) -> Checked<T>) -> Checked<Vec<T>> {
        self.room(count.saturating_mul(width))?;
        (0..count).map(|_| item(self)).collect()
    }

    /// Reads past `count` values of a kind of fixed width.
    fn skip(&mut self, kind: u32, count: u64) -> Checked<()> {
        let width = width(kind).ok_or_else(|| format!("it has metadata of an unknown kind ({kind})"))?;
        let bytes = count.saturating_mul(width);
        self.room(bytes)?;
        let skipped = io::copy(&mut self.source.by_ref().take(bytes), &mut io::sink());
        self.took(skipped.is_ok_and(|skipped| skipped == bytes), bytes)
    }

    fn bytes<const N: usize>(&mut self) -> Checked<[u8; N]> {
        self.room(N as u64)?;
        let mut bytes = [0; N];
        let whole = self.source.read_exact(&mut bytes).is_ok();
        self.took(whole, N as u64).map(|()| bytes)
    }

    fn u32(&mut self) -> Checked<u32> {
        self.bytes().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Checked<u64> {
        self.bytes().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Checked<String> {
        let length = self.u64()?;
        self.text_of(length)
    }

    /// llama.cpp compares names up to their first zero, and shows them; ordinary ones are plain.
    fn name(&mut self, longest: u64) -> Checked<String> {
        let length = self.u64()?;
        if !(1..=longest).contains(&length) {
            return Err(format!("it has a name of {length} bytes in its header"));
        }
        let name = self.text_of(length)?;
        if name.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(name)
        } else {
            Err(format!("it has a name with odd characters in its header ({name:?})"))
        }
    }

    fn text_of(&mut self, length: u64) -> Checked<String> {
        self.room(length)?;
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(length).read_to_end(&mut bytes);
        self.took(read.is_ok_and(|read| read as u64 == length), length)?;
        String::from_utf8(bytes).map_err(|_| "it has text in its header that is not UTF-8".into())
    }

    /// Whether the header may go on for so many bytes.
    fn room(&self, bytes: u64) -> Checked<()> {
        if bytes > self.length.saturating_sub(self.read) {
            return Err("it is cut short in its header".into());
        }
        if bytes > LONGEST_HEADER.saturating_sub(self.read) {
            return Err(format!("its header is longer than {} MB", LONGEST_HEADER >> 20));
        }
        Ok(())
    }

    fn took(&mut self, whole: bool, bytes: u64) -> Checked<()> {
        self.read += bytes;
        if whole { Ok(()) } else { Err("it is cut short in its header".into()) }
    }
}

/// Bytes of a value of this kind, if all of them have the same.
fn width(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | kind::BOOL => Some(1),
        kind::U16 | 3 => Some(2),
        kind::U32..=kind::F32 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, fs};

    use proptest::prelude::*;

    use super::*;
    use crate::gguf::{Storage, Tensor, write};

    fn value() -> impl Strategy<Value = Value> {
        let number = -1e30..1e30_f32;
        prop_oneof![
            any::<u16>().prop_map(Value::U16),
            any::<u32>().prop_map(Value::U32),
            number.clone().prop_map(Value::F32),
            any::<bool>().prop_map(Value::Bool),
            any::<String>().prop_map(Value::Text),
            prop::collection::vec(any::<String>(), 0..5).prop_map(Value::Texts),
            prop::collection::vec(any::<i32>(), 0..5).prop_map(Value::I32s),
            prop::collection::vec(number, 0..5).prop_map(Value::F32s),
        ]
    }

    fn tensor() -> impl Strategy<Value = Tensor> {
        let shape = prop::collection::vec(1..5_usize, 1..4);
        (shape, prop_oneof![Just(Storage::F32), Just(Storage::F16), Just(Storage::Q8)]).prop_map(
            |(mut shape, storage)| {
                *shape.last_mut().unwrap() *= 32;
                Tensor { name: String::new(), shape, storage }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read(
            values in prop::collection::btree_map("[a-z]{1,9}\\.[a-z_]{1,9}", value(), 0..8),
            mut tensors in prop::collection::vec(tensor(), 1..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("any.gguf");
            for (index, tensor) in tensors.iter_mut().enumerate() {
                tensor.name = format!("blk.{index}.weight");
            }
            let metadata: Vec<_> = values.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
            write(&path, &metadata, &tensors, |tensor| Ok(Cow::Owned(vec![0.5; tensor.len()]))).unwrap();
            let bytes = fs::read(&path).unwrap();
            let header = read(bytes.as_slice(), bytes.len() as u64).unwrap();
            let mut expected = Metadata::default();
            for (key, value) in values {
                expected.insert(key, Some(value)).unwrap();
            }
            prop_assert_eq!(&header.metadata, &expected);
            prop_assert_eq!(header.tensors.len(), tensors.len());
            for tensor in &tensors {
                let stored = &header.tensors[&tensor.name];
                let mut shape: Vec<_> = tensor.shape.iter().rev().map(|size| *size as u64).collect();
                shape.resize(4, 1);
                prop_assert_eq!((stored.shape.as_slice(), stored.storage), (shape.as_slice(), tensor.storage.code()));
            }
            // The last tensor is padded with fewer than 32 bytes, which nobody needs.
            let cut = cut.index(bytes.len() - 31);
            prop_assert!(read(&bytes[..cut], cut as u64).is_err());
        }
    }

    #[test]
    fn a_wrong_count_of_numbers_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let tensor = Tensor { name: "x".into(), shape: vec![3, 5], storage: Storage::F32 };
        let wrong =
            write(&folder.path().join("any.gguf"), &[], &[tensor], |_| Ok(Cow::Owned(vec![0.0; 4]))).unwrap_err();
        assert!(wrong.to_string().contains("x has 4 numbers instead of 15"), "{wrong}");
    }
}
