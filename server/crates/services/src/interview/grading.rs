//! Grades answers: brings the sentence vectors to the rules of `domain::feedback`.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Result;
use domain::feedback::{self, Grade, Vectors};
use domain::question::Question;
use domain::text;
use inference::Embedder;
use tokio::sync::{Mutex, OnceCell};

/// Sentences of a posting that steer the choice of questions: its first ones, which name the
/// tasks and requirements. More would keep the person waiting for the first question.
const POSTING_SENTENCES: usize = 40;
/// Questions whose rubric vectors are kept: some 20 kB each.
const RUBRICS: usize = 400;

type RubricVectors = Arc<Vec<Vec<f32>>>;

pub(super) struct Grader {
    embedder: Arc<dyn Embedder>,
    /// The vectors of the questions' texts, in the bank's order.
    bank: OnceCell<Vec<Vec<f32>>>,
    /// The vectors of a question's rubric, by the question's id and text.
    rubrics: Mutex<HashMap<String, RubricVectors>>,
}

impl Grader {
    pub(super) fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder, bank: OnceCell::new(), rubrics: Mutex::default() }
    }

    /// Grades `answer` to `question`.
    pub(super) async fn grade(&self, question: &Question, answer: &str) -> Result<Grade> {
        let rubric = self.rubric(question).await?;
        let sentences: Vec<_> = Vectors::answer_texts(answer).into_iter().map(str::to_owned).collect();
        let said = if sentences.is_empty() { Vec::new() } else { self.embedder.embed(&sentences).await? };
        let vectors = Vectors::new(question, rubric.to_vec(), said).map_err(|error| unexpected(&error))?;
        let (question, answer) = (question.clone(), answer.to_owned());
        // A long answer takes some milliseconds of pure computing; pages need not wait for it.
        tokio::task::spawn_blocking(move || feedback::assess(&question, &answer, &vectors))
            .await
            .map_err(|error| unexpected(&error))
    }

    /// How close each question is to the nearest sentence of the posting, as cosines.
    pub(super) async fn affinities(&self, questions: &[Question], posting: &str) -> Result<Vec<f32>> {
        let bank = self.bank(questions).await?;
        let mut sentences: Vec<_> =
            text::sentences(posting).into_iter().map(|sentence| sentence.text.to_owned()).collect();
        sentences.truncate(POSTING_SENTENCES);
        let sentences = self.embedder.embed(&sentences).await?;
        let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        Ok(bank
            .iter()
            .map(|question| sentences.iter().map(|sentence| cosine(question, sentence)).fold(0.0, f32::max))
            .collect())
    }

    /// The vectors of the questions' texts; computed once.
    pub(super) async fn bank(&self, questions: &[Question]) -> Result<&[Vec<f32>]> {
        let texts = || questions.iter().map(|question| question.text.clone()).collect::<Vec<_>>();
        let bank = self.bank.get_or_try_init(|| async { self.embedder.embed(&texts()).await }).await?;
        Ok(bank)
    }

    async fn rubric(&self, question: &Question) -> Result<RubricVectors> {
        let texts: Vec<_> = Vectors::question_texts(question).into_iter().map(str::to_owned).collect();
        // The texts are part of the key: an old interview keeps the rubric that it was asked with.
        let key = format!("{} {}", question.id, domain::error::reference(&texts.concat()));
        if let Some(known) = self.rubrics.lock().await.get(&key) {
            return Ok(known.clone());
        }
        let vectors = Arc::new(self.embedder.embed(&texts).await?);
        let mut rubrics = self.rubrics.lock().await;
        if rubrics.len() >= RUBRICS {
            rubrics.clear();
        }
        rubrics.insert(key, vectors.clone());
        Ok(vectors)
    }
}

fn unexpected(cause: &dyn std::error::Error) -> domain::Error {
    let reference = domain::error::reference(&cause.to_string());
    tracing::error!(%reference, %cause, "an answer could not be graded");
    domain::Error::unexpected(&reference)
}
