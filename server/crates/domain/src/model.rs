//! Models: what they are for, which are here, and what they are doing. Sizes are in bytes.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::generation::DailyUse;
use crate::{Error, Result};

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelRole {
    /// Long answers that need care.
    Reasoning,
    /// Short wording, soon.
    Fast,
    /// Program text.
    Coding,
    /// Vectors of texts.
    Embedding,
}

impl ModelRole {
    /// The roles of models that write.
    pub const WRITING: [Self; 3] = [Self::Fast, Self::Reasoning, Self::Coding];

    /// The word in configuration, addresses and tables.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Reasoning => "reasoning",
            Self::Fast => "fast",
            Self::Coding => "coding",
            Self::Embedding => "embedding",
        }
    }
}

impl FromStr for ModelRole {
    type Err = Error;

    fn from_str(slug: &str) -> Result<Self> {
        let roles = [Self::Reasoning, Self::Fast, Self::Coding, Self::Embedding];
        let unknown = || Error::invalid("role", "There is no such role. Reload the page and choose again.");
        roles.into_iter().find(|role| role.slug() == slug).ok_or_else(unknown)
    }
}

/// What an administrator sees of the models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelsView {
    /// Those of the manifest, in its order, and the operator's own files that have a role.
    pub models: Vec<ModelView>,
    /// Which model has which role that writes; nothing for the built-in coach.
    pub roles: Vec<(ModelRole, Option<String>)>,
    /// Where the models run if that is elsewhere: then roles cannot be chosen here.
    pub elsewhere: Option<String>,
    /// The memory for models.
    pub memory: Memory,
    /// Free bytes where models are installed.
    pub disk: u64,
}

/// A model and whether it is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelView {
    /// Its name.
    pub name: String,
    /// What it was made for.
    pub role: ModelRole,
    /// SPDX identifier; empty for the operator's own files.
    pub licence: String,
    /// One sentence for the person who chooses.
    pub about: String,
    /// Of the installed file, about.
    pub size: u64,
    /// What it takes when it is loaded, about.
    pub memory: u64,
    /// The most tokens that it reads at once.
    pub context: u32,
    /// Whether it is here.
    pub state: ModelState,
    /// Whether it is in memory now.
    pub loaded: bool,
}

/// Whether a model is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ModelState {
    /// It is not.
    Absent,
    /// It is, with this sha256.
    Installed(String),
    /// A part of it is, or it was changed; the sentences say what is wrong and what to do.
    Damaged(String),
    /// It is being fetched.
    Pulling(Pull),
    /// Fetching it failed, for a reason that says what to do.
    Failed(String),
}

/// How far a pull is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pull {
    /// What happens now, as a short sentence.
    pub step: String,
    /// Bytes that are here.
    pub done: u64,
    /// Bytes in all; 0 while that is not known.
    pub total: u64,
    /// Bytes a second, lately.
    pub rate: u64,
}

/// The memory for models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Memory {
    /// What the machine or its container has.
    pub present: u64,
    /// What models may take together.
    pub limit: u64,
    /// What those that are loaded take, about.
    pub taken: u64,
}

/// What an administrator sees of the work of the models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InferenceView {
    /// The models that are in memory.
    pub loaded: Vec<Loaded>,
    /// The servers elsewhere.
    pub endpoints: Vec<EndpointView>,
    /// How often the process of the models was started again; nothing if they run in this one.
    pub restarts: Option<u64>,
    /// The memory for models.
    pub memory: Memory,
    /// What was used lately, by day, feature and model.
    pub used: Vec<DailyUse>,
}

/// A server elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndpointView {
    /// Its address.
    pub address: String,
    /// Whether it answered when it was last asked.
    pub healthy: bool,
    /// Requests on their way.
    pub running: u32,
}

/// A model in memory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Loaded {
    /// Its name.
    pub model: String,
    /// What it takes, about.
    pub memory: u64,
    /// Seconds since it was last used.
    pub idle: u64,
    /// What it does.
    pub figures: Figures,
}

/// What an engine does now, and what it did since it was started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Answers that are being read or written.
    pub running: u32,
    /// Answers that can be at once.
    pub places: u32,
    /// Requests that wait.
    pub waiting: u32,
    /// Requests that may wait.
    pub queue: u32,
    /// Tokens of prompts that are read in a second; 0 before any was.
    pub reading: f32,
    /// Tokens that each answer gains in a second; 0 before any did.
    pub writing: f32,
    /// Tokens that the memory of conversations holds.
    pub cells: u64,
    /// Tokens that it can hold.
    pub most_cells: u64,
    /// Bytes of conversations that had to leave the memory and are put aside.
    pub aside: u64,
    /// Bytes that may be.
    pub most_aside: u64,
    /// Tokens that were brought back from there.
    pub restored: u64,
    /// Requests that were taken in.
    pub requests: u64,
    /// Tokens of their prompts.
    pub prompt: u64,
    /// Those of them that had been read before.
    pub reused: u64,
    /// Tokens that were written.
    pub written: u64,
    /// Requests that were turned away because there was too much to do.
    pub refused: u64,
    /// Answers that ended because they took too long.
    pub late: u64,
    /// Answers that failed.
    pub failed: u64,
    /// Answers whose reader left.
    pub left: u64,
}

/// Where a request stands that waits for a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// Requests that will be served before it.
    pub ahead: u32,
    /// Seconds until its first word, about.
    pub seconds: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.ahead {
            0 => f.write_str("Yours is the next request"),
            1 => f.write_str("One request is before yours"),
            ahead => write!(f, "{ahead} requests are before yours"),
        }?;
        write!(f, "; the first word comes in about {} s.", self.seconds.max(1))
    }
}

/// A part of what a model says when it is tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tried {
    /// It waits for others.
    Waiting(Place),
    /// Text as it is written.
    Text(String),
    /// The end.
    End {
        /// Tokens that were read.
        read: u32,
        /// Tokens that were written.
        written: u32,
        /// Seconds until the first token.
        first: f32,
        /// Tokens a second from there on.
        rate: f32,
    },
    /// What went wrong.
    Error(String),
}
