//! The lines between the two processes. Both are the same program, so their form may change with it.

use domain::{Error, model::Loaded};
use serde::{Deserialize, Serialize};

use crate::{Output, Request};

/// What is asked.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Call {
    /// Which model embeds. Answered once it is loaded.
    Hello,
    /// [`crate::Host::load`].
    Load(String),
    /// [`crate::Host::unload`].
    Unload(String),
    /// [`crate::Host::loaded`].
    Loaded,
    /// [`crate::Host::stream`].
    Stream(String, Request),
    /// [`crate::Embedder::embed`].
    Embed(Vec<String>),
}

/// What is answered: one line, or for a stream one for each part.
#[derive(Debug, Deserialize, Serialize)]
pub(super) enum Reply {
    Hello(Hello),
    Done,
    Loaded(Vec<Loaded>),
    /// The request was taken in.
    Begun,
    Output(Output),
    Vectors(Vec<Vec<f32>>),
    Error(Error),
}

/// The name of the model that embeds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Hello {
    pub embedder: String,
}
