//! Positivity: the tone towards people and towards the work.
//!
//! Naming a failure, an error or a mistake is neutral. What counts is contempt, complaint and
//! blame on the one side, and appreciation, learning and improvement on the other. A matter-of-fact
//! tone is a good one.

use std::sync::LazyLock;

use super::{
    Dimension, Reason, Score,
    answer::{Answer, Line},
    lexicon::{Lexicon, Span},
    scoring::{along, score, shown, stated},
    wording::quoted,
};
use crate::question::{Question, QuestionKind};

static TONE: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/tone.txt")));

/// The score of an answer without any word of tone.
const NEUTRAL: f32 = 78.0;
/// How many words back a negation turns a word of tone.
const REACH: usize = 3;

struct Findings<'l, 'a> {
    warm: Vec<(&'l Line<'a>, Span)>,
    /// With whether a constructive turn follows.
    harsh: Vec<(&'l Line<'a>, Span, bool)>,
    /// Whether any of the harsh words lays blame.
    blame: bool,
}

/// Grades positivity.
pub(super) fn positivity(question: &Question, answer: &Answer<'_>) -> Score {
    let found = findings(answer);
    let length = (answer.words as f32 / 100.0).max(0.6);
    let harm: f32 = found.harsh.iter().map(|(_, _, turned)| if *turned { 0.5 } else { 1.0 }).sum();
    let gain = along(found.warm.len() as f32 / length, &[(0.0, 0.0), (3.0, 17.0), (5.0, 22.0)]);
    let loss = along(harm / length, &[(0.0, 0.0), (1.0, 18.0), (3.0, 45.0), (6.0, 68.0)]);
    score(Dimension::Positivity, NEUTRAL + gain - loss, reasons(question, &found), raise(question, &found))
}

fn findings<'l, 'a>(answer: &'l Answer<'a>) -> Findings<'l, 'a> {
    let mut found = Findings { warm: Vec::new(), harsh: Vec::new(), blame: false };
    for (index, line) in answer.lines.iter().enumerate() {
        let warm = line.find(TONE.group("warm")).into_iter();
        found.warm.extend(warm.filter(|span| !is_turned(line, span)).map(|span| (line, span)));
        for group in ["harsh", "blame"] {
            for span in line.find(TONE.group(group)) {
                // Blame has its own negation ("nobody listened"); a negated harsh word is none.
                if group == "harsh" && (is_turned(line, &span) || is_empathy(line, &span)) {
                    continue;
                }
                let followed = answer.lines[index..].iter().take(2).any(|near| turns(near, line, &span));
                found.harsh.push((line, span, followed));
                found.blame |= group == "blame";
            }
        }
    }
    found
}

/// Whether a negation stands shortly before.
fn is_turned(line: &Line<'_>, span: &Span) -> bool {
    let from = span.first.saturating_sub(REACH);
    line.lower[from..span.first].iter().any(|word| TONE.has("negation", word))
}

/// Whether it is said with understanding, as in "I understand that it is annoying".
fn is_empathy(line: &Line<'_>, span: &Span) -> bool {
    line.lower[..span.first].iter().any(|word| TONE.has("empathy", word))
}

/// Whether `near` has a turn to something constructive after the harsh words in `line`.
fn turns(near: &Line<'_>, line: &Line<'_>, span: &Span) -> bool {
    let same = near.sentence.start == line.sentence.start;
    near.find(TONE.group("turn")).iter().any(|turn| !same || turn.first >= span.end)
}

fn reasons(question: &Question, found: &Findings<'_, '_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let warm: Vec<&str> = found.warm.iter().map(|(line, span)| line.said(*span)).collect();
    let harsh: Vec<&str> = found.harsh.iter().map(|(line, span, _)| line.said(*span)).collect();
    if let Some((line, _, _)) = found.harsh.first() {
        let heard = if found.blame { "can be heard as blame" } else { "can be heard as a complaint" };
        reasons.push(shown(format!("{} {heard}.", quoted(&harsh, 4)), line));
    }
    if let Some((line, _)) = found.warm.first() {
        reasons.push(shown(
            format!("{} {} constructive.", quoted(&warm, 4), if distinct(&warm) == 1 { "sounds" } else { "sound" }),
            line,
        ));
    }
    if reasons.is_empty() {
        reasons.push(stated(match question.kind {
            QuestionKind::Technical => "Your tone is matter-of-fact, which suits the question.",
            QuestionKind::Behavioural => "Your tone is matter-of-fact: no complaint, no blame, and little warmth.",
        }));
    }
    reasons
}

fn distinct(said: &[&str]) -> usize {
    let all: std::collections::HashSet<String> = said.iter().map(|word| word.to_lowercase()).collect();
    all.len()
}

fn raise(question: &Question, found: &Findings<'_, '_>) -> String {
    let bare = found.harsh.iter().find(|(_, _, turned)| !turned).or(found.harsh.first());
    if let Some((line, span, turned)) = bare {
        let said = line.said(*span);
        return if *turned {
            format!("You turn to what you did after “{said}”; leave that judgement out and the turn becomes stronger.")
        } else {
            format!("Say what you did about it right after “{said}”, or leave that judgement out.")
        };
    }
    let behavioural = question.kind == QuestionKind::Behavioural;
    match (found.warm.len(), behavioural) {
        (0, true) => "Add what you or others took from it, for example what went better afterwards.".to_owned(),
        (0, false) => {
            "Add whom it helps: say in half a sentence what becomes better for users or colleagues.".to_owned()
        }
        (1 | 2, true) => "Give credit once: name somebody who helped and what they contributed.".to_owned(),
        (1 | 2, false) => "Say once more whom your proposal helps, and how.".to_owned(),
        _ => "The tone is friendly throughout; keep it when the follow-up questions get harder.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::question;

    fn grade(answer: &str) -> Score {
        positivity(&question(), &Answer::new(answer))
    }

    #[test]
    fn naming_a_failure_is_neutral() {
        let score = grade("The job failed with an error, and the fraud went on because of my mistake.");
        assert_eq!(f32::from(score.value), NEUTRAL);
    }

    #[test]
    fn blame_lowers_and_is_quoted() {
        let score = grade("The awful designers were late, management never asked us, and nobody listened.");
        assert!(score.value < 40, "{score:?}");
        assert!(
            score.reasons[0].text.contains("“awful”") && score.reasons[0].text.ends_with("heard as blame."),
            "{score:?}"
        );
        assert!(score.raise.contains("right after"), "{score:?}");
    }

    #[test]
    fn a_turn_softens_it() {
        let bare = grade("The release was terrible.").value;
        assert!(grade("The release was terrible, so I wrote a checklist.").value > bare);
    }

    #[test]
    fn understanding_is_no_complaint() {
        assert_eq!(f32::from(grade("I would say that I understand how annoying this is.").value), NEUTRAL);
    }

    #[test]
    fn negation_turns_a_word() {
        assert_eq!(f32::from(grade("It was not terrible, and she was not happy.").value), NEUTRAL);
        assert!(f32::from(grade("She was happy.").value) > NEUTRAL);
    }
}
