//! Vectors of single words, kept between answers: people use the same few thousand words.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    Result,
    grading::{WordVectors, content_words},
};
use inference::Embedder;

/// Words that are kept, some 1.6 kB each. A full cache starts anew, which costs one slower answer.
const MOST_WORDS: usize = 8_192;

/// A cache of word vectors, for one embedding model.
#[derive(Debug, Default)]
pub struct Words {
    known: Mutex<HashMap<String, Arc<[f32]>>>,
}

impl Words {
    /// The vectors of all words of `texts` that grading compares by their vectors; `embedder` is
    /// asked for the new ones, in one call.
    ///
    /// # Errors
    /// Those of the embedder.
    pub async fn vectors(&self, embedder: &dyn Embedder, texts: &[&str]) -> Result<WordVectors> {
        let (mut vectors, mut missing) = (WordVectors::default(), Vec::new());
        {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            for word in texts.iter().flat_map(|text| content_words(text)) {
                match known.get(&word) {
                    Some(vector) => vectors.insert(word, vector.clone()),
                    None => missing.push(word),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(vectors);
        }
        let found = embedder.embed(&missing).await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + missing.len() > MOST_WORDS {
            known.clear();
        }
        for (word, vector) in missing.into_iter().zip(found) {
            let vector: Arc<[f32]> = vector.into();
            if known.len() < MOST_WORDS {
                known.insert(word.clone(), vector.clone());
            }
            vectors.insert(word, vector);
        }
        Ok(vectors)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use async_trait::async_trait;

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicUsize);

    #[async_trait]
    impl Embedder for Counting {
        fn name(&self) -> &str {
            "counting"
        }

        async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
            self.0.fetch_add(texts.len(), Ordering::Relaxed);
            Ok(vec![vec![1.0]; texts.len()])
        }
    }

    #[tokio::test]
    async fn a_word_is_embedded_once() {
        let (words, embedder) = (Words::default(), Counting::default());
        let first = words.vectors(&embedder, &["The queue blocks.", "A queue of jobs."]).await.unwrap();
        assert_eq!(embedder.0.load(Ordering::Relaxed), 3);
        let second = words.vectors(&embedder, &["Jobs in the queue: blocks!"]).await.unwrap();
        assert_eq!(embedder.0.load(Ordering::Relaxed), 3);
        assert_eq!(first, second);
    }
}
