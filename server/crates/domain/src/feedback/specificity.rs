//! Specificity: numbers, names and first-person actions, and few vague words.
//!
//! Figures and names that the question already held count for nothing. In technical answers the
//! terms of the rubric's field count as names, and planned steps ("I would query") as actions.

use std::{collections::HashSet, sync::LazyLock};

use super::{
    Dimension, Quote, Reason, Score,
    actions::{done_by_me, done_by_us, planned_by_me},
    answer::{Answer, Line},
    lexicon::{Lexicon, Span},
    scoring::{along, score, share, shown, stated},
    wording::{capital, clip, count, named, number, quoted},
};
use crate::{
    question::{Question, QuestionKind},
    text::{content_stems, entries, stem, words},
};

static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let list = entries(include_str!("../../data/common-words.txt"));
    list.flat_map(|line| line.split(',')).map(|word| stem(word.trim())).collect()
});

static WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/specificity.txt")));

/// What was found, each with the sentence it stands in.
struct Findings<'l, 'a> {
    numbers: Vec<(&'l Line<'a>, Span)>,
    /// Words with a capital letter inside a sentence, and abbreviations.
    names: Vec<(&'l Line<'a>, Span)>,
    /// Words of the rubric's field, in technical answers.
    terms: Vec<(&'l Line<'a>, Span)>,
    actions: Vec<(&'l Line<'a>, Span)>,
    /// What "we" did.
    shared: usize,
    examples: usize,
    vague: Vec<(&'l Line<'a>, Span)>,
}

/// Points out of 100, and how many findings earn all of them in an answer of 120 words.
struct Scale {
    numbers: (f32, f32),
    names: (f32, f32),
    actions: (f32, f32),
    examples: (f32, f32),
    plain: f32,
}

/// A story lives on what one did oneself.
const STORY: Scale =
    Scale { numbers: (25.0, 2.5), names: (15.0, 2.0), actions: (42.0, 4.0), examples: (3.0, 1.0), plain: 15.0 };
/// Knowledge lives on the things it names.
const CRAFT: Scale =
    Scale { numbers: (15.0, 2.0), names: (34.0, 7.0), actions: (28.0, 3.0), examples: (8.0, 1.0), plain: 15.0 };

/// Grades specificity.
pub(super) fn specificity(question: &Question, answer: &Answer<'_>) -> Score {
    let scale = match question.kind {
        QuestionKind::Behavioural => STORY,
        QuestionKind::Technical => CRAFT,
    };
    let found = findings(question, answer);
    // Long answers need more of everything, short ones somewhat less.
    let length = (answer.words as f32 / 120.0).clamp(0.5, 2.5);
    let part = |n: usize, (points, enough): (f32, f32)| points * share(n, enough * length);
    let vague = 100.0 * found.vague.len() as f32 / (answer.words as f32).max(40.0);
    let earned = part(found.numbers.len(), scale.numbers)
        + part(found.names.len() + found.terms.len(), scale.names)
        + part(found.actions.len() + found.shared / 2, scale.actions)
        + part(found.examples, scale.examples)
        + scale.plain;
    let value = earned - along(vague, &[(0.8, 0.0), (3.0, 15.0), (8.0, 35.0)]);
    score(Dimension::Specificity, value, reasons(&found), raise(question, answer, &found))
}

/// A sentence with a figure of the candidate's own, written in digits if there is one.
pub(super) fn figure(question: &Question, answer: &Answer<'_>) -> Option<Quote> {
    let numbers = findings(question, answer).numbers;
    let in_digits = numbers.iter().find(|(line, span)| line.lower[span.first].contains(|c: char| c.is_ascii_digit()));
    in_digits.or(numbers.first()).map(|(line, _)| line.quote())
}

fn findings<'l, 'a>(question: &Question, answer: &'l Answer<'a>) -> Findings<'l, 'a> {
    let asked: HashSet<String> = words(&question.text).iter().map(|word| word.text.to_lowercase()).collect();
    let craft = question.kind == QuestionKind::Technical;
    let terms = if craft { terms(question) } else { HashSet::new() };
    let mut known: HashSet<String> = HashSet::new();
    let mut found = Findings {
        numbers: Vec::new(),
        names: Vec::new(),
        terms: Vec::new(),
        actions: Vec::new(),
        shared: 0,
        examples: 0,
        vague: Vec::new(),
    };
    for line in answer.telling() {
        for index in 0..line.words.len() {
            let word = &line.lower[index];
            let one = (line, Span { first: index, end: index + 1 });
            if asked.contains(word) {
            } else if is_number(word) {
                found.numbers.extend(known.insert(word.clone()).then_some(one));
            } else if is_name(line, index) {
                found.names.extend(known.insert(word.clone()).then_some(one));
            } else if terms.contains(&stem(word)) {
                found.terms.extend(known.insert(stem(word)).then_some(one));
            }
        }
        found.actions.extend(done_by_me(line).into_iter().map(|span| (line, span)));
        if craft {
            found.actions.extend(planned_by_me(line).into_iter().map(|span| (line, span)));
        }
        found.shared += done_by_us(line).len();
        found.examples += line.find(WORDS.group("example")).len();
        found.vague.extend(line.find(WORDS.group("vague")).into_iter().map(|span| (line, span)));
    }
    found
}

/// The stems of the field: words of the rubric that are neither everyday words nor the question's.
fn terms(question: &Question) -> HashSet<String> {
    let asked: HashSet<String> = content_stems(&question.text).into_iter().collect();
    let points = question.points.iter().flat_map(|point| std::iter::once(&point.text).chain(&point.also));
    let stems = points.chain([&question.strong]).flat_map(|text| content_stems(text));
    stems.filter(|stem| stem.len() >= 3 && !asked.contains(stem) && !COMMON.contains(stem)).collect()
}

