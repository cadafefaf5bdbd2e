//! Coverage: how much of the rubric the answer contains.
//!
//! Each key point and each of its paraphrases is compared with each sentence of the answer, and
//! with two sentences taken together where both have something of it, since a point may be made
//! across both. The best match decides. Nothing in a match depends on the other sentences, so
//! that adding a sentence can only raise coverage, and the order of the key points does not
//! matter.

use super::{
    Covered, Dimension, PointFeedback, Reason, Score,
    answer::{Answer, Line},
    evidence::Sorts,
    scoring::{along, score, shown_by, stated},
    vectors::{Vectors, centre, likeness},
    wording::{advice, capital, clip, count, fuller_advice, made, nearly_made, number},
};
use crate::{
    grading::{Passage, compare},
    question::{KeyPoint, Question, QuestionKind},
};

/// The weight of the likeness of vectors in the strength of a match; the words that a point and a
/// sentence share have the rest. [`compare`] weighs words more, as suits answers of one sentence;
/// here the best of many sentences is taken, among which some always share a few words.
const LIKENESS: f32 = 0.65;
/// Vectors less like than this have nothing in common.
const UNLIKE: f32 = 0.2;
/// Words shared by sentences whose vectors are less like than this are a coincidence.
const NEAR: f32 = 0.25;
/// Vectors as like as this say the same.
const ALIKE: f32 = 0.8;
/// What is left of a match when one denies what the other says.
const CONTRADICTED: f32 = 0.7;

/// The strengths from which on a point counts as made, and as nearly made.
struct Thresholds {
    fully: f32,
    partly: f32,
}

/// For knowledge of the craft, where a point and its paraphrases are what a candidate would say.
const CRAFT: Thresholds = Thresholds { fully: 0.49, partly: 0.36 };
/// For stories, where the paraphrases are examples and every candidate's own story differs.
const STORY: Thresholds = Thresholds { fully: 0.41, partly: 0.30 };

/// What a shared sort of evidence adds to the strength of a match in a story, and how many count.
/// Without it, coverage of stories is off by 19 instead of 14 points on held-out answers.
const SORT: f32 = 0.07;
const SORTS: u32 = 2;
/// A weaker match is about something else, whatever sort of evidence it gives.
const RELATED: f32 = 0.20;

/// Two sentences are taken together when each alone is at least this strong.
const HALF: f32 = 0.22;

/// What the answer says in a sentence.
struct Said<'l, 'a> {
    line: &'l Line<'a>,
    vector: &'l [f32],
    passage: Passage,
    sorts: Sorts,
}

/// One way in which a key point is put.
struct Form<'v> {
    vector: &'v [f32],
    passage: Passage,
}

/// A key point prepared for comparison.
struct Meant<'v> {
    forms: Vec<Form<'v>>,
    sorts: Sorts,
}

/// Holds every key point against the answer, in the question's order.
pub(super) fn points(question: &Question, answer: &Answer<'_>, vectors: &Vectors) -> Vec<PointFeedback> {
    let asked = Passage::new(&question.text, vectors.question.clone());
    let said = said(answer, vectors);
    let thresholds = match question.kind {
        QuestionKind::Behavioural => STORY,
        QuestionKind::Technical => CRAFT,
    };
    let points = question.points.iter().enumerate();
    let points = points.map(|(index, point)| {
        let meant = meant(question, point, vectors.points.get(index).map_or(&[], Vec::as_slice));
        let (strength, line) = best(&meant, &said, &asked);
        let covered = match strength {
            s if s >= thresholds.fully => Covered::Fully,
            s if s >= thresholds.partly => Covered::Partly,
            _ => Covered::Missing,
        };
        let sentence = line.filter(|_| covered != Covered::Missing).map(Line::quote);
        PointFeedback { text: point.text.clone(), weight: point.weight, covered, sentence, strength }
    });
    points.collect()
}

/// The strongest match among the sentences and their pairs, and the sentence to quote for it:
/// of a pair, the stronger one.
fn best<'l, 'a>(meant: &Meant<'_>, said: &[Said<'l, 'a>], asked: &Passage) -> (f32, Option<&'l Line<'a>>) {
    let alone = said.iter().map(|said| (strength(meant, &said.passage, said.vector, said.sorts, asked), said));
    let alone: Vec<(f32, &Said<'l, 'a>)> = alone.collect();
    let mut best = (0.0, None);
    for (strength, said) in &alone {
        if *strength > best.0 {
            best = (*strength, Some(said.line));
        }
    }
    let halves: Vec<&(f32, &Said<'l, 'a>)> = alone.iter().filter(|(strength, _)| *strength >= HALF).collect();
    for (index, (first, one)) in halves.iter().enumerate() {
        for (second, two) in &halves[index + 1..] {
            let both = format!("{} {}", one.line.sentence.text, two.line.sentence.text);
            let vector = centre([one.vector, two.vector].into_iter());
            let passage = Passage::new(&both, vector.clone());
            let together = strength(meant, &passage, &vector, one.sorts.or(two.sorts), asked);
            if together > best.0 {
                best = (together, Some(if second > first { two.line } else { one.line }));
            }
        }
    }
    best
}

