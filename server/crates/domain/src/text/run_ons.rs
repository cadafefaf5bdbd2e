//! Dividing sentences that run on for too long to be quoted.

use super::{Sentence, Word, sentences::trimmed, words};

/// More words than this in one go are divided, so that a quote stays short enough to read.
pub(super) const LONGEST: usize = 40;
/// No part of a divided run-on has fewer words than this.
const SHORTEST: usize = 8;
/// The length, in words, that a part of a divided run-on should have.
const PREFERRED: usize = 22;

/// A sentence in parts of at most [`LONGEST`] words.
pub(super) fn divided(sentence: Sentence<'_>) -> Vec<Sentence<'_>> {
    let found = words(sentence.text);
    let mut parts = Vec::new();
    let (mut first, mut start) = (0, 0);
    while found.len() - first > LONGEST {
        let next = division(sentence.text, &found, first);
        let end = found[next].start;
        parts.extend(trimmed(sentence.text, start, end));
        (first, start) = (next, end);
    }
    parts.extend(trimmed(sentence.text, start, sentence.text.len()));
    parts.into_iter().map(|part| Sentence { start: sentence.start + part.start, ..part }).collect()
}

/// The index of the word that should begin the next part of a run-on whose part so far begins
/// with word `first`.
fn division(text: &str, found: &[Word<'_>], first: usize) -> usize {
    let last = (first + LONGEST).min(found.len() - SHORTEST);
    let cost = |&next: &usize| {
        let distance = (next - first).abs_diff(PREFERRED);
        (clause_cost(text, found, next) + distance, distance)
    };
    (first + SHORTEST..=last).min_by_key(cost).unwrap_or(last)
}

/// How bad it is to begin a new part with word `next`, in words of distance from the best length.
fn clause_cost(text: &str, found: &[Word<'_>], next: usize) -> usize {
    let gap = &text[found[next - 1].end()..found[next].start];
    let word = found[next].text.to_lowercase();
    let opens = matches!(
        word.as_str(),
        "but" | "so" | "because" | "then" | "which" | "while" | "however" | "therefore" | "although"
    );
    // "and then" divides before "and", not within.
    let follows_and = matches!(found[next - 1].text.to_lowercase().as_str(), "and" | "so" | "but");
    if gap.contains([';', '—', '–', ':', '；', '：']) {
        0
    } else if gap.contains([',', '、', '，']) {
        if opens || word == "and" || word == "or" { 2 } else { 10 }
    } else if follows_and {
        60
    } else if opens {
        4
    } else if word == "and" {
        8
    } else {
        60
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{sentences, written_sentences};

    #[test]
    fn run_ons_are_divided_where_a_clause_begins() {
        let dictated = "so the build was slow and everybody complained about it and I looked at the timings of each step \
            because nobody had done that before and then I found that one test took nine minutes so I split it \
            and the build went down to four minutes and people were happy";
        let parts = sentences(dictated).iter().map(|s| s.text).collect::<Vec<_>>();
        assert!(parts.len() >= 2, "{parts:?}");
        assert!(parts.iter().all(|p| (SHORTEST..=LONGEST).contains(&words(p).len())), "{parts:?}");
        assert!(parts[1].starts_with("because"), "{parts:?}");
        assert_eq!(written_sentences(dictated).len(), 1);
    }

    #[test]
    fn a_list_of_words_without_any_clause_is_divided_at_its_length() {
        let endless = "word ".repeat(100);
        let lengths: Vec<usize> = sentences(&endless).iter().map(|s| words(s.text).len()).collect();
        assert_eq!(lengths.iter().sum::<usize>(), 100);
        assert!(lengths.iter().all(|n| (SHORTEST..=LONGEST).contains(n)), "{lengths:?}");
    }
}
