//! What came of measuring, as figures and as a table.

use std::fmt;

/// How well grading agrees with people.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswersReport {
    /// The number of answers.
    pub n: usize,
    /// The number of different questions.
    pub questions: usize,
    /// Agreement with human scores, where the file has them.
    pub scores: Option<Compared<ScoreFigures>>,
    /// Agreement with human labels, where the file has them.
    pub labels: Option<Compared<LabelFigures>>,
    /// Wall time of embedding and grading, the preparation of the references included and the
    /// plain cosine left out, divided by `n`.
    pub seconds_per_answer: f64,
}

/// The same figures for two ways of grading.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared<T> {
    /// The rules of [`domain::grading`].
    pub ours: T,
    /// The cosine of the vectors of the whole answer and the whole reference.
    pub plain: T,
}

/// Agreement with scores. A figure is `None` where it is not defined: a correlation when all
/// values are the same, anything fitted when there is but one question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreFigures {
    /// Product-moment correlation over all answers, -1 to 1.
    pub pearson: Option<f64>,
    /// Rank correlation over all answers, -1 to 1; ties share their mean rank.
    pub spearman: Option<f64>,
    /// Root of the mean squared error in units of the score, after a line fitted on the other
    /// half of the questions.
    pub rmse: Option<f64>,
}

/// Agreement with labels. A figure is `None` where it is not defined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelFigures {
    /// The share of answers given their label, by thresholds fitted on the other half of the
    /// questions, 0 to 1.
    pub accuracy: Option<f64>,
    /// The mean over the labels of the harmonic mean of precision and recall, 0 to 1.
    pub macro_f1: Option<f64>,
    /// Product-moment correlation of the grade with 1 for "correct" and 0 for other labels.
    pub pearson: Option<f64>,
}

impl fmt::Display for AnswersReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "n = {} answers to {} questions", self.n, self.questions)?;
        writeln!(f, "{:<34}{:>10}{:>14}", "", "Lodestar", "plain cosine")?;
        if let Some(Compared { ours, plain }) = &self.scores {
            line(f, "Pearson", ours.pearson, plain.pearson)?;
            line(f, "Spearman", ours.spearman, plain.spearman)?;
            line(f, "RMSE after a linear fit (1)", ours.rmse, plain.rmse)?;
        }
        if let Some(Compared { ours, plain }) = &self.labels {
            line(f, "Accuracy (1)", ours.accuracy, plain.accuracy)?;
            line(f, "Macro-F1 (1)", ours.macro_f1, plain.macro_f1)?;
            line(f, "Pearson with correct = 1", ours.pearson, plain.pearson)?;
        }
        writeln!(f, "{:<34}{:>10.4}", "Seconds per answer", self.seconds_per_answer)?;
        writeln!(
            f,
            "(1) Fitted on one half of the questions and measured on the other, both ways. The halves are every other question in the order of the file."
        )
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, ours: Option<f64>, plain: Option<f64>) -> fmt::Result {
    let show = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    writeln!(f, "{name:<34}{:>10}{:>14}", show(ours), show(plain))
}
