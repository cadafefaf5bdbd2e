//! Where sentences begin and end in answers that people typed, pasted or dictated.

use std::{collections::HashMap, sync::LazyLock};

use super::{entries, run_ons::divided, words};

/// A line of fewer words is a heading or an item of a list, not a broken sentence.
const SHORTEST_LINE: usize = 8;

/// Abbreviations, with whether a capital letter after one starts a new sentence.
static ABBREVIATIONS: LazyLock<HashMap<&'static str, bool>> = LazyLock::new(|| {
    entries(include_str!("../../data/abbreviations.txt"))
        .map(|entry| entry.strip_prefix('+').map_or((entry, false), |rest| (rest, true)))
        .collect()
});

/// A sentence, or a part of a long one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// The words, without the space, bullet or list number before them.
    pub text: &'a str,
    /// Where it starts in the text, in bytes.
    pub start: usize,
}

impl Sentence<'_> {
    /// Where it ends in the text, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The sentences of `text`, with run-ons of more than 40 words divided where a new clause
/// begins, or at the longest length where there is none.
pub fn sentences(text: &str) -> Vec<Sentence<'_>> {
    written_sentences(text).into_iter().flat_map(divided).collect()
}

/// The sentences of `text` as its writer ended them, however long.
///
/// A sentence ends at a stop of any script, at an empty line, and at a line break unless the
/// next line goes on in lower case. Stops inside numbers, names and abbreviations end nothing.
/// Pieces without any word are left out.
pub fn written_sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut found = Vec::new();
    for line in lines(text) {
        let mut start = line.start;
        let ends = line.text.char_indices().filter_map(|(at, stop)| ending(line.text, at, stop));
        for end in ends.chain([line.text.len()]) {
            let end = line.start + end;
            if end > start {
                found.extend(trimmed(text, start, end));
                start = end;
            }
        }
    }
    found
}

/// Lines, joined where the next one goes on in lower case as in text with hard breaks.
fn lines(text: &str) -> Vec<Sentence<'_>> {
    let mut found: Vec<Sentence<'_>> = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(is_line_break) {
        let goes_on = piece.trim_start().starts_with(char::is_lowercase);
        match found.last_mut() {
            Some(last) if goes_on && last.end() == start && is_unfinished(last.text) => {
                last.text = &text[last.start..start + piece.len()];
            }
            _ if piece.trim().is_empty() => {}
            _ => found.push(Sentence { text: piece, start }),
        }
        start += piece.len();
    }
    found
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a line stops in the middle of a sentence.
fn is_unfinished(line: &str) -> bool {
    let line = line.trim_end();
    let long_enough = words(line).len() >= SHORTEST_LINE;
    long_enough && line.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '-'))
}

/// The end of the sentence whose stop is `stop` at byte `at`, with the closing marks after it.
fn ending(line: &str, at: usize, stop: char) -> Option<usize> {
    let after = at + stop.len_utf8();
    let rest = &line[after..];
    // Scripts that write no space between sentences need none after the stop.
    if matches!(stop, '。' | '！' | '？' | '｡' | '।' | '॥' | '؟' | '۔' | '։' | '።' | '။' | '។') {
        return Some(after + closing(rest));
    }
    if !matches!(stop, '.' | '!' | '?' | '…' | '‽') {
        return None;
    }
    let end = after + closing(rest);
    let next = &line[end..];
    if !next.is_empty() && !next.starts_with(char::is_whitespace) {
        return None;
    }
    let follower = next.trim_start().chars().next();
    let ends = match stop {
        '.' if line[..at].ends_with('.') => !follower.is_some_and(char::is_lowercase),
        '.' => full_stop_ends(&line[..at], follower),
        '…' => !follower.is_some_and(char::is_lowercase),
        _ => true,
    };
    ends.then_some(end)
}

