//! The port for sentence embeddings.

use async_trait::async_trait;
use domain::Result;

/// `vector` with length 1 (Euclidean); `None` if it has no length.
pub fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = vector.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    if !length.is_finite() || length == 0.0 {
        return None;
    }
    vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    Some(vector)
}

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
