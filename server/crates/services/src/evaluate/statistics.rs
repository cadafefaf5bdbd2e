//! The figures by which two series of judgements are compared.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{LabelFigures, ScoreFigures};

/// The label of answers that are right.
const CORRECT: &str = "correct";
/// The label of answers that deny the reference.
const CONTRADICTORY: &str = "contradictory";
/// Thresholds between two labels are sought among this many quantiles of the grades.
const QUANTILES: usize = 100;
/// Rounds of moving one threshold after the other; they settle after two or three.
const ROUNDS: usize = 4;

/// An answer's grade.
#[derive(Clone, Copy, Debug)]
pub(super) struct Graded {
    /// The grade; only its order and differences matter.
    pub(super) grade: f64,
    /// Whether the answer was found to deny the reference.
    pub(super) contradicted: bool,
    /// Which half of the questions it belongs to.
    pub(super) half: bool,
}

/// Compares grades with human scores.
pub(super) fn score_figures(graded: &[Graded], scores: &[f64]) -> ScoreFigures {
    let grades: Vec<f64> = graded.iter().map(|graded| graded.grade).collect();
    ScoreFigures {
        pearson: pearson(&grades, scores),
        spearman: pearson(&ranks(&grades), &ranks(scores)),
        rmse: rmse(graded, scores),
    }
}

/// The product-moment correlation, -1 to 1; `None` when either series does not vary.
pub(super) fn pearson(xs: &[f64], ys: &[f64]) -> Option<f64> {
    let (x, y) = (mean(xs)?, mean(ys)?);
    let sum = |f: &dyn Fn(f64, f64) -> f64| xs.iter().zip(ys).map(|(a, b)| f(a - x, b - y)).sum::<f64>();
    let both = sum(&|a, b| a * b);
    let spread = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    (spread > 1e-12).then(|| both / spread)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The rank of each value from 1; equal values share the mean of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = first as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|&index| ranks[index] = rank);
        first += equal.len();
    }
    ranks
}

/// The error that is left after the least-squares line of one half is applied to the other half,
/// both ways; `None` when one half is empty.
fn rmse(graded: &[Graded], scores: &[f64]) -> Option<f64> {
    let mut squares = 0.0;
    for half in [false, true] {
        let pairs = |wanted| graded.iter().zip(scores).filter(move |(graded, _)| graded.half == wanted);
        let (xs, ys): (Vec<f64>, Vec<f64>) = pairs(!half).map(|(graded, score)| (graded.grade, score)).unzip();
        let (slope, offset) = fitted(&xs, &ys)?;
        squares += pairs(half).map(|(graded, score)| (slope * graded.grade + offset - score).powi(2)).sum::<f64>();
    }
    Some((squares / graded.len() as f64).sqrt())
}

/// Slope and offset of the least-squares line.
fn fitted(xs: &[f64], ys: &[f64]) -> Option<(f64, f64)> {
    let (x, y) = (mean(xs)?, mean(ys)?);
    let spread: f64 = xs.iter().map(|a| (a - x).powi(2)).sum();
    let both: f64 = xs.iter().zip(ys).map(|(a, b)| (a - x) * (b - y)).sum();
    let slope = if spread > 1e-12 { both / spread } else { 0.0 };
    Some((slope, y - slope * x))
}

