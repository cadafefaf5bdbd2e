//! Structure: situation, task, action and result for a story; claim, reasoning and trade-off for
//! knowledge of the craft.
//!
//! Each part is sought in every sentence by cue words, by verbs (who did what, and in the past or
//! not), by figures, and by where in the answer the sentence stands. The sentence that shows a
//! part best is its evidence. Each part is worth a share of 100 and earns 0 to 1 of it; an answer
//! of a sentence or two, which can hardly have parts, earns less.

use std::sync::LazyLock;

use super::{
    Dimension, Reason, Score,
    actions::{done_by_me, done_by_us, is_past, planned_by_me},
    answer::{Answer, Line},
    lexicon::Lexicon,
    scoring::{along, score, shown, stated},
};
use crate::question::{Question, QuestionKind};

static CUES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/structure.txt")));

/// How much of the score an answer of so many words can earn.
const LENGTH: [(f32, f32); 4] = [(8.0, 0.45), (25.0, 0.7), (50.0, 0.9), (70.0, 1.0)];
/// A part counts as present from this measure on.
const PRESENT: f32 = 0.5;

/// From this measure on a part is clear.
const CLEAR: f32 = 0.75;

/// One part of a well-built answer.
struct Part {
    /// Its share of the 100.
    worth: f32,
    /// 0 to 1: how clearly a sentence shows it.
    measure: fn(&Line<'_>) -> f32,
    /// Said with the sentence that shows it.
    there: &'static str,
    /// Said with the sentence that comes closest to it.
    nearly: &'static str,
    /// Said when no sentence does.
    missing: &'static str,
    /// How to add it.
    add: &'static str,
}

/// A part with the sentence that shows it best.
struct Found<'p, 'l, 'a> {
    part: &'p Part,
    line: Option<&'l Line<'a>>,
    /// 0 to 1.
    measure: f32,
}

/// The own action weighs most in a story: it is what an interviewer hires for.
const STORY: [Part; 4] = [
    Part {
        worth: 22.0,
        measure: situation,
        there: "Here you set the scene.",
        nearly: "This hints at when and where it was.",
        missing: "The situation is missing: where and when this was.",
        add: "Open with one sentence that says when and where this was, and who was affected.",
    },
    Part {
        worth: 20.0,
        measure: task,
        there: "Here it becomes clear what was at stake for you.",
        nearly: "This hints at what was at stake.",
        missing: "The task is missing: what was yours to solve.",
        add: "Say in one sentence what you had to achieve or decide, starting with “I had to” or “I was asked to”.",
    },
    Part {
        worth: 33.0,
        measure: action,
        there: "Here you say what you did yourself.",
        nearly: "Here something is done, though your own part in it has to be guessed.",
        missing: "Your own action is missing: what you did, step by step.",
        add: "Tell two or three steps that you took yourself, each with “I” and a verb, such as “I asked” or “I measured”.",
    },
    Part {
        worth: 25.0,
        measure: result,
        there: "Here you say what came of it.",
        nearly: "This points towards a result.",
        missing: "The result is missing: what was different afterwards.",
        add: "End on what came of it: a figure, somebody’s reaction, or what is done differently today.",
    },
];

const CRAFT: [Part; 3] = [
    Part {
        worth: 35.0,
        measure: claim,
        there: "Here you say what you would do.",
        nearly: "This comes closest to saying what you would do.",
        missing: "A clear claim is missing: what you would do or what holds.",
        add: "Begin with your answer in one sentence, such as “I would …”, before you explain it.",
    },
    Part {
        worth: 35.0,
        measure: reasoning,
        there: "Here you give the reason.",
        nearly: "This comes closest to a reason.",
        missing: "The reasoning is missing: why this works.",
        add: "Add “because” to your main point, and say what would happen otherwise.",
    },
    Part {
        worth: 30.0,
        measure: trade_off,
        there: "Here you weigh it against its price.",
        nearly: "This sets one thing against another, which comes close to a trade-off.",
        missing: "The trade-off is missing: what your proposal costs, or when you would choose otherwise.",
        add: "Name one price of your proposal, such as time, money or complexity, and say why it is worth paying.",
    },
];

