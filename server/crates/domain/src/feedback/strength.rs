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
use crate::question::Question;

/// The best thing that can be said: a key point that was made, else one nearly made, else a step
/// of one's own, a figure, a reason or result, a plain sentence; and where there is nothing of the
/// kind, that a start was made.
pub(super) fn strength(question: &Question, answer: &Answer<'_>, points: &[PointFeedback]) -> Reason {
    let said = |covered, text: fn(&Question, &crate::question::KeyPoint) -> String| {
        let (point, found) = heaviest(question, points, covered)?;
        found.sentence.clone().map(|quote| shown_by(text(question, point), quote))
    };
    said(Covered::Fully, made)
        .or_else(|| said(Covered::Partly, nearly_made))
        .or_else(|| figure(question, answer).map(|quote| shown_by("You give a figure that can be checked.", quote)))
        .or_else(|| step(answer))
        .or_else(|| evidence(question, answer).map(|(praise, line)| shown(praise, line)))
        .or_else(|| plain(answer))
        .unwrap_or_else(|| start(answer))
}

fn step(answer: &Answer<'_>) -> Option<Reason> {
    let done = answer.lines.iter().find(|line| is_plain(line) && !done_by_me(line).is_empty());
    let done = done.map(|line| shown("You say what you did yourself.", line));
    done.or_else(|| {
        let planned = answer.lines.iter().find(|line| is_plain(line) && !planned_by_me(line).is_empty());
        planned.map(|line| shown("You commit to a step of your own.", line))
    })
}

fn plain(answer: &Answer<'_>) -> Option<Reason> {
    let short = |line: &&Line<'_>| (5..=20).contains(&line.words.len()) && !line.is_list();
    answer.lines.iter().find(short).map(|line| shown("This sentence is short and easy to follow.", line))
}

fn start(answer: &Answer<'_>) -> Reason {
    match answer.lines.first() {
        Some(line) => shown("You made a start, and there are words here to build on.", line),
        None => stated("You made a start."),
    }
}
