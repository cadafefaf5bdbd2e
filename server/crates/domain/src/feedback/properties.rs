//! What must hold for every answer, whatever is in it.

use proptest::{prelude::*, sample};

use super::{
    Dimension, Feedback, Grade, Quote, Vectors, assess, overall,
    testing::{question, vectors},
};
use crate::question::Question;

/// Sentences as candidates write them: fitting, foreign, hedged, listed, in another script.
const SENTENCES: [&str; 20] = [
    "Last year a colleague and I disagreed about the form for our drivers.",
    "She wanted one long page because drivers lose the connection.",
    "I asked her for half an hour before it went back and forth in the ticket.",
    "We let eight drivers try both versions, and 7 of them finished hers.",
    "In the end we took her page with my error texts.",
    "I think it was maybe a good decision, sort of.",
    "Um, you know, it basically worked.",
    "It was terrible and nobody listened.",
    "The weather in Leeds was fine that week.",
    "Describe a disagreement with a colleague about shared work.",
    "Key, index, retry, saga, Kafka, Redis, queue, cache, lock, token.",
    "I measured the time, told my manager and wrote it down.",
    "We still work together every week, e.g. on v2.0 of the form.",
    "His reason was good: the library had saved a month.",
    "The trade-off is more work, although it is safer.",
    "我们先测量了每一步。",
    "Nous avons corrigé le rapport avec le client.",
    "I’m not sure whether it’s “right” — but so be it…",
    "There were many things and a lot of stuff, etc.",
    "No.",
];

/// An answer of up to twelve such sentences.
fn answers() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(sample::select(&SENTENCES[..]), 1..12)
}

/// Such an answer with anything at all between its sentences.
fn odd_answers() -> impl Strategy<Value = String> {
    prop::collection::vec((sample::select(&SENTENCES[..]), any::<String>()), 0..8)
        .prop_map(|parts| parts.into_iter().map(|(said, odd)| format!("{said}{odd}")).collect())
}

fn grade(question: &Question, answer: &str) -> Option<Feedback> {
    match assess(question, answer, &vectors(question, answer)) {
        Grade::Graded(feedback) => Some(feedback),
        Grade::NotGraded(_) => None,
    }
}

fn coverage(question: &Question, answer: &str) -> Option<u8> {
    grade(question, answer).and_then(|feedback| feedback.score(Dimension::Coverage).map(|score| score.value))
}

fn is_verbatim(answer: &str, quote: &Quote) -> bool {
    !quote.text.is_empty() && answer.get(quote.start..quote.start + quote.text.len()) == Some(quote.text.as_str())
}

fn holds_together(answer: &str, feedback: &Feedback) -> Result<(), TestCaseError> {
    prop_assert!(feedback.overall <= 100);
    prop_assert_eq!(feedback.scores.len(), Dimension::ALL.len());
    for score in &feedback.scores {
        prop_assert!(score.value <= 100);
        prop_assert!(!score.reasons.is_empty() && !score.raise.is_empty(), "{score:?}");
    }
    let reasons = feedback.scores.iter().flat_map(|score| &score.reasons).chain([&feedback.strength]);
    let quotes = reasons.filter_map(|reason| reason.quote.as_ref());
    let covering = feedback.points.iter().filter_map(|point| point.sentence.as_ref());
    for quote in quotes.chain(covering) {
        prop_assert!(is_verbatim(answer, quote), "{quote:?}");
    }
    prop_assert!(feedback.strength.quote.is_some());
    prop_assert!(feedback.points.iter().all(|point| (0.0..=1.0).contains(&point.strength)));
    Ok(())
}

proptest! {
    // Grading takes about 10 ms without optimisation; PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 2, ..ProptestConfig::default() })]

    #[test]
    fn any_answer_gets_feedback_that_holds_together(answer in odd_answers()) {
        if let Some(feedback) = grade(&question(), &answer) {
            holds_together(&answer, &feedback)?;
        }
    }

    #[test]
    fn any_text_at_all_is_survived(answer in any::<String>()) {
        if let Some(feedback) = grade(&question(), &answer) {
            holds_together(&answer, &feedback)?;
        }
    }

    #[test]
    fn broken_vectors_are_survived(answer in odd_answers(), number in any::<f32>(), size in 0..4_usize) {
        let broken = vec![number; size];
        let vectors = Vectors {
            answer: vec![broken.clone(); size],
            question: broken.clone(),
            strong: Vec::new(),
            points: vec![vec![broken; 2]; size],
        };
        if let Grade::Graded(feedback) = assess(&question(), &answer, &vectors) {
            holds_together(&answer, &feedback)?;
        }
    }

    #[test]
    fn a_sentence_that_covers_a_missing_point_never_lowers_coverage(
        mut answer in answers(), point in 0..3_usize, form in 0..3_usize, place in any::<sample::Index>(),
    ) {
        let question = question();
        let before = coverage(&question, &answer.join(" "));
        let point = &question.points[point];
        let said = if form == 2 { &point.text } else { &point.also[form] };
        answer.insert(place.index(answer.len() + 1), said);
        let after = coverage(&question, &answer.join(" "));
        prop_assert!(after >= before, "{before:?} {after:?}");
    }

    #[test]
    fn saying_every_point_covers_everything(order in Just(vec![0, 1, 2]).prop_shuffle(), form in 0..2_usize) {
        let question = question();
        let answer: Vec<&str> = order.iter().map(|index| question.points[*index].also[form].as_str()).collect();
        prop_assert_eq!(coverage(&question, &answer.join(" ")), Some(100));
    }

    #[test]
    fn the_order_of_key_points_does_not_matter(answer in answers(), order in Just(vec![0, 1, 2]).prop_shuffle()) {
        let answer = answer.join(" ");
        let question = question();
        let mut shuffled = question.clone();
        shuffled.points = order.iter().map(|index| question.points[*index].clone()).collect();
        let (Some(one), Some(other)) = (grade(&question, &answer), grade(&shuffled, &answer)) else {
            return Ok(());
        };
        prop_assert_eq!(one.score(Dimension::Coverage), other.score(Dimension::Coverage));
        for point in &one.points {
            prop_assert!(other.points.contains(point));
        }
    }

    #[test]
    fn an_interview_lies_between_its_answers(answers in prop::collection::vec(answers(), 1..4)) {
        let graded: Vec<Feedback> = answers.iter().filter_map(|answer| grade(&question(), &answer.join(" "))).collect();
        let Some(sum) = overall(&graded) else {
            prop_assert!(graded.is_empty());
            return Ok(());
        };
        let values = || graded.iter().map(|feedback| feedback.overall);
        prop_assert!(values().min() <= Some(sum.value) && Some(sum.value) <= values().max());
        prop_assert_eq!(sum.n, graded.len());
    }

    #[test]
    fn feedback_survives_storage(answer in answers()) {
        let answer = answer.join(" ");
        let grade = assess(&question(), &answer, &vectors(&question(), &answer));
        let stored = serde_json::to_string(&grade).unwrap();
        prop_assert_eq!(serde_json::from_str::<Grade>(&stored).unwrap(), grade);
    }
}
