//! Clarity: length, length of sentences, and repetition.

use std::collections::HashSet;

use super::{
    Dimension, Reason, Score,
    answer::{Answer, Line},
    scoring::{along, score, shown, stated},
    wording::{capital, clip, count},
};
use crate::{
    question::{Question, QuestionKind},
    text::{content_stems, words, written_sentences},
};

/// Points lost by the number of words: two minutes of speech are about 260 words.
const STORY_LENGTH: [(f32, f32); 7] =
    [(8.0, 60.0), (30.0, 38.0), (60.0, 14.0), (85.0, 0.0), (260.0, 0.0), (400.0, 25.0), (700.0, 55.0)];
/// An answer about the craft may be shorter.
const CRAFT_LENGTH: [(f32, f32); 7] =
    [(8.0, 60.0), (25.0, 35.0), (45.0, 12.0), (65.0, 0.0), (260.0, 0.0), (400.0, 25.0), (700.0, 55.0)];
/// Points lost by the mean number of words in a sentence.
const SENTENCES: [(f32, f32); 6] = [(3.0, 25.0), (6.0, 6.0), (8.0, 0.0), (23.0, 0.0), (35.0, 25.0), (60.0, 50.0)];
/// Points lost by the share of repeated pairs of words that carry matter.
const REPETITION: [(f32, f32); 4] = [(0.06, 0.0), (0.2, 20.0), (0.5, 50.0), (0.8, 65.0)];
/// A sentence of more words is hard to follow by ear.
const LONG: usize = 32;

struct Findings<'l, 'a> {
    /// Points lost, by cause.
    length: f32,
    sentences: f32,
    repetition: f32,
    lists: f32,
    /// Mean number of words in a sentence.
    mean: f32,
    /// The number of words in the longest sentence, and the part of it to quote.
    longest: Option<(usize, &'l Line<'a>)>,
    repeated: Option<&'l Line<'a>>,
    list: Option<&'l Line<'a>>,
}

/// Grades clarity.
pub(super) fn clarity(question: &Question, answer: &Answer<'_>) -> Score {
    let found = findings(question, answer);
    let value = 100.0 - found.length - found.sentences - found.repetition - found.lists;
    score(Dimension::Clarity, value, reasons(answer, &found), raise(answer, &found))
}

fn findings<'l, 'a>(question: &Question, answer: &'l Answer<'a>) -> Findings<'l, 'a> {
    // As written: a run-on that was divided for quoting is still one long sentence.
    let written = written_sentences(answer.text);
    let longest =
        written.iter().map(|sentence| (words(sentence.text).len(), sentence)).max_by_key(|(length, _)| *length);
    let longest = longest.and_then(|(length, sentence)| {
        let part = answer.lines.iter().find(|line| line.sentence.start >= sentence.start)?;
        Some((length, part))
    });
    let mean = answer.words as f32 / written.len().max(1) as f32;
    let (repetition, repeated) = repetition(answer);
    let list = answer.lines.iter().find(|line| line.is_list());
    let listed: usize = answer.lines.iter().filter(|line| line.is_list()).map(|line| line.words.len()).sum();
    let lengths = match question.kind {
        QuestionKind::Behavioural => STORY_LENGTH,
        QuestionKind::Technical => CRAFT_LENGTH,
    };
    Findings {
        length: along(answer.words as f32, &lengths),
        sentences: along(mean, &SENTENCES)
            + longest.map_or(0.0, |(length, _)| along(length as f32, &[(LONG as f32, 0.0), (50.0, 10.0)])),
        repetition: along(repetition, &REPETITION),
        lists: 50.0 * listed as f32 / answer.words.max(1) as f32,
        mean,
        longest,
        repeated,
        list,
    }
}

