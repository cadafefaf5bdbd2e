//! Relevance: whether the answer answers this question.
//!
//! Three likenesses of sentence vectors are averaged: the two sentences nearest to the question;
//! the whole answer beside the whole rubric; and the nearer half of the sentences, each beside
//! whatever of the question, the outline and the key points it is closest to. On the calibration
//! set and on its answers held against all other questions of the bank, that mean told fitting
//! from foreign answers best (area under the curve 0.998 for technical questions, 0.983 for
//! stories), and half of the sentences may digress without harm. Sentences that only repeat the
//! question and mere lists of terms count for nothing.

use super::{
    Dimension, FEWEST_WORDS, Reason, Score,
    answer::{Answer, Line},
    scoring::{along, score, shown},
    vectors::{Vectors, centre, likeness},
    wording::{capital, clip, count},
};
use crate::question::{Question, QuestionKind};

/// Mean likeness and the score that it stands for. On the calibration set and the whole bank,
/// answers to other questions had 0.27 at the median and 0.38 at the ninth decile; fitting ones
/// had 0.52 at the first decile and 0.60 at the median.
const CRAFT: [(f32, f32); 6] = [(0.24, 0.0), (0.34, 12.0), (0.40, 45.0), (0.45, 68.0), (0.55, 88.0), (0.68, 100.0)];
/// The same for stories. Each is about something of its own, so that fitting ones are less like
/// the question (0.41 at the first decile, 0.50 at the median) and foreign ones hardly less.
const STORY: [(f32, f32); 7] =
    [(0.25, 0.0), (0.30, 10.0), (0.36, 38.0), (0.42, 62.0), (0.50, 82.0), (0.60, 96.0), (0.70, 100.0)];
/// The score of an answer that only repeats the question or lists terms.
const EMPTY: f32 = 20.0;
/// The most that sentences in the question's own words can earn beside others.
const NAMED: f32 = 40.0;
/// A sentence less like anything asked for than this has left the question.
const FAR: f32 = 0.22;
/// From here on the answer counts as being about the question.
const ON_TOPIC: f32 = 65.0;

/// A sentence with the likenesses that matter.
#[derive(Clone, Copy)]
struct Near<'l, 'a> {
    line: &'l Line<'a>,
    vector: &'l [f32],
    /// To the question as spoken.
    question: f32,
    /// To whatever of question, outline and key points is closest.
    best: f32,
}

/// Grades relevance.
pub(super) fn relevance(question: &Question, answer: &Answer<'_>, vectors: &Vectors) -> Score {
    let lines = answer.lines.iter().enumerate();
    let all: Vec<Near<'_, '_>> = lines.map(|(index, line)| near(line, vectors, index)).collect();
    let (echoes, others): (Vec<_>, Vec<_>) = all.iter().copied().partition(|near| near.line.echo);
    let (lists, own): (Vec<_>, Vec<_>) = others.into_iter().partition(|near| near.line.is_list());

    let scale: &[(f32, f32)] = match question.kind {
        QuestionKind::Behavioural => &STORY,
        QuestionKind::Technical => &CRAFT,
    };
    let own_words: usize = own.iter().map(|near| near.line.words.len()).sum();
    let value = if own_words < FEWEST_WORDS || echoes.len() > own.len() {
        EMPTY
    } else {
        // Naming the topic in the question's words is worth something, but not much.
        let named = along(closeness(&all, vectors), scale).min(NAMED);
        along(closeness(&own, vectors), scale).max(named)
    };
    score(Dimension::Relevance, value, reasons(&own, &echoes, &lists, value), raise(question, &own, &echoes, value))
}

fn near<'l, 'a>(line: &'l Line<'a>, vectors: &'l Vectors, index: usize) -> Near<'l, 'a> {
    let vector = vectors.said(index);
    let question = likeness(vector, &vectors.question);
    let points = vectors.points.iter().flatten().map(|point| likeness(vector, point));
    let best = points.fold(question.max(likeness(vector, &vectors.strong)), f32::max);
    Near { line, vector, question, best }
}

/// The mean of the three likenesses.
fn closeness(own: &[Near<'_, '_>], vectors: &Vectors) -> f32 {
    let nearest = mean_of_best(own.iter().map(|near| near.question).collect(), 2);
    let whole = centre(own.iter().map(|near| near.vector));
    let rubric = likeness(&whole, &centre(vectors.points.iter().flatten().map(Vec::as_slice)));
    let half = mean_of_best(own.iter().map(|near| near.best).collect(), (own.len() / 2).max(1));
    (nearest + rubric + half) / 3.0
}

