//! The corpus of injection attempts, `attempts.toml`, for the tests of several crates.

use std::collections::HashSet;

use serde::Deserialize;

/// A text that tries to give orders or to change what is around it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    pub id: String,
    /// Where it was meant to go.
    pub place: Place,
    /// ISO 639-1.
    pub language: String,
    pub text: String,
    /// How often the text is written; once where it does not say.
    repeat: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Answer,
    Cv,
    Name,
    Posting,
}

#[derive(Deserialize)]
struct File {
    attempt: Vec<Attempt>,
}

/// All attempts, written out.
pub fn attempts() -> Vec<Attempt> {
    let mut attempts = toml::from_str::<File>(include_str!("attempts.toml")).unwrap().attempt;
    for attempt in &mut attempts {
        attempt.text = attempt.text.repeat(attempt.repeat.unwrap_or(1));
    }
    attempts
}

#[test]
fn the_corpus_is_varied() {
    let attempts = attempts();
    let distinct = |of: &dyn Fn(&Attempt) -> String| attempts.iter().map(of).collect::<HashSet<_>>().len();
    assert!(attempts.len() >= 60);
    assert_eq!(distinct(&|attempt| attempt.id.clone()), attempts.len(), "ids are unique");
    assert_eq!(distinct(&|attempt| attempt.text.clone()), attempts.len(), "no text stands twice");
    assert_eq!(distinct(&|attempt| format!("{:?}", attempt.place)), 4);
    assert!(distinct(&|attempt| attempt.language.clone()) >= 10);
}
