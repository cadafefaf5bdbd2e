//! An engine with quotas, counts and kept answers.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result};
use futures::StreamExt;
use inference::{Engine, Outputs, Request};
use store::generation::Answer;

use super::kept::{account, hash, repeat};
use super::run::{Keep, Run};
use super::{Parts, run};

/// `engine`, with all that [`super::Generation`] promises.
pub(super) struct Metered {
    engine: Arc<dyn Engine>,
    identity: String,
    parts: Arc<Parts>,
}

impl Metered {
    pub(super) fn new(engine: Arc<dyn Engine>, identity: String, parts: Arc<Parts>) -> Self {
        Self { engine, identity, parts }
    }

    /// The kept answer to the request with this hash. The model answers when it cannot be looked up.
    async fn find(&self, request: &Request, hash: &str) -> Option<Answer> {
        let found = async {
            let mut connection = self.parts.store.read().await?;
            store::generation::answer(&mut connection, account(request), hash).await
        };
        found.await.unwrap_or_else(|error| {
            tracing::warn!(%error, "kept answers cannot be read");
            None
        })
    }

    fn repeat(&self, request: &Request, hash: String, answer: Answer, came: Instant) -> Outputs {
        run::count_repeat(&self.parts, self.name(), request, hash, answer.prompt);
        repeat(answer, came.elapsed())
    }
}

#[async_trait]
impl Engine for Metered {
    fn name(&self) -> &str {
        self.engine.name()
    }

    async fn stream(&self, mut request: Request) -> Result<Outputs> {
        let came = Instant::now();
        let mut keep = None;
        if let Some(hash) = hash(&self.identity, &request).filter(|_| self.parts.options.kept_bytes > 0) {
            if let Some(answer) = self.find(&request, &hash).await {
                return Ok(self.repeat(&request, hash, answer, came));
            }
            // The same may be being answered just now; its answer is waited for as the model's would be.
            let turn = tokio::time::timeout(request.deadlines.first, self.parts.turns.take(&hash));
            let turn = turn.await.map_err(|_| still_answering(self.name()))?;
            if let Some(answer) = self.find(&request, &hash).await {
                return Ok(self.repeat(&request, hash, answer, came));
            }
            let waited = came.elapsed();
            request.deadlines.first = request.deadlines.first.saturating_sub(waited);
            request.deadlines.total = request.deadlines.total.saturating_sub(waited);
            keep = Some(Keep::new(hash, turn));
        }
        self.parts.check_quota(account(&request)).await?;
        // Counted from here on, whatever happens: dropping it counts as well.
        let mut run = Run::new(&self.parts, self.name(), &request, keep);
        let outputs = self.engine.stream(request).await?;
        Ok(outputs.inspect(move |output| run.see(output)).boxed())
    }
}

fn still_answering(model: &str) -> Error {
    Error::new(
        ErrorKind::Busy,
        format!("The model {model} is still answering the same request. Please try again in a moment."),
    )
}