/// Compares grades with human labels. Each label gets a band of grades, in the order of the mean
/// grade of its answers; answers found to deny the reference get the label "contradictory" where
/// that is among the labels and where doing so served the other half.
pub(super) fn label_figures(graded: &[Graded], labels: &[&str]) -> LabelFigures {
    let is_correct: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label == CORRECT))).collect();
    let grades: Vec<f64> = graded.iter().map(|graded| graded.grade).collect();
    let pearson = pearson(&grades, &is_correct);
    let mut pairs = Vec::new();
    for half in [false, true] {
        let of = |wanted| graded.iter().zip(labels).filter(move |(graded, _)| graded.half == wanted);
        let learnt: Vec<(&Graded, &str)> = of(!half).map(|(graded, label)| (graded, *label)).collect();
        let Some(bands) = Bands::fit(&learnt) else {
            return LabelFigures { accuracy: None, macro_f1: None, pearson };
        };
        pairs.extend(of(half).map(|(graded, label)| (bands.label(graded), *label)));
    }
    let right = pairs.iter().filter(|(given, label)| given == label).count();
    LabelFigures { accuracy: Some(right as f64 / pairs.len() as f64), macro_f1: Some(macro_f1(&pairs)), pearson }
}

/// Bands of grades, one a label.
#[derive(Clone)]
struct Bands<'l> {
    /// From the lowest band to the highest.
    labels: Vec<&'l str>,
    /// Where each band but the lowest begins; ascending.
    thresholds: Vec<f64>,
    /// Whether a contradiction decides by itself.
    contradictions: bool,
}

impl<'l> Bands<'l> {
    /// The bands with the best macro-F1 that moving one threshold at a time finds.
    fn fit(learnt: &[(&Graded, &'l str)]) -> Option<Self> {
        let candidates = candidates(learnt.iter().map(|(graded, _)| graded.grade).collect());

        let mut by_label: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        learnt.iter().for_each(|(graded, label)| by_label.entry(label).or_default().push(graded.grade));
        let mut means: Vec<(f64, &str)> =
            by_label.iter().filter_map(|(label, grades)| Some((mean(grades)?, *label))).collect();
        means.sort_by(|a, b| a.0.total_cmp(&b.0));
        let labels: Vec<&str> = means.into_iter().map(|(_, label)| label).collect();

        let even = |index: usize| candidates.get(index * candidates.len() / labels.len()).copied();
        let thresholds: Vec<f64> = (1..labels.len()).map(even).collect::<Option<_>>()?;
        let known = labels.contains(&CONTRADICTORY);
        let starts = [false, true].into_iter().filter(|&contradictions| known || !contradictions);
        let fits = starts.map(|contradictions| {
            Self { labels: labels.clone(), thresholds: thresholds.clone(), contradictions }.settle(learnt, &candidates)
        });
        fits.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, bands)| bands)
    }

