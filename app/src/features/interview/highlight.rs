//! Finds the quotes of some feedback in the answer it is about, so that the answer can be shown
//! with those words marked and each quote can lead to its place.

use domain::feedback::{Covered, Feedback, Quote};

/// What a mark stands for; where two stand on the same words, the later one here is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Evidence for a score.
    Evidence,
    /// The sentence that comes close to a key point.
    Partly,
    /// The sentence that makes a key point.
    Covered,
}

/// Marked words of an answer, from byte `start` up to byte `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    start: usize,
    end: usize,
    meaning: Meaning,
}

/// A stretch of an answer as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Words that no quote points at.
    Plain(String),
    /// Words that a quote points at.
    Marked {
        /// The number of the mark, which [`Marks::id`] makes a name; none on the second part of a quote
        /// that runs across the end of another.
        number: Option<usize>,
        /// What it stands for.
        meaning: Meaning,
        /// The words, divided further where quotes stand within the quote.
        inside: Vec<Segment>,
    },
}

/// Every place of an answer that some quote points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    position: u32,
    answer: String,
    /// In the order of the text, the longer first; no two at the same place.
    marks: Vec<Mark>,
}

impl Marks {
    /// The places in `answer`, given to the question at `position`, that the rubric and the reasons
    /// of `feedback` quote.
    pub fn new(position: u32, answer: &str, feedback: &Feedback) -> Self {
        let points = feedback.points.iter().filter_map(|point| {
            let meaning = if point.covered == Covered::Fully { Meaning::Covered } else { Meaning::Partly };
            point.sentence.as_ref().map(|quote| (quote, meaning))
        });
        let reasons =
            std::iter::once(&feedback.strength).chain(feedback.scores.iter().flat_map(|score| &score.reasons));
        let evidence = reasons.filter_map(|reason| reason.quote.as_ref()).map(|quote| (quote, Meaning::Evidence));
        Self::from_quotes(position, answer, points.chain(evidence))
    }

    fn from_quotes<'q>(position: u32, answer: &str, quotes: impl Iterator<Item = (&'q Quote, Meaning)>) -> Self {
        let mut marks: Vec<Mark> = Vec::new();
        for (quote, meaning) in quotes {
            let Some((start, end)) = place(answer, quote) else { continue };
            match marks.iter_mut().find(|mark| (mark.start, mark.end) == (start, end)) {
                Some(known) => known.meaning = known.meaning.max(meaning),
                None => marks.push(Mark { start, end, meaning }),
            }
        }
        marks.sort_by_key(|mark| (mark.start, std::cmp::Reverse(mark.end)));
        Self { position, answer: answer.to_owned(), marks }
    }

    /// The name of the mark with that number; unique on a page that shows each question once.
    pub fn id(&self, number: usize) -> String {
        format!("answer-{}-{number}", self.position)
    }

    /// An address on the same page that leads to the words of `quote`; none when the answer does
    /// not hold them.
    pub fn link(&self, quote: &Quote) -> Option<String> {
        self.of(quote).map(|number| format!("#{}", self.id(number)))
    }

    /// The number of the mark on `quote`.
    fn of(&self, quote: &Quote) -> Option<usize> {
        let (start, end) = place(&self.answer, quote)?;
        self.marks.iter().position(|mark| (mark.start, mark.end) == (start, end))
    }

    /// The whole answer, divided at the marks.
    pub fn segments(&self) -> Vec<Segment> {
        let numbered: Vec<_> =
            self.marks.iter().copied().enumerate().map(|(number, mark)| (Some(number), mark)).collect();
        divide(&self.answer, 0, self.answer.len(), &nested(numbered))
    }
}

/// Where `quote` stands in `answer`, in bytes. A place that does not hold exactly the quoted words
/// is not believed: then the words are looked for.
fn place(answer: &str, quote: &Quote) -> Option<(usize, usize)> {
    let length = quote.text.len();
    if length == 0 {
        return None;
    }
    let stated = quote.start.checked_add(length).and_then(|end| answer.get(quote.start..end));
    let start = if stated == Some(quote.text.as_str()) { quote.start } else { answer.find(&quote.text)? };
    Some((start, start + length))
}

/// The same marks, cut so that of two that share words one lies within the other: the part that
/// runs across the end of an earlier mark goes on behind it, without a number.
fn nested(marks: Vec<(Option<usize>, Mark)>) -> Vec<(Option<usize>, Mark)> {
    let mut pending = marks;
    let mut done: Vec<(Option<usize>, Mark)> = Vec::new();
    while !pending.is_empty() {
        let (number, mark) = pending.remove(0);
        let across = done
            .iter()
            .map(|(_, earlier)| earlier)
            .filter(|earlier| mark.start < earlier.end && earlier.end < mark.end)
            .map(|earlier| earlier.end)
            .min();
        match across {
            None => done.push((number, mark)),
            Some(end) => {
                let rest = Mark { start: end, ..mark };
                // The shorter first part may lie within a mark that now comes before it.
                let at = |mark: &Mark| (mark.start, std::cmp::Reverse(mark.end));
                for part in [(number, Mark { end, ..mark }), (None, rest)] {
                    let place = pending.partition_point(|(_, other)| at(other) <= at(&part.1));
                    pending.insert(place, part);
                }
            }
        }
    }
    done
}

/// Divides the bytes from `start` to `end` of `answer` at `marks`, which lie within them, in the
/// order of the text, the outer before the inner.
fn divide(answer: &str, start: usize, end: usize, marks: &[(Option<usize>, Mark)]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut from = start;
    let mut rest = marks;
    while let Some(((number, mark), later)) = rest.split_first() {
        if from < mark.start {
            segments.push(Segment::Plain(answer[from..mark.start].to_owned()));
        }
        let (inner, others) = later.split_at(later.partition_point(|(_, other)| other.start < mark.end));
        segments.push(Segment::Marked {
            number: *number,
            meaning: mark.meaning,
            inside: divide(answer, mark.start, mark.end, inner),
        });
        (from, rest) = (mark.end, others);
    }
    if from < end {
        segments.push(Segment::Plain(answer[from..end].to_owned()));
    }
    segments
}

#[cfg(test)]
#[path = "highlight_tests.rs"]
mod tests;
