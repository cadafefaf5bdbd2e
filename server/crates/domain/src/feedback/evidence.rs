//! Sorts of evidence: an outcome, a figure, a reply, a trial.
//!
//! Key points of stories say which sort of evidence is wanted ("Says what the other person
//! replied"), and every candidate's evidence is another ("She told me that she had two bosses"),
//! so that likeness of meaning alone finds too little. Where a sentence offers the sort that a
//! point asks for, the two fit better than their words show.

use std::sync::LazyLock;

use super::{actions::done_by_me, answer::Line, lexicon::Lexicon};
use crate::{question::KeyPoint, text::words};

static EVIDENCE: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/evidence.txt")));

/// The sorts in the list, and the one that is recognised by verbs alone.
const LISTED: [&str; 10] =
    ["outcome", "figure", "time", "speech", "reply", "cause", "lesson", "choice", "trial", "meeting"];

/// A set of sorts of evidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sorts(u16);

impl Sorts {
    /// The sorts that `point` asks for.
    pub(super) fn asked(point: &KeyPoint) -> Self {
        let text: Vec<String> = words(&point.text).iter().map(|word| word.text.to_lowercase()).collect();
        let listed = |sort: &str| !EVIDENCE.group(&format!("{sort} asked")).find(&text).is_empty();
        let own = text.iter().any(|word| word.starts_with("candidate"));
        Self::of(listed, own)
    }

    /// The sorts that a sentence offers.
    pub(super) fn told(line: &Line<'_>) -> Self {
        let figure = line.lower.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
        let listed =
            |sort: &str| sort == "figure" && figure || !line.find(EVIDENCE.group(&format!("{sort} told"))).is_empty();
        Self::of(listed, !done_by_me(line).is_empty())
    }

    /// The sorts of either.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// How many sorts both have.
    pub(super) fn shared(self, other: Self) -> u32 {
        (self.0 & other.0).count_ones()
    }

    fn of(listed: impl Fn(&str) -> bool, own: bool) -> Self {
        let bits = LISTED.iter().enumerate().map(|(place, sort)| u16::from(listed(sort)) << place);
        Self(bits.fold(u16::from(own) << LISTED.len(), |all, bit| all | bit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::{answer::Answer, testing::question};

    fn fit(point: &str, said: &str) -> u32 {
        let point = KeyPoint { text: point.to_owned(), ..question().points[0].clone() };
        Sorts::asked(&point).shared(Sorts::told(&Answer::new(said).lines[0]))
    }

    #[test]
    fn evidence_of_the_asked_sort_is_recognised() {
        assert!(fit("Says what the other person replied.", "She told me that she had two bosses.") > 0);
        assert!(fit("Gives the time between noticing and telling.", "I called them the next day.") > 0);
        assert!(fit("Describes the choices put to the person.", "They could have the basic version on time.") > 0);
        assert_eq!(fit("Says what the other person replied.", "The weather was fine."), 0);
    }

    #[test]
    fn every_sort_is_in_the_list() {
        for sort in LISTED {
            for side in ["asked", "told"] {
                assert!(!EVIDENCE.group(&format!("{sort} {side}")).is_empty(), "{sort} {side}");
            }
        }
    }
}
