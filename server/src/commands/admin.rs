//! `lodestar admin`.

use std::io::{BufRead, IsTerminal, stdin};
use std::sync::Arc;

use anyhow::Result;
use clap::Subcommand;
use domain::Random;
use server::compose;
use server::config::Config;
use server::system::{SystemClock, SystemRandom};
use services::account::Accounts;
use services::audit::Audit;
use services::generation::Generation;
use services::limits::Limits;

#[derive(Subcommand)]
pub enum Task {
    /// Create an administrator, or make an existing account one. The password is read from
    /// standard input when that is not a terminal, else made up and printed.
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// The name to be called by.
        #[arg(long, default_value = "Administrator")]
        name: String,
    },
    /// Give an account the quota of another plan, one of [inference.quotas] in the configuration.
    Plan {
        /// The address that the account signs in with.
        #[arg(long)]
        email: String,
        /// The plan's name.
        #[arg(long)]
        plan: String,
    },
}

impl Task {
    pub async fn run(self, config: &Config) -> Result<()> {
        let store = compose::store(config).await?;
        store.migrate().await?;
        let (email, name) = match self {
            Self::Create { email, name } => (email, name),
            Self::Plan { email, plan } => {
                let generation = Generation::new(store, Arc::new(SystemClock), compose::generation_options(config));
                generation.change_plan(&email, &plan).await?;
                println!("{email} has the plan “{plan}” now.");
                return Ok(());
            }
        };
        let limits = Limits::new(store.clone(), Arc::new(SystemClock), Default::default());
        let audit = Audit::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
        let accounts = Accounts::new(store, Arc::new(SystemClock), Arc::new(SystemRandom), limits, audit);
        let given = if stdin().is_terminal() {
            None
        } else {
            stdin().lock().lines().next().transpose()?.filter(|line| !line.is_empty())
        };
        let made_up = given.is_none();
        let password = given.unwrap_or_else(invent);
        if !accounts.create_admin(&name, &email, &password).await? {
            println!("{email} had an account and is an administrator now. The password is unchanged.");
        } else if made_up {
            println!(
                "{email} is an administrator now. Password: {password}\nChange it after the first sign-in, in Settings."
            );
        } else {
            println!("{email} is an administrator now, with the password given.");
        }
        Ok(())
    }
}

/// A password of 20 letters and digits that keeps the rule.
fn invent() -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0; 20];
    SystemRandom.fill(&mut bytes);
    let random: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    // One of each kind that the rule asks for, beside the random ones.
    format!("Lo7-{random}")
}
