//! Words that deny one another.

use std::{collections::HashMap, sync::LazyLock};

use crate::text::{entries, stem};

/// The opposites of each stem that has some.
static OPPOSITES: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut opposites: HashMap<String, Vec<String>> = HashMap::new();
    for (left, right) in entries(include_str!("../../data/opposites.txt")).filter_map(|pair| pair.split_once(' ')) {
        let (left, right) = (stem(left), stem(right));
        opposites.entry(left.clone()).or_default().push(right.clone());
        opposites.entry(right).or_default().push(left);
    }
    opposites
});

/// The stems that deny `stem` when they are said of the same thing.
pub(super) fn of(stem: &str) -> &'static [String] {
    OPPOSITES.get(stem).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opposites_hold_for_all_forms_and_both_ways() {
        assert!(of(&stem("increases")).contains(&stem("decreased")));
        assert!(of(&stem("decrease")).contains(&stem("increase")));
        assert!(of(&stem("cache")).is_empty());
    }

    #[test]
    fn every_line_is_a_pair_of_two_stems() {
        for line in entries(include_str!("../../data/opposites.txt")) {
            let pair: Vec<String> = line.split(' ').map(stem).collect();
            assert_eq!(pair.len(), 2, "{line}");
            assert_ne!(pair[0], pair[1], "{line}");
        }
    }
}
