//! The first line of feedback: something true that the answer did well, in its own words.

use super::{
    Covered, PointFeedback, Reason,
    actions::{done_by_me, planned_by_me},
    answer::{Answer, Line},
    confidence::is_plain,
    coverage::heaviest,
    scoring::{shown, shown_by, stated},
    specificity::figure,
    structure::evidence,
    wording::{made, nearly_made},
};
use crate::question::{KeyPoint, Question};

/// A match of this strength makes it safe to say first that a point was made.
const SURE: f32 = 0.55;

/// The best thing that can be said: a key point that was surely made; else a figure or a step of
/// one's own, a reason or a result; else a point made or nearly made, or a plain sentence; and
/// where there is nothing of the kind, that the question was taken up.
pub(super) fn strength(question: &Question, answer: &Answer<'_>, points: &[PointFeedback]) -> Reason {
    let said = |covered, sure, text: fn(&Question, &KeyPoint) -> String| {
        let (point, found) = heaviest(question, points, |found| found.covered == covered && found.strength >= sure)?;
        found.sentence.clone().map(|quote| shown_by(text(question, point), quote))
    };
    said(Covered::Fully, SURE, made)
        .or_else(|| figure(question, answer).map(|quote| shown_by("You give a figure that can be checked.", quote)))
        .or_else(|| step(answer))
        .or_else(|| evidence(question, answer).map(|(praise, line)| shown(praise, line)))
        .or_else(|| said(Covered::Fully, 0.0, made))
        .or_else(|| said(Covered::Partly, 0.0, nearly_made))
        .or_else(|| plain(answer))
        .unwrap_or_else(|| start(answer))
}

fn step(answer: &Answer<'_>) -> Option<Reason> {
    let done = answer.telling().find(|line| is_plain(line) && !done_by_me(line).is_empty());
    let done = done.map(|line| shown("You say what you did yourself.", line));
    done.or_else(|| {
        let planned = answer.telling().find(|line| is_plain(line) && !planned_by_me(line).is_empty());
        planned.map(|line| shown("You commit to a step of your own.", line))
    })
}

fn plain(answer: &Answer<'_>) -> Option<Reason> {
    let short = |line: &&Line<'_>| (5..=20).contains(&line.words.len());
    answer.telling().find(short).map(|line| shown("This sentence is short and easy to follow.", line))
}

fn start(answer: &Answer<'_>) -> Reason {
    match answer.lines.first() {
        Some(line) => shown("You took up the question, and these words are something to build on.", line),
        None => stated("You made a start."),
    }
}
