//! Tests of the words of a message on their way.

use super::*;

fn heard(chunks: &[&str]) -> Words {
    let mut words = Words::begin(3, "");
    for chunk in chunks {
        words.hear(chunk);
    }
    words
}

#[test]
fn words_add_up() {
    let words = heard(&["Hello ", "Ada, ", "good to meet you."]);
    assert_eq!((words.turn(), words.shown()), (3, "Hello Ada, good to meet you."));
}

#[test]
fn what_was_seen_never_shrinks() {
    let mut words = Words::begin(0, "Hello Ada, good");
    words.hear("Hello ");
    assert_eq!(words.shown(), "Hello Ada, good");
    words.hear("Ada, good to meet");
    assert_eq!(words.shown(), "Hello Ada, good to meet");
    words.interrupt();
    words.again();
    words.hear("Hello");
    assert_eq!(words.shown(), "Hello Ada, good to meet");
    assert!(!words.is_interrupted());
}

#[test]
fn other_words_than_those_seen_wait() {
    let mut words = Words::begin(0, "Hello Ada");
    words.hear("Good day, Ada.");
    assert_eq!(words.shown(), "Hello Ada");
}

#[test]
fn the_question_is_told_from_the_text() {
    let question = Some("Tell me about an outage that you caused.");
    assert_eq!(heard(&["Let me ask. Tell"]).parts(question), ("Let me ask. Tell", ""));
    assert_eq!(heard(&["Let me ask. Tell me about"]).parts(question), ("Let me ask.", "Tell me about"));
    assert_eq!(heard(&["Let me ask.\n\nT"]).parts(question), ("Let me ask.", "T"));
    assert_eq!(
        heard(&["Tell me about an outage that you caused."]).parts(question),
        ("", "Tell me about an outage that you caused.")
    );
    assert_eq!(heard(&["Größer. 速い"]).parts(None), ("Größer. 速い", ""));
    assert_eq!(heard(&["Thanks. Why?"]).parts(Some("Why?")), ("Thanks.", "Why?"));
}

#[test]
fn a_long_silence_is_noticed_and_ends_with_a_word() {
    let mut words = heard(&["Hello"]);
    for _ in 0..14 {
        assert!(!words.second(), "it has begun, so it waits for nobody");
    }
    assert_eq!(words.waits(), None);
    words.second();
    assert!(words.waits().is_some_and(|reason| reason.starts_with("No word for 15 seconds")));
    words.hear(" Ada");
    assert_eq!(words.waits(), None);
}

#[test]
fn the_place_in_the_queue_is_asked_for_and_told_until_the_first_word() {
    let mut words = heard(&[]);
    assert_eq!([words.second(), words.second(), words.second(), words.second()], [false, true, false, true]);
    words.stand(Some(Place { ahead: 2, seconds: 9 }));
    let told = words.waits().unwrap();
    assert!(told.starts_with("2 requests are before yours; the first word comes in about 9 s. You can wait"), "{told}");
    words.hear("Hello");
    assert_eq!((words.waits(), words.second()), (None, false));
    words.stand(Some(Place { ahead: 0, seconds: 1 }));
    assert_eq!(words.waits(), None, "an answer that comes late says nothing");
}

#[test]
fn pauses_grow_and_start_anew_after_a_word() {
    let mut words = heard(&[]);
    let mut pauses = Vec::new();
    for _ in 0..7 {
        words.interrupt();
        pauses.push(words.pause().as_secs());
        words.again();
    }
    assert_eq!(pauses, [1, 2, 4, 8, 15, 15, 15]);
    words.hear("Hello");
    words.interrupt();
    assert_eq!(words.pause().as_secs(), 1);
}