/// The share of neighbouring pairs of words that were said before, and the sentence with most of
/// them.
fn repetition<'l, 'a>(answer: &'l Answer<'a>) -> (f32, Option<&'l Line<'a>>) {
    let mut seen: HashSet<(String, String)> = HashSet::new();
    let (mut total, mut again) = (0, 0);
    let mut worst: (usize, Option<&Line<'_>>) = (0, None);
    for line in &answer.lines {
        let stems = content_stems(line.sentence.text);
        let pairs = stems.windows(2).map(|pair| (pair[0].clone(), pair[1].clone()));
        let here = pairs.filter(|pair| !seen.insert(pair.clone())).count();
        total += stems.len().saturating_sub(1);
        again += here;
        if here > worst.0 {
            worst = (here, Some(line));
        }
    }
    (again as f32 / total.max(8) as f32, worst.1)
}

fn reasons(answer: &Answer<'_>, found: &Findings<'_, '_>) -> Vec<Reason> {
    let mut reasons: Vec<(f32, Reason)> = Vec::new();
    if let Some((length, line)) = found.longest.filter(|_| found.sentences > 0.0) {
        let text = if found.mean < 8.0 {
            "Your sentences are very short, which makes it hard to see how one leads to the next.".to_owned()
        } else if length > LONG {
            format!("The sentence that begins here has {length} words; by ear that is hard to follow.")
        } else {
            format!(
                "Your sentences have {:.0} words on average, which is rather many; the longest is here.",
                found.mean
            )
        };
        reasons.push((found.sentences, shown(text, line)));
    }
    if let Some(line) = found.repeated.filter(|_| found.repetition > 0.0) {
        reasons.push((found.repetition, shown("This sentence repeats words that you had already said.", line)));
    }
    if let Some(line) = found.list {
        reasons.push((found.lists, shown("This is a list of terms; it does not say how they belong together.", line)));
    }
    let long = count(answer.words, "word", "words");
    let length = match found.length {
        0.0 => format!("With {long} it is long enough to explain and short enough to follow."),
        _ if answer.words > 200 => format!("With {long} it takes more than two minutes to say."),
        loss if loss < 15.0 => format!("With {long} there is room for one more detail."),
        _ => format!("With {long} it is over before a listener has a picture."),
    };
    reasons.push((found.length, stated(length)));
    if let Some((_, line)) = found.longest.filter(|_| found.sentences == 0.0 && found.list.is_none()) {
        let text = format!(
            "Your sentences have {:.0} words on average; even the longest one, which begins here, can be followed.",
            found.mean
        );
        reasons.push((0.0, shown(text, line)));
    }
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    reasons.into_iter().map(|(_, reason)| reason).collect()
}

fn raise(answer: &Answer<'_>, found: &Findings<'_, '_>) -> String {
    let worst = found.length.max(found.sentences).max(found.repetition).max(found.lists);
    if worst == 0.0 {
        return "It reads well; put your most important sentence first, in case the listener’s mind wanders."
            .to_owned();
    }
    if worst == found.lists {
        return "Take the two terms that matter most and say in a full sentence what each of them does here."
            .to_owned();
    }
    if worst == found.length {
        let short = answer.words < 100;
        let example = answer.lines.iter().max_by_key(|line| line.words.len()).map(|line| clip(line.sentence.text, 7));
        return match example {
            Some(example) if short => {
                format!("Say more: explain {example} in two further sentences, with an example.")
            }
            Some(example) => {
                format!("Cut it to about 200 words, for example by shortening {example} to its main clause.")
            }
            None => "Say more, in two or three full sentences.".to_owned(),
        };
    }
    if worst == found.repetition {
        let again = found.repeated.map_or_else(|| "what you have said".to_owned(), |line| clip(line.sentence.text, 8));
        return format!("Leave out {again}, or say something new in its place.");
    }
    match found.longest {
        Some((length, line)) if found.mean >= 8.0 => {
            let parts = capital(&count(length.div_ceil(18).max(2), "sentence", "sentences"));
            format!("{parts} instead of one would carry {} better.", clip(line.sentence.text, 7))
        }
        _ => "Join sentences that belong together with “because”, “so” or “which”.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::question;

    fn grade(answer: &str) -> Score {
        clarity(&question(), &Answer::new(answer))
    }

    #[test]
    fn a_run_on_is_found_with_its_length() {
        let score = grade(&"so I looked at it and then I changed the thing and it was better ".repeat(5));
        assert!(score.value < 40, "{score:?}");
        assert!(score.reasons.iter().any(|r| r.text.contains("has 75 words")), "{score:?}");
    }

    #[test]
    fn repetition_is_shown() {
        let score = grade(
            "I fixed the slow nightly backup. I fixed the slow nightly backup. The slow nightly backup was fixed.",
        );
        assert!(score.reasons.iter().any(|r| r.text.starts_with("This sentence repeats")), "{score:?}");
    }

    #[test]
    fn a_short_answer_is_asked_for_more() {
        let score = grade("I would talk to them and find a good way.");
        assert!(score.value < 60, "{score:?}");
        assert!(score.raise.starts_with("Say more: explain “I would talk to them and find …”"), "{score:?}");
    }
}
