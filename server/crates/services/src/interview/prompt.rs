//! What a model is asked to word: the prompt `interview-wording` with its variables.

use std::sync::LazyLock;

use domain::account::Viewer;
use domain::interview::{Message, MessageKind, Setup};
use domain::model::ModelRole;
use inference::Request;
use inference::prompt::{Prompt, PromptError, Untrusted, Variables};
use serde::Serialize;

/// Read once. The file is part of the program and tested, so a mistake in it is a mistake of the build.
static PROMPT: LazyLock<Prompt<Wording>> =
    LazyLock::new(|| Prompt::load(knowledge::prompts::INTERVIEW_WORDING).unwrap_or_else(|mistake| panic!("{mistake}")));

/// The system prompts that interviews use, for engines that prepare them.
pub static SYSTEM_PROMPTS: LazyLock<[&'static str; 1]> = LazyLock::new(|| [LazyLock::force(&PROMPT).system()]);

/// The role of the models that word what the coach says.
pub(super) fn role() -> ModelRole {
    PROMPT.role()
}

/// What is to be said. What the person wrote, their name included, is untrusted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Wording {
    Greeting {
        name: Untrusted,
        role: &'static str,
        level: &'static str,
        count: u8,
    },
    /// Leads to question `number` of `count`, which is `question`.
    Bridge {
        answer: Untrusted,
        question: String,
        number: u32,
        count: u8,
    },
    FollowUp {
        answer: Untrusted,
        question: String,
    },
    Closing {
        name: Untrusted,
        role: &'static str,
    },
}

impl Variables for Wording {
    fn examples() -> Vec<Self> {
        let (name, answer) = (Untrusted::new("Ada"), Untrusted::new("I measured it first."));
        let (role, level, question) = ("Backend developer", "Mid", "How do you find a slow query?".to_owned());
        vec![
            Self::Greeting { name: name.clone(), role, level, count: 5 },
            Self::Bridge { answer: answer.clone(), question: question.clone(), number: 2, count: 5 },
            Self::FollowUp { answer, question },
            Self::Closing { name, role },
        ]
    }
}

/// Asks for the wording of `message`, which follows `answer`. Each `seed` gives its own.
pub(super) fn request(
    message: &Message,
    setup: &Setup,
    viewer: &Viewer,
    answer: &str,
    seed: u32,
) -> Result<Request, PromptError> {
    let (name, answer) = (Untrusted::new(&viewer.name), Untrusted::new(answer));
    let question = message.question.clone().unwrap_or_default();
    let (role, level, count) = (setup.role.name(), setup.level.name(), setup.questions);
    let wording = match message.kind {
        MessageKind::Greeting => Wording::Greeting { name, role, level, count },
        MessageKind::FollowUp => Wording::FollowUp { answer, question },
        MessageKind::Closing => Wording::Closing { name, role },
        _ => Wording::Bridge { answer, question, number: message.position + 1, count },
    };
    let request = PROMPT.request(&wording, seed)?;
    Ok(Request { person: viewer.id.to_string(), feature: "interview", ..request })
}
