//! Templates of mails: data files, filled from the fields of a [`Letter`], as text and as HTML.
//!
//! ```toml
//! id = "verify-address"           # the variant of Letter, in kebab case
//! version = 1                     # counted up with every change
//! lang = "en"
//! about = "When it is sent, in a sentence for administrators."
//! subject = "Confirm your e-mail address"
//! paragraphs = ["Each one is a paragraph, with {{ hours }} and the like in it."]
//! after = ["What stands below the button."]
//!
//! [button]                        # one at most
//! words = "Confirm address"
//! link = "link"                   # the name of a variable
//!
//! [aside]                         # another link, in small, if it needs one
//! words = "Turn this mail off"
//! link = "settings"
//!
//! [variables]
//! link = "link"                   # a page of this site, for button and aside alone
//! hours = "number"
//! browser = "text"
//! ```
//!
//! What a variable says is text in both forms: the layout escapes the whole paragraph for HTML. To
//! add a mail: a file in `knowledge`, a variant of [`Letter`] and its example.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::Letter;

/// Subjects have fewer characters: phones cut the rest.
const LONGEST_SUBJECT: usize = 60;
/// Characters on a line of plain text, if its words allow.
const WIDTH: usize = 72;

/// What is wrong with a template, or with what it is to be filled with, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError(String);

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TemplateError {}

type Result<T> = std::result::Result<T, TemplateError>;

/// A variable of a template, as its file declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Variable {
    Text,
    Number,
    Link,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    version: u32,
    lang: String,
    about: String,
    subject: String,
    paragraphs: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
    button: Option<Anchor>,
    aside: Option<Anchor>,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Anchor {
    words: String,
    link: String,
}

/// A filled template.
#[derive(Clone, PartialEq, Eq)]
pub struct Filled {
    /// The template's name.
    pub template: String,
    /// The subject, on one line.
    pub subject: String,
    /// The words as plain text.
    pub text: String,
    /// The words as HTML.
    pub html: String,
}

/// All templates and the layout around them.
#[derive(Debug)]
pub struct Templates {
    files: BTreeMap<String, File>,
    environment: Environment<'static>,
    /// The address of this site, without a slash at its end.
    site: String,
}

impl Templates {
    /// Reads the templates that are compiled in and holds them against the examples of [`Letter`];
    /// links lead below `site`.
    ///
    /// # Errors
    /// When a file is not as it must be, or its variables are not those of its letter.
    pub fn load(site: &str) -> Result<Self> {
        Self::of(&knowledge::mails::ALL, site)
    }

