//! Coverage: how much of the rubric the answer contains.
//!
//! Each key point and each of its paraphrases is compared with each sentence of the answer, and
//! with two sentences taken together, since a point may be made across both. The best match
//! decides. Adding a sentence can therefore only raise coverage, and the order of the key points
//! does not matter.

use std::collections::HashSet;

use super::{
    Covered, Dimension, PointFeedback, Quote, Reason, Score,
    answer::Answer,
    scoring::{score, shown_by, stated},
    vectors::{Vectors, centre},
    wording::{advice, capital, clip, count, fuller_advice, made, nearly_made, number},
};
use crate::{
    grading::{Passage, compare},
    question::{KeyPoint, Question},
    text::content_stems,
};

/// From this strength on a point counts as made.
const FULLY: f32 = 0.50;
/// From this strength on a point counts as nearly made.
const PARTLY: f32 = 0.36;

/// What the answer says in one or two sentences.
struct Said {
    passage: Passage,
    /// The index of the sentence to quote.
    line: usize,
}

/// Holds every key point against the answer, in the question's order.
pub(super) fn points(question: &Question, answer: &Answer<'_>, vectors: &Vectors) -> Vec<PointFeedback> {
    let asked = Passage::new(&question.text, vectors.question.clone());
    let said = said(question, answer, vectors);
    let points = question.points.iter().enumerate();
    points
        .map(|(index, point)| {
            let forms = forms(point, vectors.points.get(index).map_or(&[], Vec::as_slice));
            let best = said.iter().map(|said| (strength(&forms, &said.passage, &asked), said.line));
            let (strength, line) = best.fold((0.0, 0), |best, next| if next.0 > best.0 { next } else { best });
            let covered = match strength {
                s if s >= FULLY => Covered::Fully,
                s if s >= PARTLY => Covered::Partly,
                _ => Covered::Missing,
            };
            let sentence = answer.lines.get(line).filter(|_| covered != Covered::Missing).map(|line| line.quote());
            PointFeedback { text: point.text.clone(), weight: point.weight, covered, sentence, strength }
        })
        .collect()
}

/// The ways in which a point is put.
fn forms(point: &KeyPoint, vectors: &[Vec<f32>]) -> Vec<Passage> {
    let texts = std::iter::once(&point.text).chain(&point.also);
    texts.zip(vectors).map(|(text, vector)| Passage::new(text, vector.clone())).collect()
}

/// 0 to 1: the strength of the best of `forms`.
fn strength(forms: &[Passage], said: &Passage, asked: &Passage) -> f32 {
    forms.iter().map(|form| compare(form, said, asked).strength).fold(0.0, f32::max).clamp(0.0, 1.0)
}

/// The sentences that say something, alone and with the one after them. A mere list of terms
/// names things without making a point, and the question's own words make none either.
fn said(question: &Question, answer: &Answer<'_>, vectors: &Vectors) -> Vec<Said> {
    let asked: HashSet<String> = content_stems(&question.text).into_iter().collect();
    let lines: Vec<usize> = (0..answer.lines.len())
        .filter(|&index| !answer.lines[index].is_list() && !answer.lines[index].repeats(&asked))
        .collect();
    let text = |index: usize| answer.lines[index].sentence.text;
    let alone = lines.iter().map(|&line| Said { passage: Passage::new(text(line), vectors.said(line).to_vec()), line });
    let pairs = lines.windows(2).map(|pair| {
        let both = format!("{} {}", text(pair[0]), text(pair[1]));
        let vector = centre([vectors.said(pair[0]), vectors.said(pair[1])].into_iter());
        Said { passage: Passage::new(&both, vector), line: pair[0] }
    });
    alone.chain(pairs).collect()
}

/// Grades coverage: full weight for a point that is made, half for one that is nearly made.
pub(super) fn coverage(question: &Question, points: &[PointFeedback]) -> Score {
    let total: u32 = points.iter().map(|point| 2 * u32::from(point.weight)).sum();
    let earned: u32 = points.iter().map(|point| u32::from(point.weight) * credit(point.covered)).sum();
    let value = if total == 0 { 0.0 } else { 100.0 * earned as f32 / total as f32 };
    score(Dimension::Coverage, value, reasons(question, points), raise(question, points))
}

