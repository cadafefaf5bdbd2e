//! Word lists in groups, and finding their entries in a sentence.

use std::collections::HashMap;

use crate::text::entries;

/// An entry: one or more words in lower case; a final `*` on a word stands for any ending.
pub(super) type Phrase = Vec<&'static str>;

/// A word list whose entries stand under `[group]` lines, separated by commas or line ends.
pub(super) struct Lexicon {
    groups: HashMap<&'static str, Vec<Phrase>>,
}

impl Lexicon {
    /// Reads a list that was written for the product.
    pub(super) fn parse(list: &'static str) -> Self {
        let mut groups: HashMap<&'static str, Vec<Phrase>> = HashMap::new();
        let mut group = "";
        for line in entries(list) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                group = name;
                continue;
            }
            let phrases = line.split(',').map(|entry| entry.split_whitespace().collect());
            let filled = phrases.filter(|phrase: &Phrase| !phrase.is_empty());
            groups.entry(group).or_default().extend(filled);
        }
        Self { groups }
    }

    /// The entries of a group; none if there is no such group.
    pub(super) fn group(&self, name: &str) -> &[Phrase] {
        self.groups.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether the single word is an entry of the group.
    pub(super) fn has(&self, group: &str, word: &str) -> bool {
        self.group(group).iter().any(|phrase| phrase.len() == 1 && matches(phrase[0], word))
    }

    /// The names of the groups.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.groups.keys().copied()
    }
}

/// A run of words in a sentence, by their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The first word.
    pub(super) first: usize,
    /// The word after the last one.
    pub(super) end: usize,
}

/// Where entries occur among `words`, which are in lower case: from left to right, the longest
/// entry first, none overlapping another.
pub(super) fn find(phrases: &[Phrase], words: &[String]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut first = 0;
    while first < words.len() {
        let fits = |phrase: &&Phrase| {
            let here = words[first..].iter();
            phrase.len() <= here.len() && phrase.iter().zip(here).all(|(p, w)| matches(p, w))
        };
        match phrases.iter().filter(fits).map(Vec::len).max() {
            Some(length) => {
                let end = first + length;
                found.push(Span { first, end });
                first = end;
            }
            None => first += 1,
        }
    }
    found
}

fn matches(entry: &str, word: &str) -> bool {
    match entry.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn entries_stand_in_groups() {
        let lexicon = Lexicon::parse("# note\n[a]\nmaybe, kind of\nthank*\n[b]\nyes,\n");
        assert_eq!(lexicon.group("a"), [vec!["maybe"], vec!["kind", "of"], vec!["thank*"]]);
        assert!(lexicon.has("a", "thankful") && lexicon.has("b", "yes"));
        assert!(!lexicon.has("a", "kind") && lexicon.group("c").is_empty());
    }

    #[test]
    fn the_longest_entry_wins() {
        let lexicon = Lexicon::parse("[a]\nkind, kind of, of");
        let found = find(lexicon.group("a"), &lower("a kind of kind test"));
        assert_eq!(found, [Span { first: 1, end: 3 }, Span { first: 3, end: 4 }]);
    }
}
