//! Word lists in groups, and finding their entries in a sentence.

use std::collections::HashMap;

use crate::text::entries;

/// An entry: one or more words in lower case; a final `*` on a word stands for any ending.
type Phrase = Vec<&'static str>;

/// The entries of one group, by their first word.
#[derive(Default)]
pub(super) struct Group {
    exact: HashMap<&'static str, Vec<Phrase>>,
    /// Those whose first word ends in `*`.
    open: Vec<Phrase>,
}

/// A word list whose entries stand under `[group]` lines, separated by commas or line ends.
pub(super) struct Lexicon {
    groups: HashMap<&'static str, Group>,
    none: Group,
}

impl Lexicon {
    /// Reads a list that was written for the product.
    pub(super) fn parse(list: &'static str) -> Self {
        let mut groups: HashMap<&'static str, Group> = HashMap::new();
        let mut group = "";
        for line in entries(list) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                group = name;
                continue;
            }
            for phrase in line.split(',').map(|entry| entry.split_whitespace().collect()) {
                groups.entry(group).or_default().add(phrase);
            }
        }
        Self { groups, none: Group::default() }
    }

    /// The entries of a group; none if there is no such group.
    pub(super) fn group(&self, name: &str) -> &Group {
        self.groups.get(name).unwrap_or(&self.none)
    }

    /// Whether the single word is an entry of the group.
    pub(super) fn has(&self, group: &str, word: &str) -> bool {
        self.group(group).starting(word).any(|phrase| phrase.len() == 1)
    }

    /// The names of the groups.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.groups.keys().copied()
    }

    /// Where entries of any group occur, with the group's name: the longest entry of all first, so
    /// that "kind of test" in one group hides "kind of" in another.
    pub(super) fn tagged(&self, words: &[String]) -> Vec<(Span, &'static str)> {
        let longest = |words: &[String]| {
            let found = self.groups.iter().filter_map(|(name, group)| Some((group.longest(words)?, *name)));
            found.max()
        };
        scan(words, longest)
    }
}

impl Group {
    fn add(&mut self, phrase: Phrase) {
        match phrase.first() {
            None => {}
            Some(first) if first.ends_with('*') => self.open.push(phrase),
            Some(first) => self.exact.entry(first).or_default().push(phrase),
        }
    }

    /// Whether there is no entry.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.open.is_empty()
    }

    /// Entries whose first word fits.
    fn starting(&self, word: &str) -> impl Iterator<Item = &Phrase> {
        let open = self.open.iter().filter(move |phrase| fits(phrase[0], word));
        self.exact.get(word).into_iter().flatten().chain(open)
    }

    /// The number of words of the longest entry with which `words` begin.
    fn longest(&self, words: &[String]) -> Option<usize> {
        let starts = |phrase: &&Phrase| {
            phrase.len() <= words.len() && phrase.iter().zip(words).all(|(entry, word)| fits(entry, word))
        };
        self.starting(words.first()?).filter(starts).map(Vec::len).max()
    }

    /// Where entries occur among `words`, which are in lower case: from left to right, the longest
    /// entry first, none overlapping another.
    pub(super) fn find(&self, words: &[String]) -> Vec<Span> {
        let found = scan(words, |words| Some((self.longest(words)?, "")));
        found.into_iter().map(|(span, _)| span).collect()
    }
}

/// Goes through `words` and takes what `longest` finds at each place, passing over it.
fn scan(words: &[String], longest: impl Fn(&[String]) -> Option<(usize, &'static str)>) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    let mut first = 0;
    while first < words.len() {
        match longest(&words[first..]) {
            Some((length, group)) => {
                let end = first + length;
                found.push((Span { first, end }, group));
                first = end;
            }
            None => first += 1,
        }
    }
    found
}

fn fits(entry: &str, word: &str) -> bool {
    match entry.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == entry,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lower(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn entries_stand_in_groups() {
        let lexicon = Lexicon::parse("# note\n[a]\nmaybe, kind of\nthank*\n[b]\nyes,\n");
        assert!(lexicon.has("a", "maybe") && lexicon.has("a", "thankful") && lexicon.has("b", "yes"));
        assert!(!lexicon.has("a", "kind") && !lexicon.has("a", "yes") && lexicon.group("c").is_empty());
    }

    #[test]
    fn the_longest_entry_wins() {
        let lexicon = Lexicon::parse("[a]\nkind, kind of, of");
        let found = lexicon.group("a").find(&lower("a kind of kind test"));
        assert_eq!(found, [Span { first: 1, end: 3 }, Span { first: 3, end: 4 }]);
    }

    #[test]
    fn a_longer_entry_of_another_group_hides_a_shorter_one() {
        let lexicon = Lexicon::parse("[hedge]\nkind of\n[plain]\nkind of test");
        let groups = |text: &str| lexicon.tagged(&lower(text)).into_iter().map(|(_, group)| group).collect::<Vec<_>>();
        assert_eq!(groups("a kind of test"), ["plain"]);
        assert_eq!(groups("I kind of test it"), ["plain"]);
        assert_eq!(groups("kind of done"), ["hedge"]);
    }
}
