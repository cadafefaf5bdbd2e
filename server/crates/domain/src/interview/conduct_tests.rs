use super::*;
use crate::feedback::{Feedback, PointFeedback, Reason};
use crate::interview::{JobRole, Kind, Level, Mode};
use crate::question::KeyPoint;

fn setup(level: Level, kind: Kind) -> Setup {
    Setup { role: JobRole::Backend, level, kind, mode: Mode::Study, questions: 3, job_description: None }
}

fn question(id: &str, kind: QuestionKind, level: u8, weights: &[u8]) -> Question {
    Question {
        id: id.to_owned(),
        roles: vec!["backend".to_owned()],
        kind,
        competency: id.to_owned(),
        level,
        text: String::new(),
        why: String::new(),
        strong: String::new(),
        mistake: String::new(),
        points: weights
            .iter()
            .map(|weight| KeyPoint { weight: *weight, text: String::new(), also: vec![], follow_up: String::new() })
            .collect(),
    }
}

fn asked(overall: Option<u8>, weights: &[u8], covered: &[Covered]) -> Asked {
    let points = weights
        .iter()
        .zip(covered)
        .map(|(weight, covered)| PointFeedback {
            text: String::new(),
            weight: *weight,
            covered: *covered,
            sentence: None,
            strength: 0.0,
        })
        .collect();
    let grade = overall.map_or_else(
        || Grade::NotGraded(String::new()),
        |overall| {
            Grade::Graded(Feedback {
                overall,
                strength: Reason { text: String::new(), quote: None },
                scores: vec![],
                points,
            })
        },
    );
    Asked {
        question: question("backend.a.b", QuestionKind::Technical, 2, weights),
        answers: vec!["...".to_owned()],
        followed_up: vec![],
        grade: Some(grade),
        skipped: false,
    }
}

use Covered::{Fully, Missing, Partly};

#[test]
fn follows_up_on_the_heaviest_open_point_at_most_twice() {
    let setup = setup(Level::Mid, Kind::Technical);
    let mut one = asked(Some(45), &[2, 3, 3, 1], &[Missing, Fully, Partly, Missing]);
    assert_eq!(next(&setup, std::slice::from_ref(&one)), Next::FollowUp(2));
    one.followed_up = vec![2];
    assert_eq!(next(&setup, std::slice::from_ref(&one)), Next::FollowUp(0));
    one.followed_up = vec![2, 0];
    assert_eq!(next(&setup, std::slice::from_ref(&one)), Next::Question);
}

#[test]
fn missing_comes_before_partly_at_the_same_weight() {
    let one = asked(Some(45), &[3, 3], &[Partly, Missing]);
    assert_eq!(next(&setup(Level::Mid, Kind::Technical), &[one]), Next::FollowUp(1));
}

#[test]
fn strong_answers_and_skips_are_not_followed_up() {
    let setup = setup(Level::Mid, Kind::Technical);
    assert_eq!(next(&setup, &[asked(Some(80), &[3], &[Missing])]), Next::Question);
    let skipped = Asked { skipped: true, grade: None, ..asked(None, &[3], &[]) };
    assert_eq!(next(&setup, &[skipped]), Next::Question);
}

#[test]
fn closes_after_the_chosen_number_of_questions() {
    let done = || asked(Some(90), &[3], &[Fully]);
    assert_eq!(next(&setup(Level::Mid, Kind::Technical), &[done(), done(), done()]), Next::Close);
}

#[test]
fn difficulty_follows_two_in_a_row_and_stays_in_range() {
    let setup = setup(Level::Mid, Kind::Technical);
    let of = |scores: &[Option<u8>]| {
        let asked: Vec<_> = scores.iter().map(|score| asked(*score, &[3], &[Fully])).collect();
        difficulty(&setup, &asked)
    };
    assert_eq!(of(&[]), 2);
    assert_eq!(of(&[Some(80)]), 2);
    assert_eq!(of(&[Some(80), Some(75)]), 3);
    assert_eq!(of(&[Some(80), Some(50), Some(80)]), 2);
    assert_eq!(of(&[Some(20), None]), 1);
    assert_eq!(of(&[Some(0); 10]), 1);
    assert_eq!(of(&[Some(100); 10]), 4);
}

#[test]
fn chooses_by_kind_level_and_posting() {
    let bank = [
        question("a.a.1", QuestionKind::Technical, 2, &[3]),
        question("a.a.2", QuestionKind::Technical, 5, &[3]),
        question("a.a.3", QuestionKind::Behavioural, 2, &[3]),
        question("a.a.4", QuestionKind::Technical, 3, &[3]),
    ];
    let candidates = |close: &str| -> Vec<Candidate> {
        bank.iter()
            .map(|question| Candidate { question, affinity: if question.id == close { 0.6 } else { 0.0 } })
            .collect()
    };
    let technical = setup(Level::Mid, Kind::Technical);
    for seed in 0..20 {
        assert_ne!(choose(&technical, &[], &candidates(""), seed).unwrap().id, "a.a.2");
        assert_eq!(choose(&technical, &[], &candidates("a.a.4"), seed).unwrap().id, "a.a.4");
        assert_eq!(choose(&setup(Level::Mid, Kind::Mixed), &[], &candidates(""), seed).unwrap().id, "a.a.3");
    }
    let seeds: std::collections::HashSet<_> = (0..40).map(|seed| jitter(seed, "a.a.1").to_bits()).collect();
    assert_eq!(seeds.len(), 40, "seeds differ");
}

#[test]
fn never_repeats_a_question_and_ends_with_the_bank() {
    let bank =
        [question("a.a.1", QuestionKind::Technical, 2, &[3]), question("a.a.3", QuestionKind::Behavioural, 2, &[3])];
    let candidates: Vec<_> = bank.iter().map(|question| Candidate { question, affinity: 0.0 }).collect();
    let mut so_far = vec![];
    for _ in 0..2 {
        let question = choose(&setup(Level::Mid, Kind::Technical), &so_far, &candidates, 7).unwrap().clone();
        assert!(!so_far.iter().any(|asked: &Asked| asked.question.id == question.id));
        so_far.push(Asked { question, ..asked(Some(50), &[3], &[Fully]) });
    }
    assert!(choose(&setup(Level::Mid, Kind::Technical), &so_far, &candidates, 7).is_none());
}
