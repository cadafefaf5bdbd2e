//! What is chosen before an interview starts.

use domain::interview::{JobRole, Kind, Level, Mode, Setup};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use super::api::StartInterview;
use crate::ui::{Choice, FormError, Icon, RadioCards, SelectField, SubmitButton, TextAreaField, about, failure_of};

/// Fields that show their own message.
const FIELDS: [&str; 6] = ["role", "level", "kind", "questions", "mode", "job_description"];

/// The form; what the address says is chosen already.
#[component]
pub fn SetupForm(
    /// Starts the interview.
    start: ServerAction<StartInterview>,
    /// The address's query.
    chosen: ParamsMap,
) -> impl IntoView {
    let failure = failure_of(start);
    let chosen = move |field: &str| chosen.get(field).unwrap_or_default();
    let roles = JobRole::ALL.iter().map(|role| (role.slug().to_owned(), role.name().to_owned())).collect();
    let levels = Level::ALL.iter().map(|level| Choice::new(level.slug(), level.name(), level_hint(*level))).collect();
    let kinds = Kind::ALL.iter().map(|kind| Choice::new(kind.slug(), kind.name(), kind_hint(*kind))).collect();
    let modes = Mode::ALL.iter().map(|mode| mode_choice(*mode)).collect();
    let counts = Setup::QUESTIONS.map(|count| (count.to_string(), count_words(count))).collect();
    let role = JobRole::parse(&chosen("role")).map_or("", JobRole::slug);
    let level = Level::parse(&chosen("level")).unwrap_or(Level::Mid);
    let kind = Kind::parse(&chosen("kind")).unwrap_or(Kind::Mixed);
    let mode = Mode::parse(&chosen("mode")).unwrap_or(Mode::Study);
    let count = chosen("questions")
        .parse()
        .ok()
        .filter(|count| Setup::QUESTIONS.contains(count))
        .unwrap_or(Setup::USUAL_QUESTIONS);
    view! {
        <ActionForm action=start attr:class="grid gap-6">
            <FormError failure=failure fields=&FIELDS/>
            <SelectField label="Role" name="role" options=roles selected=role error=about(failure, "role")/>
            <RadioCards legend="Level" name="level" options=levels selected=level.slug() error=about(failure, "level") columns="sm:grid-cols-2"/>
            <RadioCards legend="Kind of questions" name="kind" options=kinds selected=kind.slug() error=about(failure, "kind")/>
            <SelectField label="Number of questions" name="questions" options=counts selected=count.to_string() error=about(failure, "questions")/>
            <RadioCards legend="Mode" name="mode" options=modes selected=mode.slug() error=about(failure, "mode") columns="sm:grid-cols-2"/>
            <TextAreaField
                label="Job description (optional)"
                name="job_description"
                rows=5
                hint="Paste the posting, up to 20,000 characters. Questions close to it are preferred. It is read on this machine only."
                error=about(failure, "job_description")
            />
            <div><SubmitButton pending=start.pending()>{Icon::Play.view()}"Start interview"</SubmitButton></div>
        </ActionForm>
    }
    .into_any()
}

fn level_hint(level: Level) -> &'static str {
    match level {
        Level::Entry => "First job in this field, or close to it",
        Level::Mid => "Ordinary problems on your own",
        Level::Senior => "Hard problems, and help for others",
        Level::Lead => "Designs to weigh, directions to set",
    }
}

fn kind_hint(kind: Kind) -> &'static str {
    match kind {
        Kind::Mixed => "Some of both, in turn",
        Kind::Behavioural => "Things that you have done",
        Kind::Technical => "The craft itself",
    }
}

/// The name of a mode is a word and, behind a colon, what it means.
fn mode_choice(mode: Mode) -> Choice {
    let (word, meaning) = mode.name().split_once(": ").unwrap_or((mode.name(), ""));
    let mut hint = meaning.to_owned();
    if let Some(first) = hint.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Choice::new(mode.slug(), word, hint)
}

/// Five minutes a question, with its follow-ups, is what people take.
fn count_words(count: u8) -> String {
    format!("{count} questions, about {} minutes", u16::from(count) * 5)
}
