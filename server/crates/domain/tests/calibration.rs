//! Whether scores agree with people: answers that were judged by hand before they were scored,
//! in `calibration/*.toml`.
//!
//! `calibration/vectors.txt` holds the sentence vectors of all-MiniLM-L6-v2 for every text, one a
//! line: the FNV-1a hash of the text, a space, and one character for each number, whose code less
//! 80 is the number times 180. After changing a question or an answer, run the ignored test
//! `texts_to_embed`, embed what it prints and write the file anew; the ignored test `table` prints
//! all scores.

use std::{collections::HashMap, fmt::Write as _, fs, path::Path};

use domain::{
    feedback::{Covered, Dimension, Feedback, Grade, Vectors, assess},
    question::Question,
};
use serde::Deserialize;

/// One file: a question with its answers.
#[derive(Deserialize)]
struct Case {
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
            judged.push(Judged { question: case.question.id.clone(), answer, feedback });
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
    let mut confusion: HashMap<(bool, String, &str), usize> = HashMap::new();
    for one in judged() {
        for (point, says) in one.feedback.points.iter().zip(&one.answer.says) {
            *confusion
                .entry((one.question.starts_with("behavioural"), says.clone(), covered(point.covered)))
                .or_default() += 1;
        }
    }
    for kind in [true, false] {
        for says in ["full", "partly", "no"] {
            let row = ["full", "partly", "no"]
                .map(|found| confusion.get(&(kind, says.to_owned(), found)).copied().unwrap_or(0));
            println!("behavioural {kind} judged {says}: found {row:?}");
        }
    }
    let mut foreign: Vec<(u8, u8, String)> = foreign();
    foreign.sort_by_key(|(relevance, coverage, _)| std::cmp::Reverse((*coverage, *relevance)));
    for kind in [true, false] {
        let all: Vec<u8> = foreign.iter().filter(|f| f.2.contains("to behavioural") == kind).map(|f| f.1).collect();
        println!(
            "behavioural {kind} foreign coverage mean {}",
            all.iter().map(|c| f32::from(*c)).sum::<f32>() / all.len() as f32
        );
    }
    for (relevance, coverage, pair) in foreign.iter().filter(|f| f.0 > 30 || f.1 > 0) {
        println!("{relevance:3} {coverage:3} {pair}");
    }
}

/// Relevance and coverage of every answer held against the other questions.
fn foreign() -> Vec<(u8, u8, String)> {
    let stored = stored();
    let cases = cases();
    let mut found = Vec::new();
    for case in &cases {
        for other in cases.iter().filter(|other| other.question.id != case.question.id) {
            for answer in &other.answer {
                let texts = Vectors::texts(&case.question, &answer.text).into_iter();
                let flat = texts.map(|text| stored[&hash(text)].clone()).collect();
                let vectors = Vectors::from_flat(&case.question, &answer.text, flat).unwrap();
                if let Grade::Graded(feedback) = assess(&case.question, &answer.text, &vectors) {
                    let value = |dimension| feedback.score(dimension).unwrap().value;
                    let pair = format!("{} to {}", answer.name, case.question.id);
                    found.push((value(Dimension::Relevance), value(Dimension::Coverage), pair));
                }
            }
        }
    }
    found
}

#[test]
#[ignore]
fn loss() {
    let mut mae = [(0.0f32, 0.0f32); 2];
    for one in judged() {
        let k = usize::from(one.question.starts_with("behavioural"));
        let (mut e, mut t) = (0.0, 0.0);
        for (point, says) in one.feedback.points.iter().zip(&one.answer.says) {
            let w = f32::from(point.weight);
            t += w;
            e += w * match says.as_str() { "full" => 1.0, "partly" => 0.5, _ => 0.0 };
        }
        mae[k].0 += (100.0 * e / t - f32::from(one.value(Dimension::Coverage))).abs();
        mae[k].1 += 1.0;
    }
    let foreign = foreign();
    for kind in [false, true] {
        let all: Vec<u8> = foreign.iter().filter(|f| f.2.contains("to behavioural") == kind).map(|f| f.1).collect();
        println!("behavioural {kind} MAE {:.1} foreign {:.1}", mae[usize::from(kind)].0 / mae[usize::from(kind)].1, all.iter().map(|c| f32::from(*c)).sum::<f32>() / all.len() as f32);
    }
}