    fn of(files: &[&str], site: &str) -> Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, layout) in
            [("layout.txt", knowledge::mails::LAYOUT_TEXT), ("layout.html", knowledge::mails::LAYOUT_HTML)]
        {
            let wrong = |error| TemplateError(format!("The layout {name} is no template: {error}."));
            environment.add_template(name, layout).map_err(wrong)?;
        }
        let mut templates = Self { files: BTreeMap::new(), environment, site: site.trim_end_matches('/').to_owned() };
        for text in files {
            let file: File = toml::from_str(text)
                .map_err(|error| TemplateError(format!("A template of a mail cannot be read: {error}")))?;
            templates.check(&file)?;
            templates.files.insert(file.id.clone(), file);
        }
        let mut unused: BTreeSet<_> = templates.files.keys().cloned().collect();
        for example in Letter::examples() {
            let filled = templates.fill(&example, "Ada")?;
            if filled.subject.chars().count() >= LONGEST_SUBJECT {
                return Err(TemplateError(format!("The template {} has too long a subject.", filled.template)));
            }
            unused.remove(&filled.template);
        }
        match unused.first() {
            Some(name) => Err(TemplateError(format!("The template {name} has no example."))),
            None => Ok(templates),
        }
    }

    fn check(&self, file: &File) -> Result<()> {
        let wrong = |what: String| Err(TemplateError(format!("The template {} {what}.", file.id)));
        if file.version == 0 || file.lang.is_empty() || file.about.is_empty() || file.paragraphs.is_empty() {
            return wrong(
                "needs a version from 1, a language, a sentence on when it is sent, and a paragraph".to_owned(),
            );
        }
        let texts = [&file.subject].into_iter().chain(&file.paragraphs).chain(&file.after);
        let mut used = BTreeSet::new();
        for text in texts {
            let template = self.environment.template_from_str(text);
            match template {
                Ok(template) => used.extend(template.undeclared_variables(false)),
                Err(error) => return wrong(format!("has a text that is no template: {error}")),
            }
        }
        for (name, kind) in &file.variables {
            let anchors = [&file.button, &file.aside].into_iter().flatten().filter(|anchor| anchor.link == *name);
            let (in_text, in_links) = (used.remove(name), anchors.count());
            match kind {
                Variable::Link if in_text => return wrong(format!("has the link {name} among its words")),
                Variable::Link if in_links == 0 => {
                    return wrong(format!("declares the link {name}, which leads nowhere"));
                }
                Variable::Text | Variable::Number if !in_text => {
                    return wrong(format!("declares {name}, which it does not use"));
                }
                _ => {}
            }
        }
        let links = [&file.button, &file.aside].into_iter().flatten().map(|anchor| &anchor.link);
        let mut missing = links.filter(|link| file.variables.get(*link) != Some(&Variable::Link)).chain(&used);
        match missing.next() {
            Some(name) => wrong(format!("uses {name}, which it does not declare")),
            None => Ok(()),
        }
    }

    /// When the template of that name is sent, in a sentence; empty if there is none.
    pub fn about(&self, template: &str) -> &str {
        self.files.get(template).map_or("", |file| &file.about)
    }

    /// `letter` to somebody who is greeted as `name`, or by no name if that is empty.
    ///
    /// # Errors
    /// When a field does not serialise as it does in the examples.
    pub fn fill(&self, letter: &Letter, name: &str) -> Result<Filled> {
        let (template, values) = parts(letter)?;
        let file =
            self.files.get(&template).ok_or_else(|| TemplateError(format!("There is no template {template}.")))?;
        let wrong = |what: String| TemplateError(format!("The template {template} {what}."));
        if let Some(value) = values.keys().find(|name| !file.variables.contains_key(*name)) {
            return Err(wrong(format!("has no variable {value}")));
        }
        let mut filling = BTreeMap::new();
        for (variable, kind) in &file.variables {
            let value = values.get(variable).ok_or_else(|| wrong(format!("is given no {variable}")))?;
            let value =
                self.filling(*kind, value).ok_or_else(|| wrong(format!("is given no {kind:?} as {variable}")))?;
            filling.insert(variable.as_str(), value);
        }
        let context = Value::from_pairs(filling.iter().map(|(name, value)| (*name, value.clone())));
        let words = |text: &String| {
            let said = self.environment.render_str(text, &context);
            said.map_err(|error| wrong(format!("cannot be filled: {error}")))
        };
        let all = |texts: &[String]| texts.iter().map(words).collect::<Result<Vec<_>>>();
        let subject = words(&file.subject)?;
        let anchor = |anchor: &Option<Anchor>| match anchor {
            Some(anchor) => Value::from_pairs([
                ("words", Value::from(anchor.words.as_str())),
                ("link", filling.get(anchor.link.as_str()).cloned().unwrap_or_default()),
            ]),
            None => Value::from(()),
        };
        let (paragraphs, after) = (all(&file.paragraphs)?, all(&file.after)?);
        let layout = |layout: &str, form: fn(&str) -> String| {
            let list = |texts: &[String]| {
                let texts: Vec<_> = texts.iter().map(|text| Value::from(form(text))).collect();
                Value::from(texts.as_slice())
            };
            let context = Value::from_pairs([
                ("lang", Value::from(file.lang.as_str())),
                ("subject", Value::from(subject.as_str())),
                ("name", Value::from(domain::mail::greeting(name))),
                ("paragraphs", list(&paragraphs)),
                ("button", anchor(&file.button)),
                ("after", list(&after)),
                ("aside", anchor(&file.aside)),
                ("site", Value::from(self.site.as_str())),
            ]);
            let whole = self.environment.get_template(layout).and_then(|template| template.render(context));
            whole.map_err(|error| wrong(format!("does not fit its layout: {error}")))
        };
        let (text, html) = (layout("layout.txt", wrapped)?, layout("layout.html", str::to_owned)?);
        Ok(Filled { subject, text, html, template })
    }

    /// What stands in the template for a value; `None` if it is of another type.
    fn filling(&self, kind: Variable, value: &Json) -> Option<Value> {
        match (kind, value) {
            (Variable::Text, Json::String(text)) => Some(Value::from(one_line(text))),
            (Variable::Number, Json::Number(number)) => number.as_i64().map(Value::from),
            (Variable::Link, Json::Object(fields)) if fields.len() == 1 => {
                let path = fields.get("path").and_then(Json::as_str).filter(|path| path.starts_with('/'))?;
                Some(Value::from(format!("{}{path}", self.site)))
            }
            _ => None,
        }
    }
}

/// The name of the template, and its variables by name.
pub(super) fn parts(letter: &Letter) -> Result<(String, Map<String, Json>)> {
    let wrong = || TemplateError("A mail is filled from a variant with named fields alone.".to_owned());
    match serde_json::to_value(letter) {
        Ok(Json::Object(variant)) => match variant.into_iter().next() {
            Some((template, Json::Object(values))) => Ok((template, values)),
            _ => Err(wrong()),
        },
        _ => Err(wrong()),
    }
}

/// Text without line ends and other control characters.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A paragraph in lines.
fn wrapped(paragraph: &str) -> String {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let last = lines.len() - 1;
        let length = lines[last].chars().count();
        if length == 0 {
            lines[last].push_str(word);
        } else if length + 1 + word.chars().count() <= WIDTH {
            lines[last].push(' ');
            lines[last].push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests;