/// Grades structure.
pub(super) fn structure(question: &Question, answer: &Answer<'_>) -> Score {
    let parts: &[Part] = match question.kind {
        QuestionKind::Behavioural => &STORY,
        QuestionKind::Technical => &CRAFT,
    };
    let found: Vec<Found<'_, '_, '_>> = parts.iter().map(|part| best(part, answer)).collect();
    let earned: f32 = found.iter().map(|found| found.part.worth * found.measure).sum();
    let value = earned * along(answer.words as f32, &LENGTH);
    score(Dimension::Structure, value, reasons(&found), raise(&found, answer))
}

/// The sentence that clearly shows the result of a story or the reasoning of an explanation.
pub(super) fn evidence<'l, 'a>(question: &Question, answer: &'l Answer<'a>) -> Option<(&'static str, &'l Line<'a>)> {
    let (part, praise) = match question.kind {
        QuestionKind::Behavioural => (&STORY[3], "You say what came of it."),
        QuestionKind::Technical => (&CRAFT[1], "You give a reason for what you say."),
    };
    let found = best(part, answer);
    found.line.filter(|_| found.measure >= CLEAR).map(|line| (praise, line))
}

fn best<'p, 'l, 'a>(part: &'p Part, answer: &'l Answer<'a>) -> Found<'p, 'l, 'a> {
    let measured = answer.telling().map(|line| ((part.measure)(line), line));
    let none = (0.0, None);
    let (measure, line) = measured.fold(none, |best, (m, line)| if m > best.0 { (m, Some(line)) } else { best });
    Found { part, line: line.filter(|_| measure >= PRESENT), measure }
}

fn has(line: &Line<'_>, group: &str) -> bool {
    !line.find(CUES.group(group)).is_empty()
}

fn has_figure(line: &Line<'_>) -> bool {
    line.lower.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()))
}

/// A time or a place, best at the beginning.
fn situation(line: &Line<'_>) -> f32 {
    let year = |word: &String| word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
    let cue = has(line, "situation") || line.lower.iter().any(year);
    let past = line.lower.iter().any(|word| matches!(word.as_str(), "was" | "were" | "had"));
    let clear: f32 = if cue {
        1.0
    } else if past {
        0.6
    } else {
        0.0
    };
    clear * along(line.place, &[(0.4, 1.0), (0.8, 0.4)])
}

/// What was to be achieved, decided or mended; before the end.
fn task(line: &Line<'_>) -> f32 {
    let clear = if has(line, "task") { 1.0 } else { 0.0 };
    clear * along(line.place, &[(0.7, 1.0), (0.95, 0.5)])
}

/// Steps in the first person, in the past; those of the group count half.
fn action(line: &Line<'_>) -> f32 {
    let steps = done_by_me(line).len() as f32 + done_by_us(line).len() as f32 / 2.0;
    along(steps, &[(0.0, 0.0), (0.5, 0.45), (1.0, 0.8), (2.0, 1.0)])
}

/// What came of it; a figure makes it surer, and it stands in the second half.
fn result(line: &Line<'_>) -> f32 {
    // "Usually we find a solution" tells of no outcome.
    let cue = has(line, "result") && is_outcome(line);
    let clear: f32 = match (cue, has_figure(line)) {
        (true, true) => 1.0,
        (true, false) => 0.85,
        (false, true) => 0.4,
        (false, false) => 0.0,
    };
    clear * along(line.place, &[(0.4, 0.3), (0.6, 1.0)])
}

/// Whether a sentence speaks of something that happened or holds since.
fn is_outcome(line: &Line<'_>) -> bool {
    const SINCE: [&str; 9] = ["was", "were", "had", "has", "have", "now", "today", "since", "still"];
    line.lower.iter().any(|word| SINCE.contains(&word.as_str()) || is_past(word))
}

