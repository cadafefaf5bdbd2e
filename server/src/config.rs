//! The configuration: a file, overridden by the environment, checked as a whole.
//!
//! `lodestar.default.toml` holds every key with its meaning and default; a test keeps it and the
//! structs below equal.

mod sections;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::model::ModelRole;
use domain::{Error, Result};
use serde::Deserialize;
use toml::{Table, Value};

pub use sections::{Data, Database, Http, Inference, Limits, Log, LogFormat, Mail, Metrics, Models, Provider};

/// The reference file, as `lodestar config default` prints it.
pub const DEFAULT: &str = include_str!("../lodestar.default.toml");
/// What names of environment variables begin with.
const PREFIX: &str = "LODESTAR_";
/// The section whose keys are names that the operator chooses.
const PROVIDERS: &str = "providers";
/// Variables with that prefix that are no configuration keys.
const NOT_KEYS: &[&str] = &["LODESTAR_CONFIG", "LODESTAR_TEST_MODELS", "LODESTAR_TEST_POSTGRES"];

/// Everything that an operator can set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How it is reached.
    pub http: Http,
    /// Where it keeps things.
    pub data: Data,
    /// Which database.
    pub database: Database,
    /// Which models.
    pub models: Models,
    /// Where models run, if not here.
    pub inference: Inference,
    /// Where people can sign in besides here, by the names in addresses.
    pub providers: BTreeMap<String, Provider>,
    /// How often something may be tried.
    pub limits: Limits,
    /// How mails leave.
    pub mail: Mail,
    /// Who may read its figures.
    pub metrics: Metrics,
    /// What it logs.
    pub log: Log,
}

impl Config {
    /// Reads the file that `LODESTAR_CONFIG` names, or `lodestar.toml` if it is there, and the
    /// environment.
    ///
    /// # Errors
    /// `Invalid` naming the key, the value and, for an unknown key, the nearest known one.
    pub fn load() -> Result<Self> {
        let environment: Vec<_> = std::env::vars().collect();
        let named = environment.iter().find(|(name, _)| name == "LODESTAR_CONFIG").map(|(_, path)| PathBuf::from(path));
        let path = named.clone().unwrap_or_else(|| PathBuf::from("lodestar.toml"));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if named.is_none() && !path.exists() => String::new(),
            Err(error) => return Err(wrong(format!("{} cannot be read: {error}.", path.display()))),
        };
        Self::parse(&text, &path, environment)
    }

    /// The configuration of a file's `text` and environment variables.
    pub fn parse(text: &str, path: &Path, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let mut table: Table = toml::from_str(DEFAULT).map_err(|error| wrong(error.to_string()))?;
        let file: Table = toml::from_str(text).map_err(|error| wrong(format!("{}: {error}", path.display())))?;
        for (section, values) in file {
            let Value::Table(values) = values else {
                return Err(wrong(format!("{}: “{section}” must stand below a [section].", path.display())));
            };
            for (key, value) in values {
                let slot = slot(&mut table, &section, &key, &format!("{}: ", path.display()))?;
                match (slot, value) {
                    (Value::Table(known), Value::Table(values)) => known.extend(values),
                    (slot, value) => *slot = value,
                }
            }
        }
        for (name, text) in environment {
            let Some(key) = name.strip_prefix(PREFIX).filter(|_| !NOT_KEYS.contains(&name.as_str())) else { continue };
            let Some((section, key)) = key.split_once("__") else {
                return Err(wrong(format!(
                    "The environment variable {name} has no section: write LODESTAR_SECTION__KEY, with two underscores."
                )));
            };
            let (section, key) = (section.to_lowercase(), key.to_lowercase());
            let whence = format!("Environment variable {name}: ");
            let (key, entry) = key.split_once("__").map_or((key.as_str(), None), |(key, entry)| (key, Some(entry)));
            let slot = match (slot(&mut table, &section, key, &whence)?, entry) {
                // A table such as [inference.quotas] takes any name, and its values are alike.
                (Value::Table(entries), Some(entry)) => {
                    let like = entries.values().next().cloned().unwrap_or(Value::String(String::new()));
                    entries.entry(entry).or_insert(like)
                }
                (_, Some(entry)) => {
                    let what = format!("key in [{section}]");
                    return Err(unknown(&whence, &what, &format!("{key}__{entry}"), &[key.to_owned()]));
                }
                (slot, None) => slot,
            };
            *slot = match slot {
                Value::Integer(_) => text
                    .parse()
                    .map(Value::Integer)
                    .map_err(|_| wrong(format!("{name} must be a whole number, not “{text}”.")))?,
                _ => Value::String(text),
            };
        }
        table.try_into().map_err(|error: toml::de::Error| {
            wrong(format!("The configuration is wrong: {}.", error.to_string().trim()))
        })
    }

    /// Which models have which roles, by name or path; those without are the built-in coach's.
    pub fn roles(&self) -> BTreeMap<ModelRole, String> {
        let Models { fast, reasoning, coding, .. } = &self.models;
        let roles = [(ModelRole::Fast, fast), (ModelRole::Reasoning, reasoning), (ModelRole::Coding, coding)];
        roles.into_iter().filter(|(_, model)| !model.is_empty()).map(|(role, model)| (role, model.clone())).collect()
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() {
            format!("sqlite:{}", self.data.dir.join("lodestar.sqlite").display())
        } else {
            self.database.url.clone()
        }
    }

    /// The file of the database, if that is SQLite's.
    pub fn database_file(&self) -> Option<PathBuf> {
        let url = self.database_url();
        let path = url.strip_prefix("sqlite:")?.split('?').next()?;
        let path = path.strip_prefix("//").unwrap_or(path);
        (path != ":memory:").then(|| PathBuf::from(path))
    }

    /// The folder of the models.
    pub fn models_dir(&self) -> PathBuf {
        if self.models.dir.as_os_str().is_empty() { self.data.dir.join("models") } else { self.models.dir.clone() }
    }

    /// The address that people reach it by, without a slash at its end.
    pub fn public_url(&self) -> String {
        match self.http.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.http.addr),
            public => public.to_owned(),
        }
    }

    /// Whether people reach it over HTTPS.
    pub fn is_https(&self) -> bool {
        self.http.public_url.starts_with("https://")
    }

    /// Threads that a model may use.
    pub fn model_threads(&self) -> usize {
        match self.models.threads {
            0 => llama::threads::available(),
            threads => threads,
        }
    }

    /// Whether models run in a process of their own. Where there are two cores, what it costs to
    /// talk to it weighs more.
    pub fn isolates(&self) -> bool {
        self.inference
            .isolate
            .unwrap_or_else(|| std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 2))
    }

    /// The folder of the built site: configured, beside the program, or where the build puts it.
    pub fn site_dir(&self) -> PathBuf {
        if !self.http.site_dir.as_os_str().is_empty() {
            return self.http.site_dir.clone();
        }
        let program = std::env::current_exe().unwrap_or_default();
        let beside = program.parent().unwrap_or(Path::new("."));
        let places = [beside.join("site"), beside.join("../site")];
        places.iter().find(|place| place.is_dir()).unwrap_or(&places[0]).clone()
    }
}

