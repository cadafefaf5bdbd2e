//! Answers that programs read: a value of a type, always. The model writes it under its schema;
//! what it wrote is parsed and checked, tried once more if it is no good, and replaced by what the
//! caller has instead if that is no good either.

use domain::{Error, Result};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{Class, Engine, Reason, Request, Schema, whole};

/// A type that a model can fill in.
pub trait Structured: JsonSchema + DeserializeOwned + Send {
    /// What its schema cannot say.
    ///
    /// # Errors
    /// Why the value is no good, for the log.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<T> {
    /// The value; [`Structured::check`] accepted it if a model wrote it.
    pub value: T,
    /// Who wrote it.
    pub author: Author,
}

/// Who wrote a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// The model of that name.
    Model(String),
    /// The caller's own rules, because of this.
    Rules(Error),
}

/// Has `engine` fill in a `T` for `request`, whose class becomes [`Class::Structured`]. What it
/// writes is asked for twice at most; `rules` gives the value when nothing good came of it, or when
/// the engine is busy or fails.
pub async fn structured<T: Structured>(
    engine: &dyn Engine,
    request: Request,
    rules: impl FnOnce() -> T + Send,
) -> Written<T> {
    match ask(engine, request).await {
        Ok(value) => Written { value, author: Author::Model(engine.name().to_owned()) },
        Err(error) => {
            tracing::warn!(model = engine.name(), %error, schema = %T::schema_name(), "the built-in rules are used");
            Written { value: rules(), author: Author::Rules(error) }
        }
    }
}

async fn ask<T: Structured>(engine: &dyn Engine, request: Request) -> Result<T> {
    let schema = Schema::of::<T>()?;
    // A type without limits is a mistake of ours, which must not wait for the answer that shows it.
    schema.longest()?;
    let request = Request { schema: Some(schema), class: Class::Structured, ..request };
    let seed = request.seed.wrapping_add(1);
    match write(engine, request.clone()).await? {
        Ok(value) => Ok(value),
        Err(reason) => {
            tracing::info!(model = engine.name(), reason, "a structured answer is asked for again");
            write(engine, Request { seed, temperature: request.temperature.max(0.2), ..request }).await?.map_err(
                |reason| Error::new(domain::ErrorKind::Busy, format!("The model gave no usable answer: {reason}.")),
            )
        }
    }
}

/// One try: the value, or what was wrong with what was written.
async fn write<T: Structured>(engine: &dyn Engine, request: Request) -> Result<Result<T, String>> {
    let (text, end) = whole(engine.stream(request).await?).await?;
    Ok(match end.map(|end| end.reason) {
        Some(Reason::Done) => parse(&text),
        Some(reason) => Err(format!("it ended early ({reason:?})")),
        None => Err("it was cut off".to_owned()),
    })
}

fn parse<T: Structured>(text: &str) -> Result<T, String> {
    let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    value.check()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{
        Message,
        scripted::{ScriptedEngine, Step},
    };
    use domain::model::ModelRole;

    #[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Score {
        #[schemars(range(min = 0, max = 100))]
        points: u8,
        #[schemars(length(max = 80))]
        why: String,
    }

    impl Structured for Score {
        fn check(&self) -> Result<(), String> {
            if self.why.is_empty() { Err("no reason".to_owned()) } else { Ok(()) }
        }
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Endless {
        #[allow(dead_code, reason = "only its schema is looked at")]
        text: String,
    }

    impl Structured for Endless {}

    const GOOD: &str = r#"{"points":7,"why":"it is short"}"#;

    fn rules() -> Score {
        Score { points: 50, why: "the rules say so".to_owned() }
    }

    async fn after(scripts: impl IntoIterator<Item = Vec<Step>>) -> (Written<Score>, Vec<Request>) {
        let engine = ScriptedEngine::new(scripts);
        let written =
            structured(&engine, Request::new(ModelRole::Fast, vec![Message::user("Score it.")], 5), rules).await;
        (written, engine.requests())
    }

    #[tokio::test]
    async fn a_good_answer_is_the_models() {
        let (written, requests) = after([vec![Step::say(&GOOD[..9]), Step::say(&GOOD[9..])]]).await;
        assert_eq!(written.value, Score { points: 7, why: "it is short".to_owned() });
        assert_eq!(written.author, Author::Model("scripted".to_owned()));
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].schema.as_ref().map(Schema::name), Some("Score"));
        assert_eq!(requests[0].class, Class::Structured);
    }

    #[tokio::test]
    async fn a_bad_answer_is_asked_for_once_more() {
        for bad in [r#"{"points":7"#, r#"{"points":700,"why":"x"}"#, r#"{"points":7,"why":""}"#, "", "[]"] {
            let (written, requests) = after([vec![Step::say(bad)], vec![Step::say(GOOD)]]).await;
            assert_eq!(written.author, Author::Model("scripted".to_owned()), "{bad}");
            assert_ne!(requests[0].seed, requests[1].seed);
        }
    }

    #[tokio::test]
    async fn two_bad_answers_leave_it_to_the_rules() {
        let (written, requests) = after([vec![Step::say("no")], vec![Step::say("no")], vec![Step::say(GOOD)]]).await;
        assert_eq!(written.value, rules());
        assert!(matches!(written.author, Author::Rules(_)));
        assert_eq!(requests.len(), 2);
    }

    #[tokio::test]
    async fn a_failing_engine_is_not_asked_again() {
        let failure = Error::new(domain::ErrorKind::Busy, "The model is busy.");
        let (written, requests) = after([vec![Step::say("{"), Step::Fail(failure.clone())]]).await;
        assert_eq!((written.value, written.author), (rules(), Author::Rules(failure)));
        assert_eq!(requests.len(), 1);
    }

    #[tokio::test]
    async fn a_type_without_limits_never_reaches_the_model() {
        let engine = ScriptedEngine::new([vec![Step::say(r#"{"text":"x"}"#)]]);
        let request = Request::new(ModelRole::Fast, vec![Message::user("Write.")], 5);
        let written = structured(&engine, request, || Endless { text: String::new() }).await;
        assert!(matches!(written.author, Author::Rules(error) if error.message.contains("maxLength")));
        assert!(engine.requests().is_empty());
    }
}
