//! Identifiers: UUIDs of version 7, so that they sort by the time they were made.

use std::{fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Timestamp};

/// A source of random bytes that nobody can guess.
pub trait Random: Send + Sync {
    /// Fills `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// The identifier of a `T`. The type keeps a person's id from being used as an interview's.
pub struct Id<T> {
    uuid: uuid::Uuid,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// A new identifier, made at `now`.
    pub fn new(now: Timestamp, random: &dyn Random) -> Self {
        let mut bytes = [0; 10];
        random.fill(&mut bytes);
        let millis = u64::try_from(now.millis()).unwrap_or_default();
        Self::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }

    fn from_uuid(uuid: uuid::Uuid) -> Self {
        Self { uuid, of: PhantomData }
    }
}

#[cfg(feature = "openapi")]
impl<T> utoipa::PartialSchema for Id<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        let uuid = Some(SchemaFormat::KnownFormat(KnownFormat::Uuid));
        ObjectBuilder::new().schema_type(Type::String).format(uuid).into()
    }
}

#[cfg(feature = "openapi")]
impl<T> utoipa::ToSchema for Id<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

impl<T> FromStr for Id<T> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        uuid::Uuid::parse_str(text).map(Self::from_uuid).map_err(|_| Error::not_found("page"))
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uuid.fmt(f)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}

impl<T> Eq for Id<T> {}

impl<T> hash::Hash for Id<T> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.uuid)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Person;
    struct Fixed(u8);
    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn sorts_by_time_and_survives_text() {
        let early: Id<Person> = Id::new(Timestamp::from_millis(1_000), &Fixed(255));
        let late: Id<Person> = Id::new(Timestamp::from_millis(2_000), &Fixed(0));
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<Id<Person>>().unwrap(), early);
    }

    #[test]
    fn refuses_what_is_no_id() {
        assert!("12; DROP TABLE".parse::<Id<Person>>().is_err());
    }
}
