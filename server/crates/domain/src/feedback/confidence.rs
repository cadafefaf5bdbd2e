//! Confidence: freedom from hedges, doubts about oneself and fillers.
//!
//! Words such as "would", "could" and "usually" are no hedges in an interview; they are exact.

use std::sync::LazyLock;

use super::{
    Dimension, Reason, Score,
    actions::{done_by_me, planned_by_me},
    answer::{Answer, Line},
    lexicon::{Lexicon, Span},
    scoring::{score, shown, stated},
    wording::{capital, clip, count, quoted},
};

static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/confidence.txt")));

/// The group of expressions that only look like a hedge, such as "kind of test".
const PLAIN: &str = "plain";

/// Points that remain of 100 are `e^(-DECAY * rate)`, with the rate per 100 words: one hedge in
/// 100 words leaves 92, three leave 77, eight leave 50.
const DECAY: f32 = 0.087;
/// Points for saying at least once plainly what one did or would do.
const OWNERSHIP: f32 = 10.0;

struct Findings<'l, 'a> {
    hedges: Vec<(&'l Line<'a>, Span)>,
    doubts: Vec<(&'l Line<'a>, Span)>,
    fillers: Vec<(&'l Line<'a>, Span)>,
}

/// Grades confidence.
pub(super) fn confidence(answer: &Answer<'_>) -> Score {
    let found = findings(answer);
    // A doubt about oneself weighs more than a hedge, a filler less.
    let weight = found.hedges.len() as f32 + 1.5 * found.doubts.len() as f32 + 0.8 * found.fillers.len() as f32;
    let rate = 100.0 * weight / (answer.words as f32).max(40.0);
    let owned = answer.telling().any(is_plain);
    let ownership = if owned { OWNERSHIP } else { 0.0 };
    let value = (100.0 - OWNERSHIP) * (-DECAY * rate).exp() + ownership * (1.0 - rate / 20.0).max(0.0);
    score(Dimension::Confidence, value, reasons(answer, &found), raise(answer, &found, owned))
}

/// A sentence in which the candidate says without hedging what they did or would do.
pub(super) fn is_plain(line: &Line<'_>) -> bool {
    let acts = !done_by_me(line).is_empty() || !planned_by_me(line).is_empty();
    acts && WORDS.tagged(&line.lower).iter().all(|(_, group)| *group == PLAIN)
}

fn findings<'l, 'a>(answer: &'l Answer<'a>) -> Findings<'l, 'a> {
    let mut found = Findings { hedges: Vec::new(), doubts: Vec::new(), fillers: Vec::new() };
    for line in &answer.lines {
        for (span, group) in WORDS.tagged(&line.lower) {
            match group {
                "hedge" => found.hedges.push((line, span)),
                "doubt" => found.doubts.push((line, span)),
                "filler" => found.fillers.push((line, span)),
                _ => {}
            }
        }
    }
    found
}

fn reasons(answer: &Answer<'_>, found: &Findings<'_, '_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut add = |all: &[(&Line<'_>, Span)], one: &str, many: &str, effect: (&str, &str)| {
        if let Some(line) = thickest(all) {
            let said: Vec<&str> = all.iter().map(|(line, span)| line.said(*span)).collect();
            let effect = if said.len() == 1 { effect.0 } else { effect.1 };
            let text = format!("{} {effect}: {}.", capital(&count(said.len(), one, many)), quoted(&said, 4));
            reasons.push(shown(text, line));
        }
    };
    add(&found.doubts, "remark", "remarks", ("makes you smaller than you are", "make you smaller than you are"));
    add(&found.hedges, "hedge", "hedges", ("weakens what you say", "weaken what you say"));
    add(&found.fillers, "filler", "fillers", ("takes room", "take room"));
    let plain = answer.telling().filter(|line| is_plain(line)).max_by_key(|line| done_by_me(line).len());
    match plain {
        Some(line) if reasons.is_empty() => {
            reasons.push(shown("You speak plainly, without a hedge or a filler.", line))
        }
        Some(line) => reasons.push(shown("This sentence stands firm.", line)),
        None if reasons.is_empty() => {
            reasons.push(stated("There is no hedge or filler, but no sentence in which you say “I” and act either."))
        }
        None => {}
    }
    reasons
}

/// The sentence with most of the findings.
fn thickest<'l, 'a>(all: &[(&'l Line<'a>, Span)]) -> Option<&'l Line<'a>> {
    let number = |line: &Line<'_>| all.iter().filter(|(other, _)| other.sentence.start == line.sentence.start).count();
    // Of equals the first is meant; `max_by_key` would take the last.
    all.iter().map(|(line, _)| *line).rev().max_by_key(|line| number(line))
}

fn raise(answer: &Answer<'_>, found: &Findings<'_, '_>, owned: bool) -> String {
    let weakening: Vec<(&Line<'_>, Span)> = found.doubts.iter().chain(&found.hedges).copied().collect();
    let line = thickest(&weakening).or_else(|| thickest(&found.fillers));
    if let Some(line) = line {
        let all =
            weakening.iter().chain(&found.fillers).filter(|(other, _)| other.sentence.start == line.sentence.start);
        let said: Vec<&str> = all.map(|(line, span)| line.said(*span)).collect();
        let length: usize = said.iter().map(|words| words.len()).sum();
        if length + 2 >= line.sentence.text.len() {
            return format!("Leave out {}; it says nothing yet.", clip(line.sentence.text, 8));
        }
        let ending = if found.doubts.is_empty() { "" } else { "; where you are unsure, say what you would check" };
        return format!("Say {} again without {}{ending}.", clip(line.sentence.text, 8), quoted(&said, 3));
    }
    if !owned {
        return "Say once plainly what you did or would do, starting with “I” and a verb.".to_owned();
    }
    let longest = answer.lines.iter().max_by_key(|line| line.words.len());
    longest.map_or_else(
        || "Say it as plainly as you can.".to_owned(),
        |line| {
            format!(
                "Your words are firm; aloud, pause after the sentence that begins {}, so that it can sink in.",
                clip(line.sentence.text, 6)
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(answer: &str) -> Score {
        confidence(&Answer::new(answer))
    }

    #[test]
    fn hedges_are_counted_and_named() {
        let score =
            grade("I think I would maybe look at the plan. I guess it could be anything, maybe. Then I kind of stop.");
        let first = score.reasons.iter().find(|r| r.text.contains("hedges")).unwrap();
        assert_eq!(
            first.text,
            "Six hedges weaken what you say: “maybe” (twice), “I think”, “I guess” and “could be anything”."
        );
        assert!(score.value < 50, "{score:?}");
        assert!(score.raise.contains("without"), "{score:?}");
    }

    #[test]
    fn plain_speech_is_confident() {
        let score = grade("I measured each step and cut the slowest one. I would do the same again.");
        assert_eq!(score.value, 100);
        assert_eq!(score.reasons[0].text, "You speak plainly, without a hedge or a filler.");
    }

    #[test]
    fn a_kind_of_test_is_no_hedge() {
        assert_eq!(grade("I compared what each kind of test would find and I cut one.").value, 100);
        assert!(grade("I kind of compared what the tests would find and I cut one.").value < 100);
    }
}
