//! `lodestar evaluate`.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;
use server::compose;
use server::config::Config;

#[derive(Subcommand)]
pub enum Task {
    /// Grade the answers of a CSV file (columns question, reference, answer, and score or label)
    /// and print how well the grades agree with the people who graded them.
    Answers {
        /// The file.
        file: PathBuf,
    },
}

impl Task {
    pub async fn run(self, config: &Config) -> Result<()> {
        let Self::Answers { file } = self;
        let csv = File::open(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let embedder = compose::embedder(config)?;
        print!("{}", services::evaluate::answers(csv, &*embedder).await?);
        Ok(())
    }
}
