//! What every question of the bank must have. That no two are near-duplicates needs sentence
//! vectors and is tested in `server/tests/server/questions.rs`.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::collections::{HashMap, HashSet};

use domain::interview::{JobRole, Kind, Level};
use domain::question::{Question, QuestionKind};
use knowledge::bank;

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Fails with every question that `wrong` names, not only the first.
fn check(wrong: impl Fn(&Question) -> Option<String>) {
    let found: Vec<_> = bank()
        .questions()
        .iter()
        .filter_map(|question| Some(format!("{}: {}", question.id, wrong(question)?)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn there_are_at_least_two_hundred() {
    assert!(bank().questions().len() >= 200, "{}", bank().questions().len());
}

#[test]
fn ids_are_unique_and_well_formed() {
    let mut seen = HashSet::new();
    for question in bank().questions() {
        assert!(seen.insert(&question.id), "{} twice", question.id);
        let parts: Vec<_> = question.id.split('.').collect();
        let good = |part: &&str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        assert!(parts.len() == 3 && parts.iter().all(good), "{}", question.id);
    }
}

#[test]
fn roles_and_levels_exist() {
    check(|question| {
        let unknown = question.roles.iter().find(|role| JobRole::parse(role).is_err());
        (unknown.is_some() || question.roles.is_empty() || !(1..=5).contains(&question.level))
            .then(|| format!("{:?}, level {}", question.roles, question.level))
    });
}

#[test]
fn texts_are_whole_and_of_a_size_to_read() {
    check(|question| {
        let sizes = [
            ("text", &question.text, 6, 60),
            ("why", &question.why, 6, 45),
            ("strong", &question.strong, 30, 120),
            ("mistake", &question.mistake, 5, 45),
        ];
        sizes
            .iter()
            .find(|(_, text, least, most)| !(*least..=*most).contains(&words(text)))
            .map(|(name, text, ..)| format!("{name} has {} words", words(text)))
    });
    check(|question| {
        (words(&question.competency) > 5 || question.competency.is_empty()).then(|| question.competency.clone())
    });
}

#[test]
fn rubrics_have_three_to_six_points_with_two_paraphrases_and_a_follow_up() {
    check(|question| (!(3..=6).contains(&question.points.len())).then(|| format!("{} points", question.points.len())));
    check(|question| {
        question.points.iter().find_map(|point| {
            if !(1..=3).contains(&point.weight) {
                return Some(format!("weight {}", point.weight));
            }
            if point.also.len() != 2 || point.also.iter().any(|also| words(also) < 4) {
                return Some(format!("paraphrases of “{}”", point.text));
            }
            if !point.text.ends_with('.') || !(6..=32).contains(&words(&point.text)) {
                return Some(format!("not a full sentence: “{}”", point.text));
            }
            (!point.follow_up.ends_with('?')).then(|| format!("no question: “{}”", point.follow_up))
        })
    });
    check(|question| (!question.points.iter().any(|point| point.weight == 3)).then(|| "no essential point".to_owned()));
}

#[test]
fn no_sentence_stands_twice() {
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for question in bank().questions() {
        let sentences =
            question.points.iter().flat_map(|point| [&point.text, &point.follow_up].into_iter().chain(&point.also));
        for text in sentences.chain([&question.text, &question.strong, &question.mistake]) {
            if let Some(other) = seen.insert(text, &question.id) {
                panic!("“{text}” stands in {} and {other}", question.id);
            }
        }
    }
}

#[test]
fn every_choice_has_enough_questions() {
    for role in JobRole::ALL {
        for level in Level::ALL {
            for (kind, needed) in [(QuestionKind::Behavioural, 10), (QuestionKind::Technical, 10)] {
                let count = bank()
                    .questions()
                    .iter()
                    .filter(|question| {
                        question.kind == kind
                            && level.range().contains(&question.level)
                            && question.roles.iter().any(|slug| slug == role.slug())
                    })
                    .count();
                assert!(count >= needed, "{} {} {kind:?}: {count}", role.name(), level.name());
            }
        }
    }
    assert_eq!(Kind::ALL.len(), 3);
}

#[test]
fn no_competency_dominates_a_role() {
    for role in JobRole::ALL {
        let of_role: Vec<_> = bank()
            .questions()
            .iter()
            .filter(|question| question.roles.iter().any(|slug| slug == role.slug()))
            .collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for question in &of_role {
            *counts.entry(&question.competency).or_default() += 1;
        }
        let (competency, most) = counts.into_iter().max_by_key(|(_, count)| *count).unwrap();
        assert!(most * 100 <= of_role.len() * 15, "{}: {competency} {most} of {}", role.name(), of_role.len());
    }
}

#[test]
fn levels_are_spread() {
    for role in JobRole::ALL {
        for level in 1..=5 {
            let of_role = |question: &&Question| question.roles.iter().any(|slug| slug == role.slug());
            let all = bank().questions().iter().filter(of_role).count();
            let here = bank().questions().iter().filter(of_role).filter(|question| question.level == level).count();
            assert!(here * 100 >= all * 12, "{} level {level}: {here} of {all}", role.name());
        }
    }
}
