//! Measures grading against people: answers that were scored or labelled by hand are graded by the
//! same rules as in interviews, beside the plain cosine of the whole texts' vectors.

mod report;
mod rows;
mod statistics;

use std::{collections::HashMap, io::Read, time::Instant};

use domain::{
    Error, ErrorKind, Result,
    grading::{Passage, judge},
    text::sentences,
};
use inference::Embedder;

pub use report::{AnswersReport, Compared, LabelFigures, ScoreFigures};

use crate::words::Words;
use rows::{Row, Table};
use statistics::{Graded, label_figures, score_figures};

/// Grades every answer of a CSV file with the columns `question`, `reference`, `answer` and
/// `score` (a number) or `label`, or both, and compares the grades with them. Further columns are
/// ignored. The answers are graded one at a time, as they come in an interview.
///
/// # Errors
/// [`ErrorKind::Invalid`] when the file is empty, lacks a column, or has a line that does not fit
/// its columns or a score that is no number, naming the line; and those of `embedder`.
pub async fn answers(csv: impl Read, embedder: &dyn Embedder) -> Result<AnswersReport> {
    let table = Table::read(csv)?;
    let half = halves(&table.rows);
    let mut grader = Grader { embedder, words: Words::default(), prepared: HashMap::new() };
    let (mut ours, mut plain) = (Vec::new(), Vec::new());
    let mut seconds = 0.0;
    for (row, half) in table.rows.iter().zip(half) {
        let begun = Instant::now();
        let graded = grader.grade(row).await?;
        seconds += begun.elapsed().as_secs_f64();
        ours.push(Graded { grade: f64::from(graded.strength), contradicted: graded.contradicted, half });
        plain.push(Graded { grade: grader.plain(row).await?, contradicted: false, half });
    }
    let scores = table
        .scores()
        .map(|scores| Compared { ours: score_figures(&ours, &scores), plain: score_figures(&plain, &scores) });
    let labels = table
        .labels()
        .map(|labels| Compared { ours: label_figures(&ours, &labels), plain: label_figures(&plain, &labels) });
    let n = table.rows.len();
    Ok(AnswersReport { n, questions: table.questions(), scores, labels, seconds_per_answer: seconds / n as f64 })
}

/// The half that each row belongs to: every other question, in the order of the file, so that all
/// answers to a question are in the same half.
fn halves(rows: &[Row]) -> Vec<bool> {
    let mut seen: HashMap<&str, bool> = HashMap::new();
    let mut half = |question| {
        let next = seen.len() % 2 == 1;
        *seen.entry(question).or_insert(next)
    };
    rows.iter().map(|row| half(row.question.as_str())).collect()
}

struct Grader<'e> {
    embedder: &'e dyn Embedder,
    words: Words,
    /// Question and reference, prepared once for all their answers.
    prepared: HashMap<(String, String), Prepared>,
}

struct Prepared {
    question: Passage,
    reference: Vec<Passage>,
    /// The vector of the whole reference.
    whole: Vec<f32>,
}

impl Grader<'_> {
    async fn grade(&mut self, row: &Row) -> Result<domain::grading::Match> {
        let key = (row.question.clone(), row.reference.clone());
        if !self.prepared.contains_key(&key) {
            let prepared = self.prepare(row).await?;
            self.prepared.insert(key.clone(), prepared);
        }
        let answer = self.passages(&row.answer).await?;
        let prepared = &self.prepared[&key];
        Ok(judge(&prepared.question, &prepared.reference, &answer))
    }

    async fn prepare(&self, row: &Row) -> Result<Prepared> {
        let whole = self.embed(&[&row.reference]).await?.pop().unwrap_or_default();
        // Of the question only the words are compared, not its vector.
        let question = Passage::new(&row.question, Vec::new());
        Ok(Prepared { question, reference: self.passages(&row.reference).await?, whole })
    }

    /// The sentences of `text`, prepared.
    async fn passages(&self, text: &str) -> Result<Vec<Passage>> {
        let texts: Vec<&str> = sentences(text).iter().map(|sentence| sentence.text).collect();
        let vectors = self.embed(&texts).await?;
        let words = self.words.vectors(self.embedder, &texts).await?;
        let passages = texts.iter().zip(vectors);
        Ok(passages.map(|(text, vector)| Passage::new(text, vector).with_words(&words)).collect())
    }

    /// The cosine of the whole answer and the whole reference, which has been prepared.
    async fn plain(&self, row: &Row) -> Result<f64> {
        let answer = self.embed(&[&row.answer]).await?.pop().unwrap_or_default();
        let prepared = self.prepared.get(&(row.question.clone(), row.reference.clone()));
        let pairs = prepared.into_iter().flat_map(|prepared| &prepared.whole).zip(&answer);
        Ok(pairs.map(|(a, b)| f64::from(a * b)).sum())
    }

    async fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let texts: Vec<String> = texts.iter().map(|&text| text.to_owned()).collect();
        let vectors = self.embedder.embed(&texts).await?;
        if vectors.len() == texts.len() {
            Ok(vectors)
        } else {
            let (found, expected) = (vectors.len(), texts.len());
            Err(Error::new(
                ErrorKind::Unexpected,
                format!("The embedding model gave {found} vectors for {expected} texts."),
            ))
        }
    }
}

#[cfg(test)]
mod tests;
