//! Who did what: the steps that a sentence tells or plans, by subject and verb.

use std::sync::LazyLock;

use super::{
    answer::Line,
    lexicon::{Lexicon, Span},
};

static VERBS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/verbs.txt")));

/// What the candidate did: "I told", "I quickly built", and further verbs of the same subject,
/// as in "I wrote a check and ran it".
pub(super) fn done_by_me(line: &Line<'_>) -> Vec<Span> {
    done_by(line, &["i"])
}

/// What a group with the candidate in it did: "we shipped".
pub(super) fn done_by_us(line: &Line<'_>) -> Vec<Span> {
    done_by(line, &["we"])
}

/// What the candidate would do or does as a rule: "I would split", "I'd ask", "I run".
pub(super) fn planned_by_me(line: &Line<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    for first in 0..line.lower.len() {
        let mut announced = matches!(line.lower[first].as_str(), "i'd" | "i'll");
        if !announced && line.lower[first] != "i" {
            continue;
        }
        let mut verb = after_adverbs(line, first + 1);
        if !announced && line.lower.get(verb).is_some_and(|word| VERBS.has("will", word)) {
            verb = after_adverbs(line, verb + 1);
            announced = true;
        }
        // Without "would", a form such as "put" or "built" tells of the past.
        let is_verb = |word: &String| {
            !VERBS.has("state", word) && (announced || !is_past(word)) && word.chars().all(char::is_alphabetic)
        };
        if line.lower.get(verb).is_some_and(is_verb) {
            found.push(Span { first, end: verb + 1 });
        }
    }
    found
}

/// Steps in the past whose nearest subject is one of `subjects`.
fn done_by(line: &Line<'_>, subjects: &[&str]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut ours = false;
    for (index, word) in line.lower.iter().enumerate() {
        if subjects.contains(&word.as_str()) {
            ours = true;
            let verb = after_adverbs(line, index + 1);
            if line.lower.get(verb).is_some_and(|word| is_action(word)) {
                found.push(Span { first: index, end: verb + 1 });
            }
        } else if is_other_subject(line, index) {
            ours = false;
        } else if ours && is_action(word) && joins(line, index) && found.last().is_none_or(|last| last.end <= index) {
            found.push(Span { first: index, end: index + 1 });
        }
    }
    found
}

/// Whether the word at `index` is a pronoun with a verb of its own, and so takes over as subject.
fn is_other_subject(line: &Line<'_>, index: usize) -> bool {
    const PRONOUNS: [&str; 10] = ["i", "we", "he", "she", "they", "it", "you", "who", "which", "nobody"];
    let verb = after_adverbs(line, index + 1);
    let acts = |word: &String| is_past(word) || VERBS.has("state", word);
    PRONOUNS.contains(&line.lower[index].as_str())
        && line.lower.get(verb).is_some_and(acts)
        && !line.gap(verb).contains(',')
}

/// Whether the verb at `index` follows "and", "then" or a comma, and so shares its subject.
fn joins(line: &Line<'_>, index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| line.lower[before].as_str());
    matches!(before, Some("and" | "then" | "also" | "or")) || line.gap(index).contains(',')
}

/// The index of the first word from `index` on that is no adverb, two adverbs at most.
fn after_adverbs(line: &Line<'_>, mut index: usize) -> usize {
    for _ in 0..2 {
        let is_adverb = |word: &String| VERBS.has("between", word) || word.ends_with("ly");
        if line.lower.get(index).is_some_and(is_adverb) {
            index += 1;
        }
    }
    index
}

fn is_action(word: &str) -> bool {
    is_past(word) && !VERBS.has("state", word)
}

/// Whether a word has the form of a verb in the past.
pub(super) fn is_past(word: &str) -> bool {
    VERBS.has("past", word) || word.len() > 3 && word.ends_with("ed") && !word.ends_with("eed")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::answer::Answer;

    fn said(text: &str, rule: fn(&Line<'_>) -> Vec<Span>) -> Vec<&str> {
        let answer = Answer::new(text);
        rule(&answer.lines[0]).into_iter().map(|span| answer.lines[0].said(span)).collect()
    }

    #[test]
    fn own_steps_are_found() {
        assert_eq!(
            said("I first measured it, told Ana and then cut the job.", done_by_me),
            ["I first measured", "told", "cut"]
        );
        assert_eq!(said("I asked her and she stopped and waited.", done_by_me), ["I asked"]);
        assert!(said("I was tired and had wanted a rest.", done_by_me).is_empty());
        assert!(said("I need speed.", done_by_me).is_empty());
    }

    #[test]
    fn steps_of_the_group_are_kept_apart() {
        assert_eq!(said("We built it and I tested it.", done_by_us), ["We built"]);
        assert_eq!(said("We built it and I tested it.", done_by_me), ["I tested"]);
    }

    #[test]
    fn plans_are_found() {
        assert_eq!(
            said("First I would simply run it and I'd also ask.", planned_by_me),
            ["I would simply run", "I'd also ask"]
        );
        assert_eq!(said("If it fails, I return the saved result.", planned_by_me), ["I return"]);
        assert!(said("I think I am late, and I would not.", planned_by_me).is_empty());
    }
}
