//! What happens while somebody looks on: events, the topics that they belong to, and what is said over a WebSocket.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::interview::InterviewId;
use crate::{Error, Result, Timestamp};

/// What events are about. In JSON a word, such as `interview:01890000-0000-7000-8000-000000000000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Topic {
    /// What a person should know wherever they are.
    Notifications,
    /// One interview.
    Interview(InterviewId),
    /// The person's own background tasks, such as mails to them.
    Tasks,
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Topic {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let text = utoipa::openapi::schema::ObjectBuilder::new().schema_type(utoipa::openapi::schema::Type::String);
        text.pattern(Some("^(notifications|tasks|interview:[0-9a-f-]{36})$")).examples(["notifications"]).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Topic {}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Notifications => f.write_str("notifications"),
            Self::Interview(id) => write!(f, "interview:{id}"),
            Self::Tasks => f.write_str("tasks"),
        }
    }
}

impl FromStr for Topic {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once(':') {
            None if text == "notifications" => Ok(Self::Notifications),
            None if text == "tasks" => Ok(Self::Tasks),
            Some(("interview", id)) => Ok(Self::Interview(id.parse()?)),
            _ => Err(Error::not_found("topic")),
        }
    }
}

impl From<Topic> for String {
    fn from(topic: Topic) -> Self {
        topic.to_string()
    }
}

impl TryFrom<String> for Topic {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// Something that happened for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Counted for each person, without gaps: later events have higher numbers.
    pub number: i64,
    /// What it is about.
    pub topic: Topic,
    /// What happened, such as `message`.
    #[cfg_attr(feature = "openapi", schema(example = "message"))]
    pub name: String,
    /// What there is to know of it.
    pub data: Value,
    /// When it happened.
    pub at: Timestamp,
}

/// What a client says over `/ws`: one JSON object a message, told apart by its `type`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// Asks for a topic's events: those that come, and before them those after the number `after`.
    Subscribe {
        /// Which topic.
        topic: Topic,
        /// The number of the last event that was seen, after a broken connection.
        #[serde(default)]
        after: Option<i64>,
    },
    /// Asks for no more of a topic.
    Unsubscribe {
        /// Which topic.
        topic: Topic,
    },
    /// Asks for a `pong`.
    Ping,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Something happened.
    Event(Event),
    /// From now on the topic's events come; those that were missed have been sent.
    Subscribed {
        /// Which topic.
        topic: Topic,
        /// The number of the person's latest event.
        number: i64,
        /// Some that were missed are not kept any more: read how things stand anew.
        gap: bool,
    },
    /// No more of it comes.
    Unsubscribed {
        /// Which topic.
        topic: Topic,
    },
    /// What was asked for could not be done.
    Error {
        /// What is wrong and what to do.
        message: String,
    },
    /// The answer to a `ping`.
    Pong,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000000";

    #[test]
    fn topics_are_words() {
        let interview = Topic::Interview(ID.parse().unwrap());
        for (topic, word) in [
            (Topic::Notifications, "notifications".to_owned()),
            (Topic::Tasks, "tasks".to_owned()),
            (interview, format!("interview:{ID}")),
        ] {
            assert_eq!((topic.to_string(), word.parse()), (word.clone(), Ok(topic)));
            assert_eq!(serde_json::to_value(topic).unwrap(), json!(word));
        }
        for wrong in ["", "task", "tasks:", "interview", "interview:", "interview:x", "accounts:1"] {
            assert!(wrong.parse::<Topic>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn messages_are_told_apart_by_their_type() {
        let read = |text: Value| serde_json::from_value::<ClientMessage>(text);
        let subscribe = ClientMessage::Subscribe { topic: Topic::Notifications, after: Some(4) };
        assert_eq!(read(json!({"type": "subscribe", "topic": "notifications", "after": 4})).unwrap(), subscribe);
        assert_eq!(read(json!({"type": "ping"})).unwrap(), ClientMessage::Ping);
        for wrong in [json!({}), json!({"type": "shout"}), json!({"type": "subscribe", "topic": "x"})] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
        let event = Event {
            number: 1,
            topic: Topic::Notifications,
            name: "x".into(),
            data: json!({}),
            at: Timestamp::from_millis(5),
        };
        let said = serde_json::to_value(ServerMessage::Event(event)).unwrap();
        assert_eq!(
            (&said["type"], &said["number"], &said["topic"]),
            (&json!("event"), &json!(1), &json!("notifications"))
        );
    }
}