/// The bytes of closing quotation marks and brackets at the start of `rest`.
fn closing(rest: &str) -> usize {
    let closes = |c: char| matches!(c, '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '」' | '』' | '）');
    rest.find(|c| !closes(c)).unwrap_or(rest.len())
}

/// Whether a full stop after `before`, with `follower` as the next visible character, ends a sentence.
fn full_stop_ends(before: &str, follower: Option<char>) -> bool {
    let Some(follower) = follower else {
        return true;
    };
    let token = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let token = token.trim_start_matches(['"', '\'', '“', '‘', '[']);
    let ahead = before[..before.len() - token.len()].trim_end();
    let is_list_number = is_list_mark(token) && (ahead.is_empty() || ahead.ends_with(['.', '!', '?', ';', ':']));
    let is_initial = token.chars().count() == 1 && token.chars().all(char::is_uppercase) && token != "I";
    if is_list_number || is_initial && follower.is_uppercase() {
        return false;
    }
    if token.eq_ignore_ascii_case("no") {
        return !follower.is_ascii_digit();
    }
    match ABBREVIATIONS.get(token.to_lowercase().as_str()) {
        Some(true) => follower.is_uppercase(),
        Some(false) => false,
        None => true,
    }
}

/// Whether `token` numbers an item of a list: up to three digits, or one letter.
fn is_list_mark(token: &str) -> bool {
    let is_number = (1..=3).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_digit());
    is_number || token.len() == 1 && token.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The slice without space, bullets and list numbers around it; none without a word in it.
pub(super) fn trimmed(text: &str, start: usize, end: usize) -> Option<Sentence<'_>> {
    let mut piece = text[start..end].trim_end();
    loop {
        let bare = piece.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '•' | '·' | '▪' | '‣' | '◦' | '*' | '●' | '\u{feff}')
        });
        let bare = bare
            .strip_prefix(['-', '–', '—', '>', '#', '+'])
            .filter(|r| r.starts_with([' ', '\t', '#']))
            .unwrap_or(bare);
        let bare = match bare.split_once(['.', ')']) {
            Some((mark, rest)) if is_list_mark(mark) && rest.starts_with([' ', '\t']) => rest,
            _ => bare,
        };
        if bare.len() == piece.len() {
            break;
        }
        piece = bare;
    }
    let has_word = piece.contains(char::is_alphanumeric);
    has_word.then(|| Sentence { text: piece, start: start + text[start..end].trim_end().len() - piece.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<&str> {
        sentences(text).iter().map(|s| s.text).collect()
    }

    #[test]
    fn stops_end_sentences() {
        assert_eq!(texts("I led it. We won! Did it last? Yes."), ["I led it.", "We won!", "Did it last?", "Yes."]);
        assert_eq!(texts("no capitals here. next one"), ["no capitals here.", "next one"]);
        assert_eq!(texts("She said \"ship it.\" We did."), ["She said \"ship it.\"", "We did."]);
    }

    #[test]
    fn numbers_names_and_abbreviations_do_not() {
        for one in [
            "Latency fell from 3.5 s to 1.2 s with v2.0 of node.js.",
            "We used queues, e.g. Redis, i.e. something simple.",
            "Logs, metrics etc. were all there.",
            "I asked Dr. Smith and J. Jones vs. Mr. Li about no. 5.",
            "We waited... and waited… then shipped.",
            "Was it 9 a.m. or later (approx. noon)?",
        ] {
            assert_eq!(texts(one), [one]);
        }
        assert_eq!(texts("Logs, metrics, etc. Then we shipped."), ["Logs, metrics, etc.", "Then we shipped."]);
        assert_eq!(texts("That was me and I. Then we left."), ["That was me and I.", "Then we left."]);
        assert_eq!(texts("I said no. Then I left."), ["I said no.", "Then I left."]);
    }

    #[test]
    fn lists_lose_their_marks() {
        let list = "My plan:\n- talk to users\n* Measure first\n• Ship small\n1. Write a test\n2) Fix it\n\na) tidy up";
        let expected =
            ["My plan:", "talk to users", "Measure first", "Ship small", "Write a test", "Fix it", "tidy up"];
        assert_eq!(texts(list), expected);
        assert_eq!(texts("1. Write it. 2. Ship it."), ["Write it.", "Ship it."]);
    }

    #[test]
    fn hard_line_breaks_are_joined() {
        let wrapped = "I talked to each of the teams that used\nthe old report. Then I removed it";
        assert_eq!(texts(wrapped), ["I talked to each of the teams that used\nthe old report.", "Then I removed it"]);
    }

    #[test]
    fn other_scripts_have_their_own_stops() {
        assert_eq!(texts("我们先测量。然后修复！好吗？"), ["我们先测量。", "然后修复！", "好吗？"]);
        assert_eq!(texts("هل نجح؟ نعم. ثم شحنا۔"), ["هل نجح؟", "نعم.", "ثم شحنا۔"]);
        assert_eq!(texts("मैंने किया। फिर भेजा।"), ["मैंने किया।", "फिर भेजा।"]);
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(sentences("").is_empty());
        assert!(sentences(" \n\t ... !? — • ").is_empty());
    }

    proptest! {
        #[test]
        fn sentences_are_verbatim_in_order_and_short(text in any::<String>()) {
            let mut last = 0;
            for sentence in sentences(&text) {
                prop_assert_eq!(&text[sentence.start..sentence.end()], sentence.text);
                prop_assert!(sentence.start >= last);
                prop_assert!(words(sentence.text).len() <= crate::text::run_ons::LONGEST);
                prop_assert_eq!(sentence.text.trim(), sentence.text);
                last = sentence.end();
            }
        }

        #[test]
        fn no_word_is_lost(text in "([a-zA-Z]{3,9}[ .,!?\n]{1,2}){0,120}") {
            let whole = words(&text).len();
            let parts: usize = sentences(&text).iter().map(|s| words(s.text).len()).sum();
            prop_assert_eq!(parts, whole);
        }
    }
}
