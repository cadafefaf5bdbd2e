//! Reading a file of answers that people judged.

use std::{collections::HashSet, io::Read};

use csv::{ReaderBuilder, StringRecord, Trim};
use domain::{Error, Result};

/// One answer.
pub(super) struct Row {
    pub(super) question: String,
    pub(super) reference: String,
    pub(super) answer: String,
    score: Option<f64>,
    label: Option<String>,
}

/// The whole file; it has a row.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
}

/// Where the columns are.
struct Columns {
    question: usize,
    reference: usize,
    answer: usize,
    score: Option<usize>,
    label: Option<usize>,
}

impl Table {
    /// Reads a CSV file with a line of headings.
    pub(super) fn read(csv: impl Read) -> Result<Self> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(csv);
        let columns = Columns::find(reader.headers().map_err(|error| unreadable(&error))?)?;
        let rows = reader.records().map(|record| columns.row(&record.map_err(|error| unreadable(&error))?));
        let rows = rows.collect::<Result<Vec<Row>>>()?;
        if rows.is_empty() {
            return Err(invalid("The file has headings but no answers. Add one line for each answer."));
        }
        Ok(Self { rows })
    }

    /// How many different questions there are.
    pub(super) fn questions(&self) -> usize {
        self.rows.iter().map(|row| &row.question).collect::<HashSet<_>>().len()
    }

    /// The human scores, if the file has them.
    pub(super) fn scores(&self) -> Option<Vec<f64>> {
        self.rows.iter().map(|row| row.score).collect()
    }

    /// The human labels, if the file has them.
    pub(super) fn labels(&self) -> Option<Vec<&str>> {
        self.rows.iter().map(|row| row.label.as_deref()).collect()
    }
}

impl Columns {
    fn find(headings: &StringRecord) -> Result<Self> {
        let place = |name: &str| {
            headings.iter().position(|heading| heading.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
        };
        if headings.iter().all(str::is_empty) {
            return Err(invalid(
                "The file is empty. Its first line names the columns question, reference, answer and score or label.",
            ));
        }
        let need = |name: &str| {
            let found: Vec<&str> = headings.iter().collect();
            let missing = || invalid(&format!("The column “{name}” is missing. The file has: {}.", found.join(", ")));
            place(name).ok_or_else(missing)
        };
        let (score, label) = (place("score"), place("label"));
        let columns =
            Self { question: need("question")?, reference: need("reference")?, answer: need("answer")?, score, label };
        if score.is_none() && label.is_none() {
            return Err(invalid(
                "Neither a column “score” nor a column “label” is there. One of them must say what people thought of each answer.",
            ));
        }
        Ok(columns)
    }

    fn row(&self, record: &StringRecord) -> Result<Row> {
        let line = record.position().map_or(0, csv::Position::line);
        let text = |index: usize| record.get(index).unwrap_or_default().to_owned();
        let score = self.score.map(|index| number(&text(index), line)).transpose()?;
        let label = self.label.map(|index| match text(index) {
            label if label.is_empty() => Err(invalid(&format!("Line {line} has no label."))),
            label => Ok(label.to_lowercase()),
        });
        let reference = text(self.reference);
        if reference.is_empty() {
            return Err(invalid(&format!("Line {line} has no reference answer.")));
        }
        Ok(Row {
            question: text(self.question),
            reference,
            answer: text(self.answer),
            score,
            label: label.transpose()?,
        })
    }
}

fn number(text: &str, line: u64) -> Result<f64> {
    let wrong = || invalid(&format!("Line {line}: the score “{text}” is not a number."));
    text.parse().ok().filter(|score: &f64| score.is_finite()).ok_or_else(wrong)
}

fn unreadable(error: &csv::Error) -> Error {
    invalid(&format!("The file cannot be read as CSV: {error}."))
}

fn invalid(message: &str) -> Error {
    Error::invalid("file", message)
}