fn mean_of_best(mut values: Vec<f32>, most: usize) -> f32 {
    values.sort_by(|a, b| b.total_cmp(a));
    values.truncate(most);
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn nearest<'n, 'l, 'a>(own: &'n [Near<'l, 'a>]) -> Option<&'n Near<'l, 'a>> {
    own.iter().max_by(|a, b| (a.question + a.best).total_cmp(&(b.question + b.best)))
}

/// The sentence that left the question, if there are enough others.
fn strayed<'n, 'l, 'a>(own: &'n [Near<'l, 'a>]) -> Option<&'n Near<'l, 'a>> {
    let long = own.iter().filter(|near| near.line.words.len() >= 6);
    let furthest = long.min_by(|a, b| a.best.total_cmp(&b.best))?;
    (own.len() >= 3 && furthest.best < FAR).then_some(furthest)
}

fn reasons(own: &[Near<'_, '_>], echoes: &[Near<'_, '_>], lists: &[Near<'_, '_>], value: f32) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(nearest) = nearest(own) {
        let text = if value >= ON_TOPIC {
            "This sentence goes straight to what was asked."
        } else if value >= 30.0 {
            "This sentence comes closest to the question; most of the others stay at a distance."
        } else {
            "Even the sentence closest to the question is about something else."
        };
        reasons.push(shown(text, nearest.line));
    }
    if let Some(echo) = echoes.first() {
        let repeats = if echoes.len() == 1 { "repeats" } else { "repeat" };
        let text = format!(
            "{} {repeats} the question without adding to it.",
            capital(&count(echoes.len(), "sentence", "sentences"))
        );
        // Where nothing else was said, the repetition is the main finding.
        let place = if echoes.len() > own.len() { 0 } else { reasons.len() };
        reasons.insert(place, shown(text, echo.line));
    }
    if let Some(list) = lists.first() {
        reasons.push(shown("A list of terms names the topic without answering the question.", list.line));
    }
    if let Some(strayed) = strayed(own).filter(|_| value >= 30.0) {
        reasons.push(shown("This sentence is furthest from the question.", strayed.line));
    }
    reasons
}

fn raise(question: &Question, own: &[Near<'_, '_>], echoes: &[Near<'_, '_>], value: f32) -> String {
    let behavioural = question.kind == QuestionKind::Behavioural;
    let topic = &question.competency;
    if echoes.is_empty() && own.is_empty() {
        return "Turn the list into sentences: say of each term what you did or would do with it here.".to_owned();
    }
    if echoes.len() > own.len() {
        return if behavioural {
            "Keep the question’s own words to half a sentence, then tell what happened, step by step.".to_owned()
        } else {
            "Keep the question’s own words to half a sentence, then say what you would do and why.".to_owned()
        };
    }
    if value < 30.0 {
        return if behavioural {
            format!(
                "Start again from the question: choose one real occasion that shows {topic}, and name it in your first sentence."
            )
        } else {
            format!(
                "Start again from the question: it is about {topic}, so say in your first sentence what you would do there."
            )
        };
    }
    if let Some(strayed) = strayed(own) {
        return format!(
            "Leave out {} or say what it has to do with {topic}; the room is better spent on the question.",
            clip(strayed.line.sentence.text, 8)
        );
    }
    if value < ON_TOPIC {
        return if behavioural {
            format!("Say in your first sentence which occasion you chose and how it shows {topic}.")
        } else {
            format!(
                "Say in your first sentence what you would do, in words that fit {topic}, before you go into anything else."
            )
        };
    }
    "You stay with the question; end on a sentence that ties your answer back to it.".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::testing::{question, vectors};

    fn grade(answer: &str) -> Score {
        relevance(&question(), &Answer::new(answer).to(&question()), &vectors(&question(), answer))
    }

    #[test]
    fn repeating_the_question_is_no_answer() {
        let echo = format!("{} {}", question().text, question().text);
        let score = grade(&echo);
        assert!(score.value <= 20, "{score:?}");
        assert!(score.reasons[0].text.starts_with("Four sentences repeat the question"), "{score:?}");
        assert!(score.raise.starts_with("Keep the question’s own words"));
    }

    #[test]
    fn without_vectors_nothing_is_relevant() {
        let answer = "The garden was full of roses and bees all summer long.";
        let score = relevance(&question(), &Answer::new(answer), &Vectors::default());
        assert_eq!(score.value, 0);
        assert!(score.raise.contains(&question().competency));
    }
}
