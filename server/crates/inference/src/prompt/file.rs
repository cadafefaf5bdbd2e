//! The prompt file: what it must be, and how it is filled.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domain::model::ModelRole;
use minijinja::{Environment, UndefinedBehavior};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{PromptError, untrusted::block};
use crate::{Message, Request, Sampling};

/// A variable of a task, as the file declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variable {
    /// `"text"`: words that the product wrote, put in as they are.
    Text,
    /// `"number"`: put in as it is.
    Number,
    /// `{ untrusted = N }`: anybody's words, put in as a block of at most N characters.
    Untrusted(usize),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    id: String,
    version: u32,
    role: ModelRole,
    max_tokens: u32,
    /// All of them, if it is missing.
    least_tokens: Option<u32>,
    /// What suits the role, if it is missing.
    temperature: Option<f32>,
    system: String,
    task: BTreeMap<String, Task>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Task {
    user: String,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
}

/// A prompt file, whatever its variables are. Services use [`super::Prompt`], which knows them.
#[derive(Debug)]
pub struct PromptFile {
    id: String,
    version: u32,
    /// Both together, as requests carry them.
    name: &'static str,
    role: ModelRole,
    max_tokens: u32,
    least_tokens: u32,
    temperature: f32,
    system: String,
    tasks: BTreeMap<String, Task>,
    templates: Environment<'static>,
}

impl PromptFile {
    /// Reads a prompt file and checks what can be checked without its variables. A file is read
    /// once in a process: its name is kept for good.
    ///
    /// # Errors
    /// Says what is wrong: an unknown or missing key, a variable that is used but not declared or
    /// declared but not used, an untrusted variable that does not stand alone on one line.
    pub fn parse(text: &str) -> Result<Self, PromptError> {
        let layout: Layout =
            toml::from_str(text).map_err(|error| PromptError(format!("A prompt file cannot be read: {error}")))?;
        let mut templates = Environment::empty();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut file = Self {
            name: String::leak(format!("{} {}", layout.id, layout.version)),
            id: layout.id,
            version: layout.version,
            role: layout.role,
            max_tokens: layout.max_tokens,
            least_tokens: layout.least_tokens.unwrap_or(layout.max_tokens),
            temperature: layout.temperature.unwrap_or(Sampling::of(layout.role).temperature),
            system: layout.system.trim().to_owned(),
            tasks: layout.task,
            templates,
        };
        file.check()?;
        for (name, task) in &file.tasks {
            let added = file.templates.add_template_owned(name.clone(), task.user.trim().to_owned());
            added.map_err(|error| file.mistake_in(name, &format!("is no template: {error}")))?;
            file.check_task(name, task)?;
        }
        Ok(file)
    }

    fn check(&self) -> Result<(), PromptError> {
        let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let wrong = if self.id.is_empty() || !self.id.chars().all(is_good) {
            "needs an id of small letters, digits and hyphens"
        } else if self.version == 0 {
            "needs a version of 1 or more"
        } else if self.max_tokens == 0 || !(1..=self.max_tokens).contains(&self.least_tokens) {
            "needs max_tokens above 0, and least_tokens from 1 up to that"
        } else if !(0.0..=2.0).contains(&self.temperature) {
            "needs a temperature from 0 to 2"
        } else if self.system.is_empty() || self.system.contains("{{") || self.system.contains("{%") {
            "needs a system text, without variables: engines read it once for all conversations"
        } else if self.tasks.is_empty() {
            "needs a task"
        } else {
            return Ok(());
        };
        Err(self.mistake(wrong.to_owned()))
    }

