//! How many of the words that were meant were said, and whether they were said of the contrary.

use std::collections::HashSet;

use super::{
    opposites,
    passage::{Passage, Term, likeness},
};

/// What a word of grammar is worth beside a word of matter. This is the whole of rarity: weights
/// by document frequency (O*NET task statements, or ranks of the model's vocabulary) did no better
/// on either labelled set.
const GRAMMAR: f32 = 0.25;

/// What a word that the question already has is worth beside a word of one's own.
const ASKED: f32 = 0.25;

/// What a word is worth that was said, but denied where it was meant to be affirmed, or affirmed
/// where it was meant to be denied.
const DENIED: f32 = 0.25;

/// The share of common letter pairs (Dice coefficient) from which on two stems count as forms or
/// misspellings of one word.
const SPELLING: f32 = 0.6;

/// The cosine of two word vectors at which relatedness begins to count; it rises linearly to 1.
const RELATED: f32 = 0.35;

/// The words that were meant beside those that were said.
pub(super) struct Overlap {
    /// 0 to 1, the share of the meant words that were said, by their worth.
    pub(super) share: f32,
    /// 0 to 1, of the meant words that were said as such or by their opposite, the share that was
    /// said of the contrary.
    pub(super) contrary: f32,
    /// Whether anything was said that the question does not say already.
    pub(super) adds: bool,
}

/// Holds the words of `meant` against those of `said`. `None` when nothing was meant in words.
pub(super) fn overlap(meant: &[Passage], said: &[&Passage], question: &Passage) -> Option<Overlap> {
    let asked: HashSet<&str> = question.terms.iter().map(|term| term.stem.as_str()).collect();
    let meant = distinct(meant);
    let meant_stems: HashSet<&str> = meant.iter().map(|term| term.stem.as_str()).collect();
    let said: Vec<&Term> = said.iter().flat_map(|passage| &passage.terms).collect();
    let (mut worth, mut found, mut held, mut contrary) = (0.0, 0.0, 0.0, 0.0);
    for term in &meant {
        let own = if asked.contains(term.stem.as_str()) { ASKED } else { 1.0 };
        let value = own * if term.grammar { GRAMMAR } else { 1.0 };
        worth += value;
        let (credit, agrees) = best(term, &said, &meant_stems);
        found += value * credit;
        if let Some(agrees) = agrees {
            held += value;
            contrary += if agrees { 0.0 } else { value };
        }
    }
    let adds = said.iter().any(|term| !term.grammar && !asked.contains(term.stem.as_str()));
    let share = |part: f32, whole: f32| if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    (worth > 0.0).then(|| Overlap { share: share(found, worth), contrary: share(contrary, held), adds })
}

/// The terms of all passages, each stem once.
fn distinct(passages: &[Passage]) -> Vec<Term> {
    let mut terms: Vec<Term> = passages.iter().flat_map(|passage| passage.terms.iter().cloned()).collect();
    terms.sort_by(|a, b| a.stem.cmp(&b.stem));
    terms.dedup_by(|next, first| {
        let same = next.stem == first.stem;
        if same {
            first.affirmed |= next.affirmed;
            first.denied |= next.denied;
            first.grammar &= next.grammar;
        }
        same
    });
    terms
}

/// How far `meant` was said, 0 to 1, and whether it was affirmed or denied as it was meant, where
/// the word itself or its opposite was said. More being said can only raise the first.
fn best(meant: &Term, said: &[&Term], meant_stems: &HashSet<&str>) -> (f32, Option<bool>) {
    let opposites = opposites::of(&meant.stem);
    let (mut most, mut agrees) = (0.0_f32, None);
    for term in said {
        let opposite = opposites.contains(&term.stem);
        if opposite && meant_stems.contains(term.stem.as_str()) {
            // Both sides of a contrast were meant; each counts by itself.
            continue;
        }
        let same = term.stem == meant.stem;
        let closeness = if same || opposite { 1.0 } else { closeness(meant, term) };
        if closeness <= 0.0 {
            continue;
        }
        let alike = meant.grammar || as_meant(meant, term, opposite);
        if (same || opposite) && !meant.grammar {
            agrees = Some(agrees == Some(true) || alike);
        }
        most = most.max(if alike { closeness } else { DENIED * closeness });
    }
    (most, agrees)
}

/// Whether both are affirmed somewhere, or both denied; the other way round for opposites, since
/// "not open" says "closed".
fn as_meant(meant: &Term, said: &Term, opposite: bool) -> bool {
    let (affirmed, denied) = if opposite { (said.denied, said.affirmed) } else { (said.affirmed, said.denied) };
    meant.affirmed && affirmed || meant.denied && denied
}

/// 0 to 1: by the spelling or by the vectors of the words, whichever is more.
fn closeness(a: &Term, b: &Term) -> f32 {
    if a.pairs.is_empty() || b.pairs.is_empty() {
        return 0.0;
    }
    let spelling = dice(&a.pairs, &b.pairs);
    let related = a.vector.as_ref().zip(b.vector.as_ref()).map_or(0.0, |(a, b)| likeness(a, b));
    let related = ((related - RELATED) / (1.0 - RELATED)).max(0.0);
    if spelling >= SPELLING { spelling.max(related) } else { related }
}

/// Twice the common elements over all elements, of two sorted lists without repetitions.
fn dice(a: &[[char; 2]], b: &[[char; 2]]) -> f32 {
    let common = a.iter().filter(|pair| b.binary_search(pair).is_ok()).count();
    2.0 * common as f32 / (a.len() + b.len()).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(meant: &str, said: &str, question: &str) -> f32 {
        let passage = |text| Passage::new(text, Vec::new());
        overlap(&[passage(meant)], &[&passage(said)], &passage(question)).map_or(0.0, |overlap| overlap.share)
    }

    #[test]
    fn grammar_and_question_words_are_worth_little() {
        let question = "What does the index do?";
        assert!(share("The index speeds up lookups", "the index is for you", question) < 0.25);
        assert!(share("The index speeds up lookups", "lookups speed up", question) > 0.7);
    }

    #[test]
    fn misspellings_count_nearly_in_full() {
        assert!(share("algorithm", "algoritm", "") > 0.7);
        assert!(share("separated", "seperated", "") >= 0.6);
        assert_eq!(share("2020", "2021", ""), 0.0);
    }

    #[test]
    fn both_sides_of_a_contrast_may_be_meant() {
        assert!((share("the higher one wins, the lower one loses", "the lower one loses, the higher one wins", "") - 1.0).abs() < 1e-6);
    }
}
