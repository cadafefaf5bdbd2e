//! What a person chooses before an interview starts.

use serde::{Deserialize, Serialize};

use crate::question::QuestionKind;
use crate::{Error, Result};

/// Declares an enum whose members have a slug (stored, sent in forms) and a name (read by people).
macro_rules! choices {
    ($(#[$about:meta])* $type:ident, $field:literal, { $($member:ident = $slug:literal, $name:literal;)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $type { $(#[doc = $name] #[serde(rename = $slug)] $member,)+ }

        impl $type {
            /// All of them, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The word that is stored and sent in forms.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$member => $slug),+ }
            }

            /// The name as people read it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$member => $name),+ }
            }

            /// The member with this slug.
            pub fn parse(slug: &str) -> Result<Self> {
                match slug {
                    $($slug => Ok(Self::$member),)+
                    _ => Err(Error::invalid($field, concat!("Choose one of the offered values for “", $field, "”."))),
                }
            }
        }
    };
}

choices!(
    /// The job that is rehearsed for.
    JobRole, "role", {
        Backend = "backend", "Backend engineer";
        Frontend = "frontend", "Frontend engineer";
        Fullstack = "fullstack", "Full-stack engineer";
        DataAnalyst = "data-analyst", "Data analyst";
        DataScientist = "data-scientist", "Data scientist / ML engineer";
        Devops = "devops", "DevOps / SRE";
        ProductManager = "product-manager", "Product manager";
        CustomerSupport = "customer-support", "Customer support";
    }
);

choices!(
    /// How experienced the person is meant to be.
    Level, "level", {
        Entry = "entry", "Entry";
        Mid = "mid", "Mid";
        Senior = "senior", "Senior";
        Lead = "lead", "Lead";
    }
);

choices!(
    /// Which kind of questions are asked.
    Kind, "kind", {
        Mixed = "mixed", "Mixed";
        Behavioural = "behavioural", "Behavioural";
        Technical = "technical", "Technical";
    }
);

choices!(
    /// When feedback is given.
    Mode, "mode", {
        Study = "study", "Study: feedback after each answer";
        Real = "real", "Real: feedback at the end";
    }
);

impl Level {
    /// The question level (1 to 5) that the interview starts with.
    pub fn start(self) -> u8 {
        match self {
            Self::Entry => 1,
            Self::Mid => 2,
            Self::Senior => 3,
            Self::Lead => 4,
        }
    }

    /// The question levels between which it adapts.
    pub fn range(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Entry => 1..=3,
            Self::Mid => 1..=4,
            Self::Senior => 2..=5,
            Self::Lead => 3..=5,
        }
    }
}

impl Kind {
    /// The kind of the question at `position` (from 0); a mixed interview begins with
    /// experience and alternates.
    pub fn at(self, position: usize) -> QuestionKind {
        match self {
            Self::Behavioural => QuestionKind::Behavioural,
            Self::Technical => QuestionKind::Technical,
            Self::Mixed if position.is_multiple_of(2) => QuestionKind::Behavioural,
            Self::Mixed => QuestionKind::Technical,
        }
    }
}

/// A valid choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Setup {
    /// The job.
    pub role: JobRole,
    /// The experience.
    pub level: Level,
    /// The kind of questions.
    pub kind: Kind,
    /// When feedback comes.
    pub mode: Mode,
    /// How many questions: 3 to 10, follow-ups not counted.
    pub questions: u8,
    /// The text of a posting that steers the choice of questions.
    pub job_description: Option<String>,
}

impl Setup {
    /// Fewest and most questions.
    pub const QUESTIONS: std::ops::RangeInclusive<u8> = 3..=10;
    /// How many are offered first.
    pub const USUAL_QUESTIONS: u8 = 5;
    /// Longest job description, in characters.
    pub const JOB_DESCRIPTION: usize = 20_000;

    /// Checks the number of questions and the length of the job description; drops one that is
    /// blank, and NUL characters, which databases refuse.
    pub fn checked(mut self) -> Result<Self> {
        if !Self::QUESTIONS.contains(&self.questions) {
            return Err(Error::invalid("questions", "Choose between 3 and 10 questions."));
        }
        self.job_description =
            self.job_description.map(|text| text.replace('\0', " ").trim().to_owned()).filter(|text| !text.is_empty());
        let length = self.job_description.as_deref().map_or(0, |text| text.chars().count());
        if length > Self::JOB_DESCRIPTION {
            return Err(Error::invalid(
                "job_description",
                format!(
                    "The job description has {length} characters; up to 20,000 can be used. Keep the part about tasks and requirements."
                ),
            ));
        }
        Ok(self)
    }
}