    fn check_task(&self, name: &str, task: &Task) -> Result<(), PromptError> {
        let used = self.undeclared(&task.user).map_err(|error| self.mistake_in(name, &error.to_string()))?;
        let used: BTreeSet<_> = used.iter().map(String::as_str).collect();
        let declared: BTreeSet<_> = task.variables.keys().map(String::as_str).collect();
        if let Some(variable) = used.difference(&declared).next() {
            return Err(self.mistake_in(name, &format!("uses {variable}, which it does not declare")));
        }
        if let Some(variable) = declared.difference(&used).next() {
            return Err(self.mistake_in(name, &format!("declares {variable}, which it does not use")));
        }
        if task.user.lines().any(|line| line.trim_start().starts_with(['<', '|'])) {
            return Err(self.mistake_in(name, "has marks of its own; blocks are made from untrusted variables alone"));
        }
        for (variable, kind) in &task.variables {
            let alone = format!("{{{{ {variable} }}}}");
            let (lines, rest): (Vec<_>, Vec<_>) = task.user.lines().partition(|line| *line == alone);
            let nowhere_else = self.undeclared(&rest.join("\n")).is_ok_and(|used| !used.contains(variable));
            if matches!(kind, Variable::Untrusted(_)) && !(lines.len() == 1 && nowhere_else) {
                return Err(self.mistake_in(name, &format!("must have “{alone}” once, as a line of its own")));
            }
        }
        Ok(())
    }

    fn undeclared(&self, template: &str) -> Result<HashSet<String>, minijinja::Error> {
        Ok(self.templates.template_from_str(template)?.undeclared_variables(false))
    }

    /// Its identifier: small letters, digits and hyphens.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Counted up with every change, from 1.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The role of the models that it is written for.
    pub fn role(&self) -> ModelRole {
        self.role
    }

    /// The instructions that every conversation by this prompt begins with.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The tasks by name, each with its variables by name.
    pub fn tasks(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, Variable>)> {
        self.tasks.iter().map(|(name, task)| (name.as_str(), &task.variables))
    }

    /// The conversation that asks for `task`: the system text, and the task's text filled with
    /// `values`, in which an untrusted text is what [`super::Untrusted`] serialises to.
    ///
    /// # Errors
    /// When there is no such task, or `values` are not exactly its variables.
    pub fn request(&self, task: &str, values: &Map<String, Value>, seed: u32) -> Result<Request, PromptError> {
        let variables = &self.tasks.get(task).ok_or_else(|| self.mistake(format!("has no task {task}")))?.variables;
        if let Some(value) = values.keys().find(|name| !variables.contains_key(*name)) {
            return Err(self.mistake_in(task, &format!("has no variable {value}")));
        }
        let filling = variables.iter().map(|(name, kind)| {
            let value = values.get(name).ok_or_else(|| self.mistake_in(task, &format!("is given no {name}")))?;
            let filling = filling(name, *kind, value);
            let filling = filling.ok_or_else(|| self.mistake_in(task, &format!("is given no {kind:?} as {name}")))?;
            Ok((name.as_str(), filling))
        });
        let filling = filling.collect::<Result<Vec<_>, _>>()?;
        let template = self.templates.get_template(task);
        let user = template.and_then(|template| template.render(minijinja::Value::from_pairs(filling)));
        let user = user.map_err(|error| self.mistake_in(task, &format!("cannot be filled: {error}")))?;
        Ok(Request {
            max_tokens: self.max_tokens,
            least_tokens: self.least_tokens,
            temperature: self.temperature,
            prompt: self.name,
            ..Request::new(self.role, vec![Message::system(self.system.as_str()), Message::user(user)], seed)
        })
    }

    pub(super) fn mistake(&self, what: String) -> PromptError {
        PromptError(format!("The prompt {} {what}.", self.name))
    }

    fn mistake_in(&self, task: &str, what: &str) -> PromptError {
        self.mistake(format!("with the task {task} {what}"))
    }
}

/// What stands in the prompt for a value; `None` if it is of another type.
fn filling(name: &str, kind: Variable, value: &Value) -> Option<minijinja::Value> {
    match (kind, value) {
        (Variable::Text, Value::String(text)) => Some(text.as_str().into()),
        (Variable::Number, Value::Number(number)) => {
            number.as_i64().map(minijinja::Value::from).or_else(|| number.as_f64().map(minijinja::Value::from))
        }
        (Variable::Untrusted(most), Value::Object(fields)) if fields.len() == 1 => {
            fields.get("untrusted").and_then(Value::as_str).map(|text| block(name, text, most).into())
        }
        _ => None,
    }
}
