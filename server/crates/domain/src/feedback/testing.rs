//! What the tests of grading share: a question, and vectors that need no model.

use super::{Feedback, Grade, Vectors, assess, vectors::centre};
use crate::{
    question::{KeyPoint, Question, QuestionKind},
    text::content_stems,
};

/// A question with three key points.
pub(super) fn question() -> Question {
    let point = |weight, text: &str, also: [&str; 2], follow_up: &str| KeyPoint {
        weight,
        text: text.to_owned(),
        also: also.map(str::to_owned).to_vec(),
        follow_up: follow_up.to_owned(),
    };
    Question {
        id: "behavioural.conflict.form".to_owned(),
        roles: vec!["backend".to_owned()],
        kind: QuestionKind::Behavioural,
        competency: "resolving disagreements".to_owned(),
        level: 2,
        text: "Describe a disagreement with a colleague about shared work. How did it end?".to_owned(),
        why: "Shows whether two views lead to something better.".to_owned(),
        strong: "Puts both positions fairly; speaks directly; finds a fact or trial; says what was decided.".to_owned(),
        mistake: "Making the colleague look foolish.".to_owned(),
        points: vec![
            point(
                3,
                "Puts the position of the other so fairly that it sounds reasonable.",
                [
                    "She wanted one long form because drivers lose the connection.",
                    "His reason was good: the library saved a month.",
                ],
                "Why did your colleague see it differently?",
            ),
            point(
                2,
                "Says that the talk was held directly between the two.",
                [
                    "I asked him for a coffee before it went back and forth.",
                    "Instead of going to our lead I phoned her.",
                ],
                "How did you raise it?",
            ),
            point(
                3,
                "Describes the fact or trial that moved the argument forward.",
                ["We let five drivers try both versions, and that settled it.", "We measured the time to fix a fault."],
                "What changed minds?",
            ),
        ],
    }
}

/// A vector of the words that carry matter, so that like texts have like vectors.
pub(super) fn embed(text: &str) -> Vec<f32> {
    let words = content_stems(text).into_iter().map(|stem| {
        let mut vector = vec![0.0; 64];
        let place = stem.bytes().fold(7_usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(byte)));
        vector[place % 64] = 1.0;
        vector
    });
    let words: Vec<Vec<f32>> = words.collect();
    centre(words.iter().map(Vec::as_slice))
}

/// The vectors of all texts.
pub(super) fn vectors(question: &Question, answer: &str) -> Vectors {
    let flat = Vectors::texts(question, answer).into_iter().map(embed).collect();
    Vectors::from_flat(question, answer, flat).unwrap()
}

/// The feedback on an answer that is long enough.
pub(super) fn graded(answer: &str) -> Feedback {
    match assess(&question(), answer, &vectors(&question(), answer)) {
        Grade::Graded(feedback) => feedback,
        Grade::NotGraded(reason) => panic!("{reason}"),
    }
}
