//! The metadata by name, with the kind that each value must have.

use std::collections::BTreeMap;

use super::{Checked, Value};

/// Values by name; `None` stands for one of a kind that is of no use here.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Metadata(BTreeMap<String, Option<Value>>);

impl Metadata {
    /// Adds a value; a name can occur once.
    pub fn insert(&mut self, key: String, value: Option<Value>) -> Checked<()> {
        match self.0.insert(key.clone(), value) {
            Some(_) => Err(format!("it says twice what its {key} is")),
            None => Ok(()),
        }
    }

    /// What begins with `prefix`: the rest of each name, and its value.
    pub fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, Option<&'a Value>)> {
        self.0.iter().filter_map(move |(key, value)| Some((key.strip_prefix(prefix)?, value.as_ref())))
    }

    /// The value of `key` as `pick` takes it out; `None` if it is missing.
    fn get<'a, T>(&'a self, key: &str, pick: impl Fn(&'a Value) -> Option<T>) -> Checked<Option<T>> {
        let Some(value) = self.0.get(key) else { return Ok(None) };
        let picked = value.as_ref().and_then(pick);
        picked.map(Some).ok_or_else(|| wrong_kind(key))
    }

    pub fn u16(&self, key: &str) -> Checked<Option<u16>> {
        self.get(key, |value| if let Value::U16(x) = value { Some(*x) } else { None })
    }

    pub fn u32(&self, key: &str) -> Checked<Option<u32>> {
        self.get(key, |value| if let Value::U32(x) = value { Some(*x) } else { None })
    }

    pub fn f32(&self, key: &str) -> Checked<Option<f32>> {
        self.get(key, |value| if let Value::F32(x) = value { Some(*x) } else { None })
    }

    pub fn bool(&self, key: &str) -> Checked<Option<bool>> {
        self.get(key, |value| if let Value::Bool(x) = value { Some(*x) } else { None })
    }

    pub fn text(&self, key: &str) -> Checked<Option<&str>> {
        self.get(key, |value| if let Value::Text(x) = value { Some(x.as_str()) } else { None })
    }

    pub fn texts(&self, key: &str) -> Checked<Option<&[String]>> {
        self.get(key, |value| if let Value::Texts(x) = value { Some(x.as_slice()) } else { None })
    }

    pub fn i32s(&self, key: &str) -> Checked<Option<&[i32]>> {
        self.get(key, |value| if let Value::I32s(x) = value { Some(x.as_slice()) } else { None })
    }

    pub fn f32s(&self, key: &str) -> Checked<Option<&[f32]>> {
        self.get(key, |value| if let Value::F32s(x) = value { Some(x.as_slice()) } else { None })
    }
}

/// The refusal of a value that is of another kind than its name asks for.
pub(super) fn wrong_kind(key: &str) -> String {
    format!("its {key} is of the wrong kind")
}

/// What must be there.
pub(super) fn required<T>(key: &str, value: Option<T>) -> Checked<T> {
    value.ok_or_else(|| format!("it does not say what its {key} is"))
}
