//! The port for sentence embeddings.

use async_trait::async_trait;
use domain::Result;

/// Turns texts into vectors whose dot product says how close in meaning they are.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// The model's name, as in the manifest; vectors of different models do not compare.
    fn name(&self) -> &str;

    /// One vector of length 1 (Euclidean) for each text, in the order of `texts`. Any text will
    /// do: an empty one has a vector too, and a long one is cut to what the model reads.
    ///
    /// # Errors
    /// [`domain::ErrorKind::Busy`] when too much is waiting, or when the model fails.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>>;
}
