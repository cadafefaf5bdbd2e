//! Turning findings into sentences: numbers, lists and key points in the second person.

use crate::question::{KeyPoint, Question, QuestionKind};

/// Verbs that open a key point about a story, when another of them is joined to it.
const TELLING: [&str; 12] = [
    "says",
    "names",
    "explains",
    "describes",
    "gives",
    "tells",
    "states",
    "admits",
    "mentions",
    "shows",
    "compares",
    "lists",
];

/// Words that begin a statement, so that "Say that" can stand before it.
const STATEMENT: [&str; 10] = ["The", "A", "An", "It", "Each", "Every", "They", "There", "This", "These"];

/// "four", "12": small numbers as words, the rest as figures.
pub(super) fn number(n: usize) -> String {
    const SMALL: [&str; 10] = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    SMALL.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// "one hedge", "four hedges".
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// `text` with a capital letter at its start.
pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// `“A”, “b” and “c”`: the first `most`, as they were written.
pub(super) fn named(said: &[&str], most: usize) -> String {
    let shown: Vec<String> = said.iter().take(most).map(|word| format!("“{word}”")).collect();
    joined(&shown)
}

/// `“a”, “b” and “c”`: each once in lower case, in order, with "(twice)" where it was said more
/// often; at most `most` of them.
pub(super) fn quoted(said: &[&str], most: usize) -> String {
    let mut distinct: Vec<(String, usize)> = Vec::new();
    for word in said.iter().map(|word| lower(word)) {
        match distinct.iter_mut().find(|(known, _)| *known == word) {
            Some((_, times)) => *times += 1,
            None => distinct.push((word, 1)),
        }
    }
    distinct.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let shown: Vec<String> =
        distinct.iter().take(most).map(|(word, times)| format!("“{word}”{}", often(*times))).collect();
    joined(&shown)
}

fn often(times: usize) -> String {
    match times {
        0 | 1 => String::new(),
        2 => " (twice)".to_owned(),
        n => format!(" ({n} times)"),
    }
}

/// Lower case, except for the word "I".
fn lower(text: &str) -> String {
    let words = text.split_whitespace().map(|word| match word {
        "I" | "i" => "I".to_owned(),
        other if other.starts_with("I'") || other.starts_with("I’") || other.starts_with("i'") => {
            capital(&other.to_lowercase())
        }
        other => other.to_lowercase(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// "a, b and c".
pub(super) fn joined(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// The beginning of a sentence in quotation marks, at most `most` words.
pub(super) fn clip(sentence: &str, most: usize) -> String {
    let mut words = sentence.split_whitespace();
    let start: Vec<&str> = words.by_ref().take(most).collect();
    let start = start.join(" ");
    let bare = start.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    let more = if words.next().is_some() { " …" } else { "" };
    format!("“{bare}{more}”")
}

/// What was said, as praise for making `point`: "You say that the talk was held in private."
pub(super) fn made(question: &Question, point: &KeyPoint) -> String {
    match told(question, point) {
        Some(told) => format!("You {told}"),
        None => format!("You make a key point: {}", statement(&point.text)),
    }
}

/// What was nearly said.
pub(super) fn nearly_made(question: &Question, point: &KeyPoint) -> String {
    match told(question, point) {
        Some(told) => format!("You are close to what is asked for here: {told}"),
        None => format!("You come close to a key point: {}", statement(&point.text)),
    }
}

/// The advice to make `point`: "Say that the server stores the key."
pub(super) fn advice(question: &Question, point: &KeyPoint) -> String {
    if let Some(told) = told(question, point) {
        return capital(&told);
    }
    match in_running_text(&point.text) {
        Some(text) => format!("Say that {text}"),
        None => format!("Add this point: “{}”", point.text),
    }
}

/// The advice to say all of a `point` that was half made.
pub(super) fn fuller_advice(question: &Question, point: &KeyPoint) -> String {
    match told(question, point) {
        Some(told) => format!("Go one step further: {told}"),
        None => format!("Make this point in full: “{}”", point.text),
    }
}

/// A key point after a colon, in quotation marks where its first word might be a name.
fn statement(text: &str) -> String {
    in_running_text(text).unwrap_or_else(|| format!("“{text}”"))
}

/// A key point without its capital letter; none where it does not begin like a statement.
fn in_running_text(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    STATEMENT.contains(&first).then(|| text.replacen(first, &first.to_lowercase(), 1))
}

/// A point of a story in the second person: "Says what the candidate did." becomes "say what you
/// did." Points of behavioural questions are written in the third person; others are left alone.
fn told(question: &Question, point: &KeyPoint) -> Option<String> {
    if question.kind != QuestionKind::Behavioural {
        return None;
    }
    let (verb, rest) = point.text.split_once(' ')?;
    if !verb.ends_with('s') || !verb.starts_with(char::is_uppercase) {
        return None;
    }
    let mut words = vec![base(&verb.to_lowercase())];
    let mut joins = false;
    for word in rest.split(' ') {
        let telling = joins && TELLING.contains(&word);
        // An adverb may stand between "and" and the second verb.
        joins = matches!(word, "and" | "or" | "then") || joins && word.ends_with("ly");
        words.push(if telling { base(word) } else { word.to_owned() });
    }
    let told = words.join(" ");
    let told = told.replace("the candidate's", "your").replace("the candidate was", "you were");
    let told = told.replace("the candidate is", "you are").replace("the candidate has", "you have");
    Some(told.replace("the candidate", "you"))
}

/// The base form of a verb in the third person.
fn base(verb: &str) -> String {
    if let Some(stem) = verb.strip_suffix("ies") {
        return format!("{stem}y");
    }
    let hissing = ["sses", "shes", "ches", "xes", "zzes", "oes", "cuses"];
    let cut = if hissing.iter().any(|ending| verb.ends_with(ending)) { 2 } else { 1 };
    verb[..verb.len() - cut].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::question;

    fn point(text: &str) -> KeyPoint {
        KeyPoint { text: text.to_owned(), ..question().points[0].clone() }
    }

    #[test]
    fn points_of_stories_speak_to_the_person() {
        let story = Question { kind: QuestionKind::Behavioural, ..question() };
        let states = point("States plainly what the candidate got wrong and whom it could have harmed.");
        assert_eq!(made(&story, &states), "You state plainly what you got wrong and whom it could have harmed.");
        let breaks = point("Breaks the expense down and names the item that made up most of it.");
        assert_eq!(advice(&story, &breaks), "Break the expense down and name the item that made up most of it.");
        let identifies = point("Identifies the candidate's own share and honestly says what the candidate was told.");
        assert_eq!(advice(&story, &identifies), "Identify your own share and honestly say what you were told.");
    }

    #[test]
    fn points_of_the_craft_are_statements() {
        let craft = Question { kind: QuestionKind::Technical, ..question() };
        assert_eq!(advice(&craft, &point("The server stores the key.")), "Say that the server stores the key.");
        assert_eq!(
            advice(&craft, &point("Check that the data are right.")),
            "Add this point: “Check that the data are right.”"
        );
        assert_eq!(made(&craft, &point("DNS is cached.")), "You make a key point: “DNS is cached.”");
    }

    #[test]
    fn lists_read_like_speech() {
        assert_eq!(quoted(&["Maybe", "I guess", "maybe"], 3), "“maybe” (twice) and “I guess”");
        assert_eq!(count(1, "hedge", "hedges"), "one hedge");
        assert_eq!(count(12, "hedge", "hedges"), "12 hedges");
        assert_eq!(clip("We shipped it on Monday.", 3), "“We shipped it …”");
        assert_eq!(clip("We shipped it.", 3), "“We shipped it”");
    }
}
