//! Trying a model.

use domain::account::Viewer;
use domain::model::{ModelRole, Tried};
use domain::{Error, Result};
use futures::stream::{BoxStream, StreamExt};
use inference::{Engine, Message, Output, Request};

/// The longest prompt, in characters.
const LONGEST: usize = 4_000;
/// The most tokens of an answer.
const MOST: u32 = 400;

/// The answer of `engine` to `prompt`.
pub(super) async fn begin(
    engine: &dyn Engine,
    role: ModelRole,
    viewer: &Viewer,
    prompt: &str,
) -> Result<BoxStream<'static, Tried>> {
    let prompt = prompt.trim();
    if prompt.is_empty() {
        return Err(Error::invalid("prompt", "Write something for the model to answer."));
    }
    if prompt.chars().count() > LONGEST {
        return Err(Error::invalid("prompt", "Shorten this to at most 4,000 characters."));
    }
    let messages = vec![Message::system("You are a helpful assistant."), Message::user(prompt)];
    let request = Request {
        max_tokens: MOST,
        person: viewer.id.to_string(),
        feature: "trial",
        ..Request::new(role, messages, seed(prompt))
    };
    let outputs = engine.stream(request).await?;
    Ok(outputs.map(tried).boxed())
}

/// The same prompt gives the same words, so that two models are compared and not two dice.
fn seed(prompt: &str) -> u32 {
    prompt.bytes().fold(0, |seed: u32, byte| seed.wrapping_mul(31).wrapping_add(u32::from(byte)))
}

fn tried(output: Result<Output>) -> Tried {
    match output {
        Ok(Output::Waiting(place)) => Tried::Waiting(place),
        Ok(Output::Text(text)) => Tried::Text(text),
        Ok(Output::End(end)) => {
            let usage = end.usage;
            let (first, writing) = ((usage.waited + usage.reading).as_secs_f32(), usage.writing.as_secs_f32());
            let gaps = usage.written.saturating_sub(1) as f32;
            let rate = if writing > 0.0 { gaps / writing } else { 0.0 };
            Tried::End { read: usage.prompt, written: usage.written, first, rate }
        }
        Err(error) => Tried::Error(error.message),
    }
}
