//! A message while it is being spoken: which of its words have come, whether they keep one waiting
//! too long, and when to try again after the connection broke. Plain state; it does no input or output.

use std::time::Duration;

use domain::model::Place;

use crate::wait::pause;

/// Seconds without a word after which the page says why.
const LONG_SILENCE: u32 = 15;
/// Seconds without a word after which, and again after which, the page asks for the place in the queue.
const PLACE: u32 = 2;
/// What whoever waits can do.
const WAY_OUT: &str = "You can wait, or press Stop: the built-in coach goes on.";
/// Characters after which words that begin like the question are taken for it; fewer could be a
/// word of the text that happens to be the same.
const TELLING: usize = 12;

/// The words of one message, as far as they have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    turn: u32,
    known: String,
    heard: String,
    silence: u32,
    place: Option<Place>,
    failures: usize,
    interrupted: bool,
}

impl Words {
    /// The message at `turn` is about to be spoken; `known` is what was shown of it already.
    pub fn begin(turn: u32, known: &str) -> Self {
        Self { turn, known: known.to_owned(), heard: String::new(), ..Self::default() }
    }

    /// Which message it is.
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// Some more of it came.
    pub fn hear(&mut self, chunk: &str) {
        self.heard.push_str(chunk);
        (self.silence, self.place, self.failures, self.interrupted) = (0, None, 0, false);
    }

    /// A second went by. Whether it is time to ask where the message stands in the queue.
    pub fn second(&mut self) -> bool {
        self.silence += 1;
        self.heard.is_empty() && !self.interrupted && self.silence.is_multiple_of(PLACE)
    }

    /// The message stands at `place` in the model's queue, or is not in it.
    pub fn stand(&mut self, place: Option<Place>) {
        self.place = place.filter(|_| self.heard.is_empty());
    }

    /// Why no words come, in a sentence, if one waits for them.
    pub fn waits(&self) -> Option<String> {
        match self.place {
            _ if self.interrupted => None,
            Some(place) => Some(format!("{place} {WAY_OUT}")),
            None if self.silence >= LONG_SILENCE => Some(format!(
                "No word for {LONG_SILENCE} seconds: the machine is busy, or the connection is slow. {WAY_OUT}"
            )),
            None => None,
        }
    }

    /// The connection broke, or a try to get it back failed.
    pub fn interrupt(&mut self) {
        self.failures += 1;
        self.interrupted = true;
    }

    /// The connection is back. The message is spoken again from its beginning; what was shown of it stays.
    pub fn again(&mut self) {
        let shown = self.shown().to_owned();
        *self = Self { failures: self.failures, ..Self::begin(self.turn, &shown) };
    }

    /// How long to wait before the next try.
    pub fn pause(&self) -> Duration {
        pause(self.failures)
    }

    /// Whether the connection is broken.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// What is to be seen: never less than was seen before. Words that differ from those wait until
    /// all of them are there.
    pub fn shown(&self) -> &str {
        if self.heard.starts_with(&self.known) { &self.heard } else { &self.known }
    }

    /// What is to be seen, divided into the text and as much of `question` as has come.
    pub fn parts(&self, question: Option<&str>) -> (&str, &str) {
        divide(self.shown(), question.unwrap_or_default())
    }
}

/// Divides `spoken`, a text that is followed by `question`, before the part of the question that
/// has come so far.
fn divide<'a>(spoken: &'a str, question: &str) -> (&'a str, &'a str) {
    let starts = std::iter::once(0)
        .chain(spoken.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8()));
    let asks = |start: &usize| {
        let rest = &spoken[*start..];
        let told = spoken[..*start].ends_with("\n\n") || rest.chars().count() >= TELLING || rest == question;
        !rest.is_empty() && question.starts_with(rest) && told
    };
    match starts.into_iter().find(asks) {
        Some(start) => (spoken[..start].trim_end(), &spoken[start..]),
        None => (spoken.trim_end(), ""),
    }
}

#[cfg(test)]
#[path = "stream_tests.rs"]
mod tests;