fn meant<'v>(question: &Question, point: &KeyPoint, vectors: &'v [Vec<f32>]) -> Meant<'v> {
    let texts = std::iter::once(&point.text).chain(&point.also);
    let forms = texts.zip(vectors).map(|(text, vector)| Form { vector, passage: Passage::new(text, vector.clone()) });
    let sorts = match question.kind {
        QuestionKind::Behavioural => Sorts::asked(point),
        QuestionKind::Technical => Sorts::default(),
    };
    Meant { forms: forms.collect(), sorts }
}

/// 0 to 1: the strength of the best of the forms, and more when the evidence is of the right sort.
fn strength(meant: &Meant<'_>, said: &Passage, vector: &[f32], sorts: Sorts, asked: &Passage) -> f32 {
    let mut best = 0.0_f32;
    for form in &meant.forms {
        let cosine = likeness(form.vector, vector);
        let alike = LIKENESS * along(cosine, &[(UNLIKE, 0.0), (ALIKE, 1.0)]);
        // Words are compared only where sentences are close enough, and where it may matter.
        if cosine < NEAR || alike + (1.0 - LIKENESS) <= best {
            best = best.max(alike);
            continue;
        }
        let found = compare(&form.passage, said, asked);
        let denied = if found.contradicted { CONTRADICTED } else { 1.0 };
        best = best.max(denied * (alike + (1.0 - LIKENESS) * found.overlap));
    }
    if best < RELATED {
        return best.max(0.0);
    }
    let shared = meant.sorts.shared(sorts).min(SORTS);
    (best + SORT * shared as f32).min(1.0)
}

/// The sentences that say something. A mere list of terms names things without making a point,
/// and the question's own words make none either.
fn said<'l, 'a>(answer: &'l Answer<'a>, vectors: &'l Vectors) -> Vec<Said<'l, 'a>> {
    let lines = answer.lines.iter().enumerate().filter(|(_, line)| !line.is_list() && !line.echo);
    let said = lines.map(|(index, line)| {
        let vector = vectors.said(index);
        Said { line, vector, passage: Passage::new(line.sentence.text, vector.to_vec()), sorts: Sorts::told(line) }
    });
    said.collect()
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

/// The key point that matters most among those whose feedback `fits`: the heaviest, and of
/// equally heavy ones the strongest.
pub(super) fn heaviest<'p>(
    question: &'p Question,
    points: &'p [PointFeedback],
    fits: impl Fn(&PointFeedback) -> bool,
) -> Option<(&'p KeyPoint, &'p PointFeedback)> {
    let pairs = question.points.iter().zip(points).filter(|(_, found)| fits(found));
    pairs.max_by(|(_, a), (_, b)| {
        a.weight.cmp(&b.weight).then(a.strength.total_cmp(&b.strength)).then(b.text.cmp(&a.text))
    })
}

fn reasons(question: &Question, points: &[PointFeedback]) -> Vec<Reason> {
    let said = |covered, text: fn(&Question, &KeyPoint) -> String| {
        let (point, found) = heaviest(question, points, |found| found.covered == covered)?;
        found.sentence.clone().map(|quote| shown_by(text(question, point), quote))
    };
    let quoted = [said(Covered::Fully, made), said(Covered::Partly, nearly_made)];
    quoted.into_iter().flatten().chain([stated(summary(points))]).collect()
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
    let heaviest = |covered| heaviest(question, points, |found| found.covered == covered);
    if let Some((point, _)) = heaviest(Covered::Missing) {
        return advice(question, point);
    }
    if let Some((point, _)) = heaviest(Covered::Partly) {
        return fuller_advice(question, point);
    }
    match heaviest(Covered::Fully).and_then(|(_, found)| found.sentence.as_ref()) {
        Some(quote) => {
            let start = clip(&quote.text, 8);
            format!("Nothing is missing; to make it easier to follow, bring {start} forward to the start.")
        }
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
