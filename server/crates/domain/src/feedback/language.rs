//! Whether an answer is in English, which is what the rules and word lists understand.

use std::sync::LazyLock;

use super::{answer::Answer, lexicon::Lexicon};
use crate::text::is_stop_word;

static OTHERS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("../../data/other-languages.txt")));

/// Whether the answer is clearly in another language: mostly in another script, or with more of
/// another language's words of grammar than of English ones.
pub(super) fn is_foreign(answer: &Answer<'_>) -> bool {
    let letters = answer.text.chars().filter(|c| c.is_alphabetic());
    let (latin, all) = letters.fold((0, 0), |(latin, all), c| (latin + usize::from(is_latin(c)), all + 1));
    if latin * 2 < all {
        return true;
    }
    let said = || answer.lines.iter().flat_map(|line| &line.lower);
    let english = said().filter(|word| is_stop_word(word)).count();
    let most = OTHERS.names().map(|name| said().filter(|word| OTHERS.has(name, word)).count()).max().unwrap_or(0);
    most * 6 > answer.words && most > english
}

/// Letters of the Latin script, with those of its extensions.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c) || ('\u{1e00}'..='\u{1eff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(text: &str) -> bool {
        is_foreign(&Answer::new(text))
    }

    #[test]
    fn other_languages_are_noticed() {
        assert!(foreign("Ich habe die Zahlen geprüft und das Team informiert, weil der Filter falsch war."));
        assert!(foreign("J’ai vérifié les chiffres et nous avons corrigé le rapport dans la journée avec le client."));
        assert!(foreign("我们先测量了每一步，然后修复了最慢的一步。"));
        assert!(foreign("Сначала я измерил каждый шаг и исправил самый медленный."));
    }

    #[test]
    fn english_is_english() {
        assert!(!foreign("I checked the numbers and told the team, because the filter was wrong."));
        assert!(!foreign("Idempotency key, UUID, unique index, ACID, retry, saga, Kafka, Redis"));
        assert!(!foreign("I asked José and Zoë about the Straße dataset, a de facto standard."));
    }
}