/// The place of a key, which the reference file says exists.
fn slot<'t>(table: &'t mut Table, section: &str, key: &str, whence: &str) -> Result<&'t mut Value> {
    let sections: Vec<_> = table.keys().cloned().collect();
    let Some(Value::Table(values)) = table.get_mut(section) else {
        return Err(unknown(whence, "section", section, &sections));
    };
    if section == PROVIDERS && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
        return Ok(values.entry(key).or_insert(Value::Table(Table::new())));
    }
    let keys: Vec<_> = values.keys().cloned().collect();
    values.get_mut(key).ok_or_else(|| unknown(whence, &format!("key in [{section}]"), key, &keys))
}

fn unknown(whence: &str, what: &str, name: &str, known: &[String]) -> Error {
    let nearest = known.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
    let hint = nearest.map(|nearest| format!(" Did you mean “{nearest}”?")).unwrap_or_default();
    wrong(format!("{whence}there is no {what} named “{name}”.{hint}"))
}

fn wrong(message: String) -> Error {
    Error::invalid("configuration", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config> {
        Config::parse(
            text,
            Path::new("lodestar.toml"),
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn the_reference_file_is_complete_and_valid() {
        // Every key of the structs must be in the file (it has no other source), and no key more.
        let config = parse("", &[]).unwrap();
        assert_eq!(config.http.addr.port(), 3000);
        assert_eq!(config.database_url(), "sqlite:./data/lodestar.sqlite");
        assert_eq!(config.models_dir(), Path::new("./data/models"));
    }

    #[test]
    fn every_key_of_the_reference_file_is_explained() {
        let lines: Vec<_> = DEFAULT.lines().collect();
        for (number, line) in
            lines.iter().enumerate().filter(|(_, line)| line.contains(" = ") && !line.starts_with('#'))
        {
            assert!(lines[number - 1].starts_with('#'), "{line} has no comment above it");
        }
    }

    #[test]
    fn the_file_is_overridden_by_the_environment() {
        let config = parse(
            "[http]\naddr = \"0.0.0.0:80\"\n[models]\nthreads = 3",
            &[("LODESTAR_HTTP__ADDR", "127.0.0.1:9"), ("LODESTAR_MODELS__THREADS", "2"), ("HOME", "/x")],
        )
        .unwrap();
        assert_eq!((config.http.addr.port(), config.models.threads), (9, 2));
    }

    #[test]
    fn mistakes_name_the_nearest_key() {
        let message = |text: &str, environment: &[(&str, &str)]| parse(text, environment).unwrap_err().message;
        assert!(message("[http]\nadress = \"x\"", &[]).contains("Did you mean “addr”?"));
        assert!(message("[htp]\naddr = \"x\"", &[]).contains("Did you mean “http”?"));
        assert!(message("", &[("LODESTAR_DATA__DIRR", "x")]).contains("“dir”"));
        assert!(message("", &[("LODESTAR_ADDR", "x")]).contains("LODESTAR_SECTION__KEY"));
        assert!(message("", &[("LODESTAR_MODELS__THREADS", "many")]).contains("whole number"));
        assert!(message("[http]\naddr = \"here\"", &[]).contains("addr"));
        assert!(message("addr = 1", &[]).contains("[section]"));
    }

    #[test]
    fn quotas_have_the_names_of_plans() {
        let quotas = |text: &str, environment: &[(&str, &str)]| {
            let all = parse(text, environment).unwrap().inference.quotas;
            all.into_iter().map(|(plan, tokens)| format!("{plan} {tokens}")).collect::<Vec<_>>()
        };
        assert_eq!(quotas("", &[]), ["standard 0"]);
        assert_eq!(quotas("[inference.quotas]\nschool = 5\nstandard = 7", &[]), ["school 5", "standard 7"]);
        let environment = [("LODESTAR_INFERENCE__QUOTAS__SCHOOL", "9"), ("LODESTAR_INFERENCE__CACHE_DAYS", "1")];
        assert_eq!(quotas("", &environment), ["school 9", "standard 0"]);
        let message = |text: &str, environment: &[(&str, &str)]| parse(text, environment).unwrap_err().message;
        assert!(message("[inference.quotas]\nschool = -1", &[]).contains("-1"));
        assert!(message("[inference]\nquotas = 5", &[]).contains("quotas"));
        assert!(message("", &[("LODESTAR_INFERENCE__QUOTAS__SCHOOL", "few")]).contains("whole number"));
        assert!(message("", &[("LODESTAR_INFERENCE__MODEL__X", "1")]).contains("“model__x”"));
    }

    #[test]
    fn providers_have_names_of_their_own() {
        let providers = |text: &str, environment: &[(&str, &str)]| parse(text, environment).unwrap().providers;
        assert_eq!(providers("", &[]).into_keys().collect::<Vec<_>>(), ["github", "google", "linkedin"]);
        let text = "[providers.github]\nclient_id = \"ada\"\n[providers.school]\nissuer = \"https://id.example\"";
        let environment =
            [("LODESTAR_PROVIDERS__SCHOOL__CLIENT_ID", "7"), ("LODESTAR_PROVIDERS__FIRM__ISSUER", "https://x.example")];
        let all = providers(text, &environment);
        assert_eq!((&*all["github"].client_id, &*all["github"].site), ("ada", "https://github.com"));
        assert_eq!((&*all["school"].client_id, &*all["school"].issuer), ("7", "https://id.example"));
        assert_eq!(all["firm"].issuer, "https://x.example");
        let message = |text: &str| parse(text, &[]).unwrap_err().message;
        assert!(message("[providers.school]\nisuer = \"x\"").contains("isuer"));
        assert!(message("[providers]\n\"a/b\" = {}").contains("a/b"));
    }

    #[test]
    fn isolation_is_a_choice_or_left_to_the_machine() {
        let isolate = |text: &str, environment: &[(&str, &str)]| parse(text, environment).unwrap().inference.isolate;
        assert_eq!(isolate("", &[]), None);
        assert_eq!(isolate("[inference]\nisolate = true", &[]), Some(true));
        assert_eq!(isolate("[inference]\nisolate = \"false\"", &[]), Some(false));
        assert_eq!(isolate("", &[("LODESTAR_INFERENCE__ISOLATE", "true")]), Some(true));
        let error = parse("", &[("LODESTAR_INFERENCE__ISOLATE", "maybe")]).unwrap_err();
        assert!(error.message.contains("isolate must be true, false or \"auto\", not \"maybe\""), "{}", error.message);
    }

    #[test]
    fn figures_have_an_address_or_none() {
        let address = |text: &str| parse(text, &[]).map(|config| config.metrics.addr.map(|addr| addr.port()));
        assert_eq!(address(""), Ok(None));
        assert_eq!(address("[metrics]\naddr = \"127.0.0.1:9100\""), Ok(Some(9100)));
        let error = address("[metrics]\naddr = \"9100\"").unwrap_err();
        assert!(error.message.contains("like \"127.0.0.1:9100\", not \"9100\""), "{}", error.message);
    }

    #[test]
    fn passwords_are_not_printed() {
        let keys = "[data]\nkey = \"hushhush\"\n[providers.google]\nclient_secret = \"hushhush\"\n[metrics]\nkey = \"hushhush\"\n[inference]\nkey = \"hushhush\"\nserve_key = \"hushhush\"\n";
        let config =
            parse(&format!("{keys}[database]\nurl = \"postgres://ada:hushhush@db.example/lodestar\""), &[]).unwrap();
        let shown = format!("{config:?}");
        assert!(!shown.contains("hushhush") && shown.contains("db.example"), "{shown}");
        for smtp in ["smtp://ada:hushhush@mail.example", "ada:hushhush@mail.example"] {
            let config = parse(&format!("[mail]\nsmtp = \"{smtp}\""), &[]).unwrap();
            let shown = format!("{config:?}");
            assert!(!shown.contains("hushhush") && shown.contains("mail.example"), "{shown}");
        }
    }
}