fn is_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) || WORDS.has("number", word)
}

/// A capital letter where grammar asks for none, or several of them as in "SQL".
fn is_name(line: &Line<'_>, index: usize) -> bool {
    let word = line.words[index].text;
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let opens = index == 0 || line.gap(index).contains(['.', ':', '"', '“', '!', '?', '\n']);
    let is_i = matches!(line.lower[index].as_str(), "i" | "i'm" | "i'd" | "i'll" | "i've" | "ok");
    !is_i && (capitals >= 2 || capitals == 1 && !opens && word.starts_with(char::is_uppercase) && word.len() > 1)
}

fn reasons(found: &Findings<'_, '_>) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let steps_in = |line: &Line<'_>| found.actions.iter().filter(|(other, _)| other.place == line.place).count();
    if let Some((line, _)) = found.actions.iter().rev().max_by_key(|(line, _)| steps_in(line)) {
        let steps = capital(&count(found.actions.len(), "step", "steps"));
        reasons.push(shown(format!("{steps} of your own can be pictured."), line));
    }
    if let Some((line, _)) = found.numbers.first() {
        let text = match found.numbers.len() {
            1 => "You give a figure that can be checked.".to_owned(),
            n => format!("You give {} that can be checked.", count(n, "figure", "figures")),
        };
        reasons.push(shown(text, line));
    }
    let names: Vec<&str> = found.names.iter().chain(&found.terms).map(|(line, span)| line.said(*span)).collect();
    if let Some((line, _)) = found.names.iter().chain(&found.terms).next().filter(|_| names.len() >= 2) {
        reasons.push(shown(format!("You call things by their names: {}.", named(&names, 4)), line));
    }
    if let Some((line, _)) = found.vague.first() {
        let vague: Vec<&str> = found.vague.iter().map(|(line, span)| line.said(*span)).collect();
        reasons.push(shown(format!("{} could mean many things.", quoted(&vague, 3)), line));
    }
    if found.numbers.is_empty() && names.is_empty() && found.actions.is_empty() {
        reasons.push(stated("There is no figure, no name and no step of your own yet."));
    } else if reasons.is_empty() {
        reasons.push(stated("There is hardly a figure, a name or a step of your own yet."));
    }
    reasons
}

fn raise(question: &Question, answer: &Answer<'_>, found: &Findings<'_, '_>) -> String {
    let own = found.actions.len();
    if question.kind == QuestionKind::Behavioural && found.shared > own {
        return format!(
            "You say what “we” did {} and what you did yourself {}; tell at least one of these steps with “I”.",
            times(found.shared),
            times(own)
        );
    }
    if own == 0 {
        return match question.kind {
            QuestionKind::Behavioural => {
                "Say what you did yourself, for example whom you asked or what you changed first.".to_owned()
            }
            QuestionKind::Technical => {
                "Say what you would do first, with the name of the command, tool or person you would turn to."
                    .to_owned()
            }
        };
    }
    if let Some((line, span)) = found.vague.first() {
        return format!(
            "Put a number or a name in place of “{}” in {}.",
            line.said(*span),
            clip(line.sentence.text, 7)
        );
    }
    if found.numbers.is_empty() {
        let bare = answer.lines.iter().rev().find(|line| line.words.len() >= 5);
        return match bare {
            Some(line) => format!("Add a figure to {}: how many, how long or how much.", clip(line.sentence.text, 7)),
            None => "Add one figure: how many, how long or how much.".to_owned(),
        };
    }
    if found.names.is_empty() && found.terms.is_empty() {
        return "Name one thing that you only describe so far: the tool, the team or the product.".to_owned();
    }
    if found.examples == 0 && question.kind == QuestionKind::Technical {
        return "Add one example from your own work, with what you measured before and after.".to_owned();
    }
    "It is concrete already; one more figure, from before the change, would show the difference.".to_owned()
}

fn times(n: usize) -> String {
    match n {
        0 => "not once".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{} times", number(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::question;

    fn grade(kind: QuestionKind, answer: &str) -> Score {
        specificity(&Question { kind, ..question() }, &Answer::new(answer))
    }

    #[test]
    fn figures_names_and_own_steps_make_it_specific() {
        let score = grade(
            QuestionKind::Behavioural,
            "In Leeds I told Ana about the 14 wrong invoices, corrected them and wrote a check. I ran it for three weeks, and it found 2 more.",
        );
        assert!(score.value >= 85, "{score:?}");
        assert!(score.reasons[0].text.starts_with("Four steps of your own"), "{score:?}");
    }

    #[test]
    fn vague_words_are_named() {
        let score = grade(
            QuestionKind::Behavioural,
            "There were many things and various stakeholders, and the situation was good in general.",
        );
        assert!(score.value <= 20, "{score:?}");
        assert!(score.reasons[0].text.contains("“many things”"), "{score:?}");
    }

    #[test]
    fn hiding_behind_the_group_is_pointed_out() {
        let score =
            grade(QuestionKind::Behavioural, "We measured it, then we built a cache, and we shipped it to everybody.");
        assert!(
            score.raise.starts_with("You say what “we” did three times and what you did yourself not once"),
            "{score:?}"
        );
    }

    #[test]
    fn figures_of_the_question_are_not_the_candidates() {
        let question = Question { text: "It took 40 milliseconds until Monday. Why?".to_owned(), ..question() };
        assert_eq!(figure(&question, &Answer::new("It took 40 milliseconds on Monday.")), None);
        assert!(figure(&question, &Answer::new("It read 9 pages.")).is_some());
    }
}
