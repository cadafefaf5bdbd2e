//! How many of the words that were meant were said, and whether they were said of the contrary.

use super::passage::{Passage, Term, likeness};

/// What a word of grammar is worth beside a word of matter. This is the whole of rarity: weights
/// by document frequency (O*NET task statements, or ranks of the model's vocabulary) changed
/// Pearson by less than 0.01 on either labelled set.
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
/// Word vectors change little on the labelled sets, whose answers mostly use the reference's words;
/// they matter where people paraphrase.
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
    let meant = distinct(meant);
    let said: Vec<&Term> = said.iter().flat_map(|passage| &passage.terms).collect();
    let asked = |term: &Term| question.terms.iter().any(|asked| asked.stem == term.stem);
    let (mut worth, mut found, mut held, mut contrary) = (0.0, 0.0, 0.0, 0.0);
    for point in &meant {
        let own = if asked(point.term) { ASKED } else { 1.0 };
        let value = own * if point.grammar { GRAMMAR } else { 1.0 };
        worth += value;
        let (credit, agrees) = best(point, &said, &meant);
        found += value * credit;
        if let Some(agrees) = agrees {
            held += value;
            contrary += if agrees { 0.0 } else { value };
        }
    }
    let adds = said.iter().any(|term| !term.grammar && !asked(term));
    let share = |part: f32, whole: f32| if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    (worth > 0.0).then(|| Overlap { share: share(found, worth), contrary: share(contrary, held), adds })
}

/// A word that was meant.
struct Meant<'p> {
    term: &'p Term,
    grammar: bool,
    affirmed: bool,
    denied: bool,
}

/// The terms of all passages, each stem once, in the order of the alphabet when there are several
/// passages.
fn distinct(passages: &[Passage]) -> Vec<Meant<'_>> {
    let terms = passages.iter().flat_map(|passage| &passage.terms);
    let mut all: Vec<Meant<'_>> =
        terms.map(|term| Meant { term, grammar: term.grammar, affirmed: term.affirmed, denied: term.denied }).collect();
    if passages.len() > 1 {
        // By the word too, so that the order of the passages cannot matter.
        all.sort_by(|a, b| (&a.term.stem, &a.term.word).cmp(&(&b.term.stem, &b.term.word)));
        all.dedup_by(|next, first| {
            let same = next.term.stem == first.term.stem;
            if same {
                first.grammar &= next.grammar;
                first.affirmed |= next.affirmed;
                first.denied |= next.denied;
            }
            same
        });
    }
    all
}

/// How far `point` was said, 0 to 1, and whether it was affirmed or denied as it was meant, where
/// the word itself or its opposite was said. More being said can only raise the first.
fn best(point: &Meant<'_>, said: &[&Term], meant: &[Meant<'_>]) -> (f32, Option<bool>) {
    let (mut most, mut agrees) = (0.0_f32, None);
    for term in said.iter().filter(|term| term.stem == point.term.stem) {
        if point.grammar || point.agrees(term, false) {
            return (1.0, (!point.grammar).then_some(true));
        }
        (most, agrees) = (DENIED, Some(false));
    }
    for term in said.iter().filter(|term| term.stem != point.term.stem) {
        let opposite = point.term.opposites.contains(&term.stem);
        if opposite && meant.iter().any(|other| other.term.stem == term.stem) {
            // Both sides of a contrast were meant; each counts by itself.
            continue;
        }
        let closeness = if opposite { 1.0 } else { closeness(point.term, term) };
        if closeness <= most && !opposite {
            continue;
        }
        let alike = point.grammar || point.agrees(term, opposite);
        if opposite {
            agrees = Some(agrees == Some(true) || alike);
        }
        most = most.max(if alike { closeness } else { DENIED * closeness });
    }
    (most, agrees)
}

impl Meant<'_> {
    /// Whether both are affirmed somewhere, or both denied; the other way round for opposites,
    /// since "not open" says "closed".
    fn agrees(&self, said: &Term, opposite: bool) -> bool {
        let (affirmed, denied) = if opposite { (said.denied, said.affirmed) } else { (said.affirmed, said.denied) };
        self.affirmed && affirmed || self.denied && denied
    }
}

/// 0 to 1: by the spelling or by the vectors of the words, whichever is more.
fn closeness(a: &Term, b: &Term) -> f32 {
    if a.pairs.is_empty() || b.pairs.is_empty() {
        return 0.0;
    }
    let related = a.vector.as_ref().zip(b.vector.as_ref()).map_or(0.0, |(a, b)| likeness(a, b));
    let related = ((related - RELATED) / (1.0 - RELATED)).max(0.0);
    let (few, many) = if a.pairs.len() < b.pairs.len() { (a, b) } else { (b, a) };
    let both = (few.pairs.len() + many.pairs.len()) as f32;
    if 2.0 * few.pairs.len() as f32 / both < SPELLING {
        return related;
    }
    let spelling = 2.0 * common(&few.pairs, &many.pairs) as f32 / both;
    if spelling >= SPELLING { spelling.max(related) } else { related }
}

/// How many elements two sorted lists without repetitions have in common.
fn common(a: &[[char; 2]], b: &[[char; 2]]) -> usize {
    let (mut at, mut count) = (0, 0);
    for pair in a {
        while at < b.len() && b[at] < *pair {
            at += 1;
        }
        count += usize::from(b.get(at) == Some(pair));
    }
    count
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
        assert!(
            (share("the higher one wins, the lower one loses", "the lower one loses, the higher one wins", "") - 1.0)
                .abs()
                < 1e-6
        );
    }
}