    /// Moves the thresholds among `candidates`; returns the macro-F1 that is reached as well.
    fn settle(mut self, learnt: &[(&Graded, &'l str)], candidates: &[f64]) -> (f64, Self) {
        let mut best = self.quality(learnt);
        let count = self.thresholds.len();
        for index in (0..ROUNDS).flat_map(|_| 0..count) {
            let from = index.checked_sub(1).map_or(f64::NEG_INFINITY, |before| self.thresholds[before]);
            let to = self.thresholds.get(index + 1).copied().unwrap_or(f64::INFINITY);
            for &candidate in candidates.iter().filter(|candidate| (from..=to).contains(*candidate)) {
                let kept = std::mem::replace(&mut self.thresholds[index], candidate);
                let quality = self.quality(learnt);
                if quality > best {
                    best = quality;
                } else {
                    self.thresholds[index] = kept;
                }
            }
        }
        (best, self)
    }

    fn quality(&self, learnt: &[(&Graded, &'l str)]) -> f64 {
        let pairs: Vec<(&str, &str)> = learnt.iter().map(|(graded, label)| (self.label(graded), *label)).collect();
        macro_f1(&pairs)
    }

    fn label(&self, graded: &Graded) -> &'l str {
        if self.contradictions && graded.contradicted {
            return CONTRADICTORY;
        }
        let band = self.thresholds.iter().filter(|threshold| graded.grade >= **threshold).count();
        self.labels.get(band).copied().unwrap_or_default()
    }
}

/// Where a band may begin: at the lowest grade, between neighbouring quantiles, and beyond the
/// highest grade, where it is empty.
fn candidates(mut grades: Vec<f64>) -> Vec<f64> {
    grades.sort_by(f64::total_cmp);
    let (Some(&lowest), Some(&highest)) = (grades.first(), grades.last()) else {
        return Vec::new();
    };
    let mut quantiles: Vec<f64> =
        (0..QUANTILES).map(|q| grades[q * grades.len() / QUANTILES]).chain([highest]).collect();
    quantiles.dedup();
    let between = quantiles.windows(2).map(|pair| f64::midpoint(pair[0], pair[1]));
    [lowest].into_iter().chain(between).chain([highest + 1.0]).collect()
}

/// The mean of the labels' F1 over pairs of a given and a human label.
fn macro_f1(pairs: &[(&str, &str)]) -> f64 {
    let labels: BTreeSet<&str> = pairs.iter().map(|(_, label)| *label).collect();
    let f1 = |wanted: &str| {
        let (mut both, mut either) = (0, 0);
        for (given, label) in pairs {
            both += usize::from(*given == wanted && *label == wanted);
            either += usize::from(*given == wanted) + usize::from(*label == wanted);
        }
        2.0 * both as f64 / either.max(1) as f64
    };
    labels.iter().map(|label| f1(label)).sum::<f64>() / labels.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    fn graded(grades: &[f64]) -> Vec<Graded> {
        let each = grades.iter().enumerate();
        each.map(|(index, &grade)| Graded { grade, contradicted: false, half: index % 2 == 1 }).collect()
    }

    #[test]
    fn correlations_match_textbook_values() {
        let (xs, ys) = ([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 4.0, 3.0, 5.0]);
        assert!(close(pearson(&xs, &ys), 0.8));
        assert!(close(pearson(&xs, &xs.map(|x| 7.0 - 2.0 * x)), -1.0));
        assert_eq!(pearson(&xs, &[1.0; 5]), None);
        assert_eq!(pearson(&[], &[]), None);
    }

    #[test]
    fn ties_share_their_rank() {
        assert_eq!(ranks(&[0.3, 0.1, 0.3, 0.9]), [2.5, 1.0, 2.5, 4.0]);
    }

    #[test]
    fn a_line_leaves_no_error_on_the_other_half() {
        let grades = [0.1, 0.2, 0.5, 0.6, 0.9, 1.0];
        let scores = grades.map(|grade| 1.0 + 4.0 * grade);
        assert!(close(score_figures(&graded(&grades), &scores).rmse, 0.0));
        let lone = [Graded { grade: 0.5, contradicted: false, half: false }];
        assert_eq!(score_figures(&lone, &[3.0]).rmse, None);
    }

    #[test]
    fn bands_tell_labels_apart() {
        let grades = [0.1, 0.15, 0.2, 0.25, 0.8, 0.85, 0.9, 0.95];
        let labels = ["incorrect", "incorrect", "incorrect", "incorrect", "correct", "correct", "correct", "correct"];
        let figures = label_figures(&graded(&grades), &labels);
        assert!(close(figures.accuracy, 1.0) && close(figures.macro_f1, 1.0));
        assert!(figures.pearson.is_some_and(|pearson| pearson > 0.98));
    }

    #[test]
    fn contradictions_decide_where_that_helps() {
        let mut graded = graded(&[0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8]);
        [0, 1, 4, 5].into_iter().for_each(|index| graded[index].contradicted = true);
        let labels = [CONTRADICTORY, CONTRADICTORY, CORRECT, CORRECT, CONTRADICTORY, CONTRADICTORY, CORRECT, CORRECT];
        assert!(close(label_figures(&graded, &labels).accuracy, 1.0));
    }

    #[test]
    fn macro_f1_weighs_rare_labels_alike() {
        let pairs = [("a", "a"), ("a", "a"), ("a", "a"), ("a", "b")];
        assert!((macro_f1(&pairs) - 6.0 / 14.0).abs() < 1e-9);
    }
}
