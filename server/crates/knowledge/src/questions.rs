//! The question bank.

use std::sync::OnceLock;

use domain::question::Question;
use serde::Deserialize;

/// The files of the bank by topic.
const FILES: &[(&str, &str)] = &[
    ("backend", include_str!("../data/questions/backend.toml")),
    ("behavioural-people", include_str!("../data/questions/behavioural-people.toml")),
    ("behavioural-self", include_str!("../data/questions/behavioural-self.toml")),
    ("behavioural-work", include_str!("../data/questions/behavioural-work.toml")),
    ("customer-support", include_str!("../data/questions/customer-support.toml")),
    ("data-analyst", include_str!("../data/questions/data-analyst.toml")),
    ("data-scientist", include_str!("../data/questions/data-scientist.toml")),
    ("devops", include_str!("../data/questions/devops.toml")),
    ("frontend", include_str!("../data/questions/frontend.toml")),
    ("fullstack", include_str!("../data/questions/fullstack.toml")),
    ("product-manager", include_str!("../data/questions/product-manager.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lang: String,
    question: Vec<Question>,
}

/// All questions of one language.
pub struct Bank {
    questions: Vec<Question>,
}

impl Bank {
    /// The questions, file by file.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    fn parse(lang: &str) -> Self {
        let questions = FILES
            .iter()
            .map(|(topic, text)| {
                toml::from_str::<File>(text).unwrap_or_else(|error| panic!("questions/{topic}.toml: {error}"))
            })
            .filter(|file| file.lang == lang)
            .flat_map(|file| file.question)
            .collect();
        Self { questions }
    }
}

/// The English questions, read once. The files are part of the program and tested, so a mistake
/// in them is a mistake of the build.
pub fn bank() -> &'static Bank {
    static ENGLISH: OnceLock<Bank> = OnceLock::new();
    ENGLISH.get_or_init(|| Bank::parse("en"))
}
