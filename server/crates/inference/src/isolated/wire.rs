//! The lines between the two processes. Both are the same program, so their form may change with it.

use domain::Error;
use serde::{Deserialize, Serialize};

use crate::{Output, Request};

/// What is asked.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Call {
    /// Which models there are. Answered once they are loaded.
    Hello,
    /// [`crate::Engine::stream`].
    Stream(Request),
    /// [`crate::Embedder::embed`].
    Embed(Vec<String>),
}

/// What is answered: one line, or for a stream one for each part.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Reply {
    Hello(Hello),
    /// The request was taken in.
    Begun,
    Output(Output),
    Vectors(Vec<Vec<f32>>),
    Error(Error),
}

/// The names of the models.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Hello {
    pub engine: Option<String>,
    pub embedder: String,
}
