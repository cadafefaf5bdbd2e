//! Whether scores agree with people: answers that were judged by hand before they were scored,
//! in `calibration/*.toml`.
//!
//! `calibration/vectors.txt` holds the sentence vectors of all-MiniLM-L6-v2 for every text, one a
//! line: the FNV-1a hash of the text, a space, and one character for each number, whose code less
//! 80 is the number times 180. After changing a question or an answer, run the ignored test
//! `texts_to_embed`, embed what it prints and write the file anew; the ignored test `table` prints
//! all scores, and with `REASONS=1` every word of the feedback.

#![allow(clippy::unwrap_used, reason = "a test may fail where it likes")]

use std::{collections::HashMap, fmt::Write as _, fs, path::Path};

use domain::{
    feedback::{Covered, Dimension, Feedback, Grade, Vectors, assess},
    question::Question,
};
use serde::Deserialize;

/// One file: a question with its answers.
#[derive(Deserialize)]
struct Case {
    /// Kept apart while thresholds were chosen, so that it tells whether they hold elsewhere.
    #[serde(default)]
    held_out: bool,
    question: Question,
    answer: Vec<Answer>,
}

/// An answer as people judged it.
#[derive(Deserialize)]
struct Answer {
    name: String,
    /// 5 strong, 4 good, 3 middling, 2 weak, 1 off topic or empty.
    tier: u8,
    /// For each key point "full", "partly" or "no".
    says: Vec<String>,
    text: String,
}

/// An answer with what came of grading it.
struct Judged {
    held_out: bool,
    question: String,
    answer: Answer,
    feedback: Feedback,
}

impl Judged {
    fn value(&self, dimension: Dimension) -> u8 {
        self.feedback.score(dimension).unwrap().value
    }

    fn name(&self) -> String {
        format!("{}, {}", self.question, self.answer.name)
    }

    fn is_off_topic(&self) -> bool {
        self.answer.name.starts_with("off-topic")
    }
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calibration")
}

fn cases() -> Vec<Case> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    files.iter().map(read).collect()
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn stored() -> HashMap<u64, Vec<f32>> {
    let file = fs::read_to_string(folder().join("vectors.txt")).unwrap_or_default();
    let vector = |code: &str| {
        let numbers: Vec<f32> = code.bytes().map(|byte| (f32::from(byte) - 80.0) / 180.0).collect();
        let length = numbers.iter().map(|x| x * x).sum::<f32>().sqrt();
        numbers.iter().map(|x| x / length).collect()
    };
    let line =
        |line: &str| line.split_once(' ').map(|(hash, code)| (u64::from_str_radix(hash, 16).unwrap(), vector(code)));
    file.lines().filter_map(line).collect()
}

fn judged() -> Vec<Judged> {
    let stored = stored();
    let embed = |text: &str| {
        let known = stored.get(&hash(text)).cloned();
        known.unwrap_or_else(|| panic!("no vector for “{text}”; see the top of this file"))
    };
    let mut judged = Vec::new();
    for case in cases() {
        for answer in case.answer {
            let flat = Vectors::texts(&case.question, &answer.text).into_iter().map(embed).collect();
            let vectors = Vectors::from_flat(&case.question, &answer.text, flat).unwrap();
            let Grade::Graded(feedback) = assess(&case.question, &answer.text, &vectors) else {
                panic!("{} was not graded", answer.name);
            };
            judged.push(Judged { held_out: case.held_out, question: case.question.id.clone(), answer, feedback });
        }
    }
    judged
}

fn covered(covered: Covered) -> &'static str {
    match covered {
        Covered::Fully => "full",
        Covered::Partly => "partly",
        Covered::Missing => "no",
    }
}

/// The best answer to every other question than the one asked: relevance and coverage of each.
fn foreign() -> Vec<(u8, u8, String)> {
    let stored = stored();
    let cases = cases();
    let mut found = Vec::new();
    for case in &cases {
        for other in cases.iter().filter(|other| other.question.id != case.question.id) {
            for answer in other.answer.iter().take(1) {
                let texts = Vectors::texts(&case.question, &answer.text).into_iter();
                let flat = texts.map(|text| stored[&hash(text)].clone()).collect();
                let vectors = Vectors::from_flat(&case.question, &answer.text, flat).unwrap();
                if let Grade::Graded(feedback) = assess(&case.question, &answer.text, &vectors) {
                    let value = |dimension| feedback.score(dimension).unwrap().value;
                    let pair = format!("{}, {} to {}", other.question.id, answer.name, case.question.id);
                    found.push((value(Dimension::Relevance), value(Dimension::Coverage), pair));
                }
            }
        }
    }
    found
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}

#[test]
fn a_good_answer_is_far_more_relevant_than_an_off_topic_one() {
    let judged = judged();
    let mut gaps = Vec::new();
    for good in judged.iter().filter(|one| one.answer.tier >= 4) {
        for off in judged.iter().filter(|one| one.question == good.question && one.is_off_topic()) {
            let gap = f32::from(good.value(Dimension::Relevance)) - f32::from(off.value(Dimension::Relevance));
            assert!(gap >= 40.0, "{} against {}: {gap}", good.name(), off.name());
            gaps.push(gap);
        }
    }
    assert!(gaps.len() >= 18 && mean(gaps.iter().copied()) >= 70.0, "{gaps:?}");
}