/// A statement of what one would do or what holds; best at the beginning.
fn claim(line: &Line<'_>) -> f32 {
    let clear: f32 = if !planned_by_me(line).is_empty() {
        1.0
    } else if has(line, "claim") {
        0.85
    } else if line.words.len() >= 5 {
        0.4
    } else {
        0.0
    };
    clear * along(line.place, &[(0.5, 1.0), (1.0, 0.8)])
}

fn reasoning(line: &Line<'_>) -> f32 {
    match line.find(CUES.group("reasoning")).len() {
        0 => 0.0,
        1 => 0.9,
        _ => 1.0,
    }
}

/// A stated price, or at least a contrast.
fn trade_off(line: &Line<'_>) -> f32 {
    match (has(line, "trade-off"), line.find(CUES.group("contrast")).len()) {
        (true, _) => 1.0,
        (false, 0) => 0.0,
        (false, 1) => 0.55,
        (false, _) => 0.7,
    }
}

fn reasons(found: &[Found<'_, '_, '_>]) -> Vec<Reason> {
    let mut there: Vec<&Found<'_, '_, '_>> = found.iter().filter(|found| found.line.is_some()).collect();
    there.sort_by(|a, b| (b.measure * b.part.worth).total_cmp(&(a.measure * a.part.worth)));
    let there = there.iter().filter_map(|found| {
        let text = if found.measure >= CLEAR { found.part.there } else { found.part.nearly };
        found.line.map(|line| shown(text, line))
    });
    let missing = found.iter().filter(|found| found.line.is_none()).map(|found| stated(found.part.missing));
    there.chain(missing).collect()
}

fn raise(found: &[Found<'_, '_, '_>], answer: &Answer<'_>) -> String {
    let lost = |found: &Found<'_, '_, '_>| found.part.worth * (1.0 - found.measure);
    let weakest = found.iter().max_by(|a, b| lost(a).total_cmp(&lost(b)));
    match weakest {
        Some(weakest) if weakest.measure < CLEAR => weakest.part.add.to_owned(),
        _ if answer.words < 50 => "The parts are there; give each of them a full sentence of its own.".to_owned(),
        _ => "All parts are there; a short last sentence that sums up your main point would round it off.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::question;

    fn grade(kind: QuestionKind, answer: &str) -> Score {
        structure(&Question { kind, ..question() }, &Answer::new(answer))
    }

    const STORY_IN_PARTS: &str = "Last year our nightly backup ran into the morning. I was asked to bring it under four hours. \
        I measured each step, excluded the images and ran two streams. I also moved the dump to a replica, which took me two days in all. \
        As a result the backup finished in three hours, and nobody has complained since.";

    #[test]
    fn a_story_has_four_parts() {
        let score = grade(QuestionKind::Behavioural, STORY_IN_PARTS);
        assert!(score.value >= 85, "{score:?}");
        let action = &score.reasons[0];
        assert_eq!(action.text, "Here you say what you did yourself.");
        assert!(action.quote.as_ref().unwrap().text.starts_with("I measured"));
    }

    #[test]
    fn a_missing_result_is_named_and_asked_for() {
        let (without, _) = STORY_IN_PARTS.split_once("As a result").unwrap();
        let score = grade(QuestionKind::Behavioural, without);
        assert!(
            score.reasons.iter().any(|r| r.text.starts_with("The result is missing") && r.quote.is_none()),
            "{score:?}"
        );
        assert!(score.raise.starts_with("End on what came of it"), "{score:?}");
        assert!(score.value <= 80, "{score:?}");
    }

    #[test]
    fn knowledge_has_claim_reasoning_and_trade_off() {
        let full = "I would put the key under a unique index, because two attempts may arrive in the same millisecond and only one insert can win. \
            The client then gets the stored answer, whichever attempt reaches us first. \
            The trade-off is one more write for each booking, which I would accept, since a double charge costs us far more trust than a write does.";
        let score = grade(QuestionKind::Technical, full);
        assert!(score.value >= 90, "{score:?}");
        let bare = grade(
            QuestionKind::Technical,
            "It uses an index. The key is unique. The table is small. It works with all clients.",
        );
        assert!(bare.value <= 40, "{bare:?}");
        assert!(bare.raise.contains("because"), "{bare:?}");
    }
}