/// In halves of a point.
fn credit(covered: Covered) -> u32 {
    match covered {
        Covered::Fully => 2,
        Covered::Partly => 1,
        Covered::Missing => 0,
    }
}

/// The key point with its feedback that matters most among those `covered` so far: the heaviest,
/// and of equally heavy ones the strongest.
pub(super) fn heaviest<'p>(
    question: &'p Question,
    points: &'p [PointFeedback],
    covered: Covered,
) -> Option<(&'p KeyPoint, &'p PointFeedback)> {
    let pairs = question.points.iter().zip(points).filter(|(_, found)| found.covered == covered);
    pairs.max_by(|(_, a), (_, b)| {
        a.weight.cmp(&b.weight).then(a.strength.total_cmp(&b.strength)).then(b.text.cmp(&a.text))
    })
}

fn reasons(question: &Question, points: &[PointFeedback]) -> Vec<Reason> {
    let quoted = |text: String, quote: &Option<Quote>| quote.clone().map(|quote| shown_by(text, quote));
    let best = heaviest(question, points, Covered::Fully)
        .and_then(|(point, found)| quoted(made(question, point), &found.sentence));
    let near = heaviest(question, points, Covered::Partly)
        .and_then(|(point, found)| quoted(nearly_made(question, point), &found.sentence));
    best.into_iter().chain(near).chain([stated(summary(points))]).collect()
}

/// "Two of five key points are covered, one partly."
fn summary(points: &[PointFeedback]) -> String {
    let how_many = |covered| points.iter().filter(|point| point.covered == covered).count();
    let (full, part) = (how_many(Covered::Fully), how_many(Covered::Partly));
    let of = count(points.len(), "key point", "key points");
    let covered = match full {
        0 if part == 0 => return format!("Of the {of} of a strong answer, none is made yet."),
        0 => format!("None of the {of} is covered in full"),
        1 => format!("One of the {of} is covered"),
        n if n == points.len() => return format!("All {of} are covered."),
        n => format!("{} of the {of} are covered", capital(&number(n))),
    };
    match part {
        0 => format!("{covered}."),
        n => format!("{covered}, {} partly.", number(n)),
    }
}

fn raise(question: &Question, points: &[PointFeedback]) -> String {
    if let Some((point, _)) = heaviest(question, points, Covered::Missing) {
        return advice(question, point);
    }
    if let Some((point, _)) = heaviest(question, points, Covered::Partly) {
        return fuller_advice(question, point);
    }
    match heaviest(question, points, Covered::Fully).and_then(|(_, found)| found.sentence.as_ref()) {
        Some(quote) => format!(
            "Nothing is missing; to make it easier to follow, bring {} forward to the start.",
            clip(&quote.text, 8)
        ),
        None => "This question has no key points to cover.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(covered: Covered, weight: u8) -> PointFeedback {
        PointFeedback { text: String::new(), weight, covered, sentence: None, strength: 0.0 }
    }

    #[test]
    fn summaries_count_in_words() {
        use Covered::{Fully, Missing, Partly};
        let say = |all: &[Covered]| summary(&all.iter().map(|c| found(*c, 1)).collect::<Vec<_>>());
        assert_eq!(say(&[Fully, Fully, Partly, Missing]), "Two of the four key points are covered, one partly.");
        assert_eq!(say(&[Fully, Missing, Missing]), "One of the three key points is covered.");
        assert_eq!(say(&[Partly, Missing, Missing]), "None of the three key points is covered in full, one partly.");
        assert_eq!(say(&[Missing, Missing, Missing]), "Of the three key points of a strong answer, none is made yet.");
        assert_eq!(say(&[Fully, Fully, Fully]), "All three key points are covered.");
    }
}
