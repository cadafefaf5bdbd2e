//! An [`Embedder`] and an [`Engine`] for tests: no model, no thread, the same answer every time.

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result, model::Place};
use futures::{StreamExt, stream};

use crate::{Embedder, End, Engine, Output, Outputs, Reason, Request, Usage};

/// The length of the vectors of [`ScriptedEmbedder`].
pub const DIMENSIONS: usize = 64;

/// Embeds by counting words: texts that share words are close, texts that share none are not.
#[derive(Clone, Copy, Debug, Default)]
pub struct ScriptedEmbedder;

#[async_trait]
impl Embedder for ScriptedEmbedder {
    fn name(&self) -> &str {
        "scripted"
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        Ok(texts.iter().map(|text| bag_of_words(text)).collect())
    }
}

/// Each lower-cased word adds 1 in a slot chosen by its hash; slot 0 keeps empty texts off zero.
fn bag_of_words(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    vector[0] = 0.1;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        vector[slot(&word.to_lowercase())] += 1.0;
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|x| *x /= length);
    vector
}

/// FNV-1a (Fowler, Noll, Vo), because the standard hasher may change between releases.
fn slot(word: &str) -> usize {
    let hash = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // The remainder is below DIMENSIONS, so it fits; slot 0 stays for the empty text.
    1 + usize::try_from(hash % (DIMENSIONS as u64 - 1)).unwrap_or(0)
}

/// One step of a scripted answer.
#[derive(Clone, Debug)]
pub enum Step {
    /// Says this.
    Say(String),
    /// Waits this long first.
    Wait(Duration),
    /// Stands there in the queue.
    Queue(Place),
    /// Fails with this and stops.
    Fail(Error),
}

impl Step {
    /// Says `text`.
    pub fn say(text: impl Into<String>) -> Self {
        Self::Say(text.into())
    }
}

/// Plays one script for each request, in the order given; when none is left it is busy.
#[derive(Debug, Default)]
pub struct ScriptedEngine {
    scripts: Mutex<VecDeque<Vec<Step>>>,
    requests: Mutex<Vec<Request>>,
}

impl ScriptedEngine {
    /// An engine that answers its first request with the first script, and so on.
    pub fn new(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self { scripts: Mutex::new(scripts.into_iter().collect()), requests: Mutex::default() }
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().map(|requests| requests.clone()).unwrap_or_default()
    }
}

#[async_trait]
impl Engine for ScriptedEngine {
    fn name(&self) -> &str {
        "scripted"
    }

    async fn stream(&self, request: Request) -> Result<Outputs> {
        if let Ok(mut requests) = self.requests.lock() {
            requests.push(request);
        }
        let script = self.scripts.lock().ok().and_then(|mut scripts| scripts.pop_front());
        let script = script.ok_or_else(|| Error::new(ErrorKind::Busy, "The script of this engine is at its end."))?;
        let failing = script.iter().any(|step| matches!(step, Step::Fail(_)));
        let end = (!failing).then_some(Ok(Output::End(End { reason: Reason::Done, usage: Usage::default() })));
        let outputs = stream::iter(script).filter_map(|step| async {
            match step {
                Step::Say(text) => Some(Ok(Output::Text(text))),
                Step::Queue(place) => Some(Ok(Output::Waiting(place))),
                Step::Fail(error) => Some(Err(error)),
                Step::Wait(time) => {
                    tokio::time::sleep(time).await;
                    None
                }
            }
        });
        Ok(outputs.chain(stream::iter(end)).boxed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::model::ModelRole;

    #[tokio::test]
    async fn shared_words_are_close() {
        let texts = ["I led the migration", "We led a migration", "Bananas are yellow", ""].map(String::from);
        let vectors = ScriptedEmbedder.embed(&texts).await.unwrap();
        let dot = |a: usize, b: usize| vectors[a].iter().zip(&vectors[b]).map(|(x, y)| x * y).sum::<f32>();
        assert!(dot(0, 1) > dot(0, 2));
        assert!((0..4).all(|i| (dot(i, i) - 1.0).abs() < 1e-5));
    }

    #[tokio::test]
    async fn plays_its_script_once() {
        let engine =
            ScriptedEngine::new([vec![Step::say("Good "), Step::Wait(Duration::from_millis(1)), Step::say("start.")]]);
        let request = Request::new(ModelRole::Fast, Vec::new(), 1);
        let outputs = engine.stream(request.clone()).await.unwrap();
        let said: Vec<_> = outputs.filter_map(|output| async { output.unwrap().text() }).collect().await;
        assert_eq!(said, ["Good ", "start."]);
        assert_eq!(engine.stream(request).await.err().map(|error| error.kind), Some(ErrorKind::Busy));
        assert_eq!(engine.requests().len(), 2);
    }
}