#[test]
fn overall_scores_order_answers_as_people_do() {
    let judged = judged();
    let (mut right, mut all) = (0, 0);
    for one in &judged {
        for other in judged.iter().filter(|o| o.question == one.question && o.answer.tier < one.answer.tier) {
            let gap = i16::from(one.feedback.overall) - i16::from(other.feedback.overall);
            if one.answer.tier >= 4 && other.answer.tier <= 2 {
                assert!(gap >= 10, "{} against {}: {gap}", one.name(), other.answer.name);
            }
            all += 1;
            right += i32::from(gap > 0);
        }
    }
    assert!(right * 100 >= all * 93, "{right} of {all} pairs");
}

#[test]
fn answers_without_substance_score_low_however_well_they_are_told() {
    for one in judged().iter().filter(|one| one.answer.tier == 1 || one.answer.name == "stuffed") {
        assert!(one.feedback.overall <= 20, "{}: {}", one.name(), one.feedback.overall);
    }
}

#[test]
fn coverage_agrees_with_people() {
    let expected = |one: &Judged| {
        let points = || one.feedback.points.iter().zip(&one.answer.says);
        let credit = |says: &str| match says {
            "full" => 1.0,
            "partly" => 0.5,
            _ => 0.0,
        };
        let earned: f32 = points().map(|(point, says)| f32::from(point.weight) * credit(says)).sum();
        100.0 * earned / points().map(|(point, _)| f32::from(point.weight)).sum::<f32>()
    };
    let judged = judged();
    for held_out in [false, true] {
        let some = judged.iter().filter(|one| one.held_out == held_out);
        let error = mean(some.map(|one| (expected(one) - f32::from(one.value(Dimension::Coverage))).abs()));
        assert!(error <= 13.0, "held out {held_out}: {error}");
    }
}

#[test]
fn answers_to_other_questions_cover_next_to_nothing() {
    let foreign = foreign();
    for (behavioural, most) in [(true, 16.0), (false, 3.0)] {
        let some = foreign.iter().filter(|(_, _, pair)| pair.contains(" to behavioural") == behavioural);
        let coverage = mean(some.map(|(_, coverage, _)| f32::from(*coverage)));
        assert!(coverage <= most, "behavioural {behavioural}: {coverage}");
    }
}

#[test]
fn the_wording_is_calm_and_complete() {
    for one in judged() {
        let feedback = &one.feedback;
        let scores = feedback.scores.iter();
        let said = scores.flat_map(|s| s.reasons.iter().map(|r| r.text.clone()).chain([s.raise.clone()]));
        for text in said.chain([feedback.strength.text.clone()]) {
            assert!(text.ends_with(['.', '”']) && !text.contains('!') && !text.contains("  "), "{text}");
            assert!(text.starts_with(|c: char| c.is_uppercase() || c == '“' || c.is_numeric()), "{text}");
        }
    }
}

#[test]
fn a_long_answer_is_graded_within_a_second() {
    let all = judged();
    let longest = all.iter().max_by_key(|one| one.answer.text.len()).unwrap();
    let case = cases().into_iter().find(|case| case.question.id == longest.question).unwrap();
    let stored = stored();
    let texts = Vectors::texts(&case.question, &longest.answer.text).into_iter();
    let flat = texts.map(|text| stored[&hash(text)].clone()).collect();
    let vectors = Vectors::from_flat(&case.question, &longest.answer.text, flat).unwrap();
    let took = || {
        let start = std::time::Instant::now();
        assess(&case.question, &longest.answer.text, &vectors);
        start.elapsed().as_millis()
    };
    // Best of five, since other tests run beside this one; embedding the sentences comes on top.
    let best = (0..5).map(|_| took()).min().unwrap();
    assert!(best < 500, "{best} ms");
}

#[test]
#[ignore = "prints the texts whose vectors belong into vectors.txt, as JSON"]
fn texts_to_embed() {
    let mut texts: Vec<String> = Vec::new();
    for case in cases() {
        for answer in &case.answer {
            texts.extend(Vectors::texts(&case.question, &answer.text).into_iter().map(str::to_owned));
        }
    }
    texts.sort();
    texts.dedup();
    println!("{}", serde_json::to_string(&texts).unwrap());
}

#[test]
#[ignore = "prints all scores"]
fn table() {
    let mut out = String::new();
    let mut question = String::new();
    for one in judged() {
        if one.question != question {
            question.clone_from(&one.question);
            writeln!(out, "\n{question}").unwrap();
        }
        write!(out, "{} {:24} {:3} |", one.answer.tier, one.answer.name, one.feedback.overall).unwrap();
        for dimension in Dimension::ALL {
            write!(out, " {:.3} {:3}", dimension.name(), one.value(dimension)).unwrap();
        }
        for (point, says) in one.feedback.points.iter().zip(&one.answer.says) {
            write!(out, " {}/{} {:.2}", says, covered(point.covered), point.strength).unwrap();
        }
        writeln!(out).unwrap();
        if std::env::var_os("REASONS").is_some() {
            let said = |reason: &domain::feedback::Reason| match &reason.quote {
                Some(quote) => format!("{} <{}>", reason.text, quote.text),
                None => reason.text.clone(),
            };
            writeln!(out, "    + {}", said(&one.feedback.strength)).unwrap();
            for score in &one.feedback.scores {
                for reason in &score.reasons {
                    writeln!(out, "    {:.4}: {}", score.dimension.name(), said(reason)).unwrap();
                }
                writeln!(out, "    {:.4}: -> {}", score.dimension.name(), score.raise).unwrap();
            }
        }
    }
    println!("{out}");
    let mut foreign = foreign();
    foreign.sort_by_key(|(relevance, coverage, _)| std::cmp::Reverse(relevance + coverage));
    for (relevance, coverage, pair) in foreign.iter().take(30) {
        println!("relevance {relevance:3}, coverage {coverage:3}: {pair}");
    }
}
