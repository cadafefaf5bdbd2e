//! What grading promises whatever the texts, and how it judges plain ones.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::text::content_stems;

/// A vector of the words that carry matter, so that like texts have like vectors.
fn embed(text: &str) -> Vec<f32> {
    let mut vector = vec![0.0_f32; 64];
    for stem in content_stems(text) {
        let place = stem.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)));
        vector[place % 64] += 1.0;
    }
    let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
    vector.iter().map(|x| x / length).collect()
}

fn passage(text: &str) -> Passage {
    Passage::new(text, embed(text))
}

fn passages(texts: &[&str]) -> Vec<Passage> {
    texts.iter().map(|text| passage(text)).collect()
}

fn strength(meant: &str, said: &str) -> f32 {
    compare(&passage(meant), &passage(said), &passage("")).strength
}

const GAP: &str = "Terminal one and the positive battery terminal are separated by the gap.";

#[test]
fn the_same_in_other_order_scores_high_and_another_matter_low() {
    let good = strength(GAP, "A gap separates the battery's positive terminal from terminal one.");
    let bad = strength(GAP, "The bulb shines brightly in winter.");
    assert!(good > 0.75, "{good}");
    assert!(bad < 0.25, "{bad}");
}

#[test]
fn a_denial_contradicts() {
    let (question, meant) = (passage(""), passage("The battery is connected to the bulb."));
    let denied = compare(&meant, &passage("The battery is not connected."), &question);
    let affirmed = compare(&meant, &passage("The battery is connected."), &question);
    assert!(denied.contradicted && !affirmed.contradicted);
    assert!(denied.strength < 0.75 * affirmed.strength, "{denied:?} {affirmed:?}");
    let elsewhere = compare(&meant, &passage("The battery is connected to the bulb, not to the switch."), &question);
    assert!(!elsewhere.contradicted);
}

#[test]
fn an_opposite_contradicts_unless_it_is_denied() {
    let (question, meant) = (passage(""), passage("The pitch will be higher."));
    assert!(compare(&meant, &passage("The pitch gets lower."), &question).contradicted);
    let open = passage("The path is not closed.");
    assert!(!compare(&open, &passage("The path is open."), &question).contradicted);
    assert!(compare(&open, &passage("The path is closed."), &question).contradicted);
}

#[test]
fn misspellings_cost_little() {
    let right = strength(GAP, "the gap separates terminal one from the positive battery terminal");
    let wrong = strength(GAP, "the gap seperates terminel one from the positve batery terminal");
    assert!(wrong > 0.7 * right && wrong < right, "{wrong} {right}");
}

#[test]
fn an_echo_of_the_question_earns_little() {
    let question = passage("Why is the clay deposited where you indicated?");
    let meant = passage("The clay is lighter and is therefore carried farther by the water.");
    let echo = compare(&meant, &passage("The clay is deposited where I indicated."), &question);
    let said = compare(&meant, &passage("It is carried farther since it is lighter."), &question);
    assert!(echo.strength < 0.35 && said.strength > 2.0 * echo.strength, "{echo:?} {said:?}");
}

#[test]
fn a_non_answer_earns_nothing_and_harms_nothing() {
    let (question, reference) = (passage("Why?"), passages(&[GAP]));
    assert_eq!(grade(&question, &reference, &passages(&["I don't know.", "No idea about the gap."])), 0.0);
    let said = ["A gap separates the terminals."];
    let alone = grade(&question, &reference, &passages(&said));
    assert_eq!(grade(&question, &reference, &passages(&["I don't know.", said[0]])), alone);
}

#[test]
fn related_words_count_by_their_vectors() {
    let mut words = WordVectors::default();
    for (word, angle) in [("quick", 0.0_f32), ("rapid", 0.4), ("banana", 1.5)] {
        words.insert(word.to_owned(), Arc::from([angle.cos(), angle.sin()]));
    }
    let prepared = |text: &str| Passage::new(text, Vec::new()).with_words(&words);
    let overlap = |said| compare(&prepared("quick"), &prepared(said), &prepared("")).overlap;
    assert!(overlap("rapid") > 0.8);
    assert_eq!(overlap("banana"), 0.0);
}

#[test]
fn nothing_against_something_is_nothing() {
    let question = passage("Why?");
    assert_eq!(judge(&question, &[], &passages(&["A gap."])), Match::default());
    assert_eq!(judge(&question, &passages(&[GAP]), &[]), Match::default());
    assert_eq!(strength(GAP, ""), 0.0);
    assert_eq!(strength("", GAP), 0.0);
}

/// Sentences about few things, so that they often overlap, with negations and opposites.
fn sentence() -> impl Strategy<Value = String> {
    let words = [
        "battery",
        "bulb",
        "gap",
        "not",
        "never",
        "open",
        "closed",
        "higher",
        "lower",
        "the",
        "is",
        "because",
        ",",
        "path",
        "terminal",
        "circuit",
        "connected",
        "separated",
        "positive",
        "negative",
        "cache",
        "caches",
        "1",
        "more",
        "same",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 2..9)
        .prop_map(|words| format!("Lamp {}.", words.join(" ")))
}

fn several() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(sentence(), 1..5)
}

fn prepared(texts: &[String]) -> Vec<Passage> {
    texts.iter().map(|text| passage(text)).collect()
}

proptest! {
    #[test]
    fn any_text_is_judged_within_range(question: String, meant: String, said: String, numbers: Vec<f32>) {
        let vector = |n: usize| numbers.iter().skip(n).copied().collect::<Vec<f32>>();
        let passage = |text: &str, n| Passage::new(text, vector(n));
        let found = compare(&passage(&meant, 0), &passage(&said, 1), &passage(&question, 2));
        for value in [found.strength, found.cosine, found.overlap] {
            prop_assert!((0.0..=1.0).contains(&value), "{found:?}");
        }
        prop_assert!((0.0..=1.0).contains(&strength(&meant, &said)));
    }

    #[test]
    fn the_same_text_is_a_full_match(texts in several()) {
        prop_assert!(grade(&passage(""), &prepared(&texts), &prepared(&texts)) > 0.99);
    }

    #[test]
    fn more_of_the_reference_never_lowers_the_grade(reference in several(), answer in several(), question in sentence(), which: prop::sample::Index) {
        let question = passage(&question);
        let added = which.get(&reference).clone();
        let before = grade(&question, &prepared(&reference), &prepared(&answer));
        let longer: Vec<String> = answer.into_iter().chain([added]).collect();
        let after = grade(&question, &prepared(&reference), &prepared(&longer));
        prop_assert!(after >= before - 1e-6, "{before} {after}");
    }

    #[test]
    fn the_order_of_sentences_does_not_matter(reference in several(), answer in several(), question in sentence()) {
        let question = passage(&question);
        let reversed = |texts: &[String]| texts.iter().rev().cloned().collect::<Vec<String>>();
        let one = grade(&question, &prepared(&reference), &prepared(&answer));
        let other = grade(&question, &prepared(&reversed(&reference)), &prepared(&reversed(&answer)));
        prop_assert!((one - other).abs() < 1e-5, "{one} {other}");
    }
}
