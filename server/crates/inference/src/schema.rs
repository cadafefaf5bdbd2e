//! The shape of answers that programs read.

use std::{fmt, sync::Arc};

use domain::{Error, Result};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The deepest nesting that [`Schema::longest`] follows.
const DEEPEST: usize = 16;
/// The most bytes of one character in a JSON string: four in UTF-8. Escapes of six are not written.
const BYTES_PER_CHARACTER: u64 = 4;

/// A JSON schema with a name, for answers that are JSON of that shape. Cheap to clone.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Named", from = "Named")]
pub struct Schema(Arc<Named>);

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Named {
    name: String,
    json: Value,
}

impl From<Named> for Schema {
    fn from(named: Named) -> Self {
        Self(Arc::new(named))
    }
}

impl From<Schema> for Named {
    fn from(schema: Schema) -> Self {
        (*schema.0).clone()
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema {} {}", self.0.name, self.0.json)
    }
}

impl Schema {
    /// The schema `json`, which others call `name`: letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`domain::ErrorKind::Invalid`] if `name` has other characters, or `json` is no object.
    pub fn new(name: impl Into<String>, json: Value) -> Result<Self> {
        let name = name.into();
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_word) {
            return Err(Error::invalid(
                "response_format",
                "The name of a schema has 1 to 64 letters, digits, dashes and underscores.",
            ));
        }
        if !json.is_object() {
            return Err(Error::invalid("response_format", "A JSON schema is an object."));
        }
        Ok(Self(Arc::new(Named { name, json })))
    }

    /// The schema of `T`.
    ///
    /// # Errors
    /// As [`Schema::new`].
    pub fn of<T: JsonSchema>() -> Result<Self> {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let json = settings.into_generator().into_root_schema_for::<T>().to_value();
        Self::new(T::schema_name(), json)
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The schema itself.
    pub fn json(&self) -> &Value {
        &self.0.json
    }

    /// The most bytes of an answer, when it is written without white space. No answer has more
    /// tokens than bytes.
    ///
    /// # Errors
    /// [`domain::ErrorKind::Invalid`], with the place and what it lacks, if there is no such limit:
    /// every string needs `maxLength`, every list `maxItems`, every integer `minimum` and
    /// `maximum`, and every object `additionalProperties: false`. Decimal numbers have no limit.
    pub fn longest(&self) -> Result<u64> {
        longest(&self.0.json, "", 0)
    }
}

fn unbounded(place: &str, lacks: &str) -> Error {
    let place = if place.is_empty() { "the schema itself" } else { place };
    Error::invalid("response_format", format!("Answers could be of any length: {place} needs {lacks}."))
}

fn longest(schema: &Value, place: &str, depth: usize) -> Result<u64> {
    let Some(schema) = schema.as_object().filter(|_| depth < DEEPEST) else {
        return Err(unbounded(place, "a schema that is an object and not nested deeply"));
    };
    if let Some(value) = schema.get("const") {
        return Ok(width(value));
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Ok(values.iter().map(width).max().unwrap_or_default());
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(choices) = schema.get(choice).and_then(Value::as_array) {
            return greatest(choices.iter().map(|one| longest(one, place, depth + 1)));
        }
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => greatest(kinds.iter().map(|kind| longest_of(kind, schema, place, depth))),
        Some(kind) => longest_of(kind, schema, place, depth),
        None => Err(unbounded(place, "a “type”")),
    }
}

fn greatest(mut lengths: impl Iterator<Item = Result<u64>>) -> Result<u64> {
    lengths.try_fold(0, |most, length| Ok(most.max(length?)))
}

/// Bytes of `value` as JSON.
fn width(value: &Value) -> u64 {
    value.to_string().len() as u64
}

fn longest_of(kind: &Value, schema: &Map<String, Value>, place: &str, depth: usize) -> Result<u64> {
    let limit = |name: &str| schema.get(name).and_then(Value::as_u64);
    match kind.as_str() {
        Some("null") => Ok(4),
        Some("boolean") => Ok(5),
        Some("integer") => {
            let ends = ["minimum", "maximum"].map(|name| schema.get(name).map(width));
            let [Some(low), Some(high)] = ends else { return Err(unbounded(place, "“minimum” and “maximum”")) };
            Ok(low.max(high))
        }
        Some("string") => {
            let most = limit("maxLength").ok_or_else(|| unbounded(place, "“maxLength”"))?;
            Ok(most.saturating_mul(BYTES_PER_CHARACTER).saturating_add(2))
        }
        Some("array") => {
            let most = limit("maxItems").ok_or_else(|| unbounded(place, "“maxItems”"))?;
            let item = schema.get("items").ok_or_else(|| unbounded(place, "“items”"))?;
            let item = longest(item, &format!("{place}[]"), depth + 1)?;
            Ok(item.saturating_add(1).saturating_mul(most).saturating_add(2))
        }
        Some("object") => {
            if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
                return Err(unbounded(place, "“additionalProperties: false”"));
            }
            let mut length = 2_u64;
            for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let value = longest(property, &format!("{place}.{name}"), depth + 1)?;
                let key = width(&Value::String(name.clone()));
                length = length.saturating_add(key).saturating_add(value).saturating_add(2);
            }
            Ok(length)
        }
        _ => Err(unbounded(place, "another “type” than it has: decimal numbers have no limit")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn limit(json: Value) -> Result<u64> {
        Schema::new("test", json)?.longest()
    }

    #[test]
    fn limits_are_those_of_the_longest_answer() {
        assert_eq!(limit(json!({"type": "boolean"})), Ok("false".len() as u64));
        assert_eq!(limit(json!({"type": "integer", "minimum": -100, "maximum": 9})), Ok("-100".len() as u64));
        assert_eq!(limit(json!({"enum": ["a", "much longer"]})), Ok("\"much longer\"".len() as u64));
        assert_eq!(limit(json!({"type": ["null", "string"], "maxLength": 2})), Ok("\"🙂🙂\"".len() as u64));
        let list = json!({"type": "array", "maxItems": 3, "items": {"type": "boolean"}});
        assert!(limit(list.clone()).is_ok_and(|most| most >= "[false,false,false]".len() as u64));
        let object = json!({"type": "object", "additionalProperties": false, "properties": {"ok": {"const": true}, "list": list}});
        assert!(limit(object).is_ok_and(|most| most >= r#"{"ok":true,"list":[false,false,false]}"#.len() as u64));
    }

    #[test]
    fn what_has_no_limit_is_named() {
        for (schema, place) in [
            (json!({"type": "string"}), "the schema itself needs “maxLength”"),
            (json!({"type": "number", "minimum": 0, "maximum": 1}), "decimal"),
            (json!({"type": "object", "properties": {}}), "additionalProperties"),
            (json!({"type": "array", "maxItems": 2, "items": {"type": "string"}}), "[] needs “maxLength”"),
            (
                json!({"type": "object", "additionalProperties": false, "properties": {"a": {"type": "integer"}}}),
                ".a needs “minimum” and “maximum”",
            ),
            (json!({"$ref": "#"}), "needs a “type”"),
        ] {
            let message = limit(schema).map_err(|error| error.message);
            assert!(message.as_ref().is_err_and(|message| message.contains(place)), "{message:?}");
        }
    }

    #[test]
    fn names_are_words() {
        assert!(Schema::new("score-2", json!({})).is_ok());
        for name in ["", "a b", "ä", &"x".repeat(65)] {
            assert!(Schema::new(name, json!({})).is_err(), "{name}");
        }
        assert!(Schema::new("list", json!([])).is_err());
    }
}
