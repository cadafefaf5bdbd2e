//! One file a command.
#![allow(clippy::print_stdout, reason = "commands answer on standard output")]

mod admin;
mod backup;
mod bench;
mod doctor;
mod engine;
mod evaluate;
mod health;
mod logging;
mod models;
mod serve;

use anyhow::Result;
use clap::{Parser, Subcommand};
use server::{compose, config::Config, config::DEFAULT};

/// Lodestar, a private career coach that runs on your own machine.
#[derive(Parser)]
#[command(name = "lodestar", version)]
pub struct Command {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Serve the pages.
    Serve,
    /// Run the models for `lodestar serve`, which starts this by itself.
    #[command(hide = true)]
    Engine(engine::Place),
    /// Ask a running server whether it is ready; the exit status says so too.
    Health(health::Asked),
    /// Look whether everything is as it should be, and say what to do where it is not.
    Doctor,
    /// Write everything that is kept into one file, also while the server serves; models are left out.
    Backup(backup::Target),
    /// Put back what a backup holds. Stop the server first.
    Restore(backup::Source),
    /// Bring the tables of the database up to date.
    Migrate,
    /// See, fetch, check, remove and measure models.
    #[command(subcommand)]
    Models(models::Task),
    /// Manage administrators, and the plans of accounts.
    #[command(subcommand)]
    Admin(admin::Task),
    /// Print or check the configuration.
    #[command(subcommand)]
    Config(ConfigTask),
    /// Measure how good something is.
    #[command(subcommand)]
    Evaluate(evaluate::Task),
}

#[derive(Subcommand)]
enum ConfigTask {
    /// Print the reference file: every key with its meaning and default.
    Default,
    /// Read the configuration, and print it if it is valid; secrets are left out.
    Check,
}

impl Command {
    /// Does what was asked.
    pub async fn run(self) -> Result<()> {
        if let Task::Config(ConfigTask::Default) = self.task {
            print!("{DEFAULT}");
            return Ok(());
        }
        if let Task::Doctor = self.task {
            return doctor::run(Config::load()).await;
        }
        let config = Config::load()?;
        if let Task::Config(ConfigTask::Check) = self.task {
            println!("{config:#?}\nThe configuration is valid.");
            return Ok(());
        }
        if let Task::Serve = self.task {
            let traces = logging::start_traced(&config)?;
            let served = serve::run(&config).await;
            if let Some(traces) = traces {
                traces.end().await;
            }
            return served;
        }
        logging::start(&config)?;
        match self.task {
            Task::Engine(place) => engine::run(&config, &place).await,
            Task::Health(asked) => health::run(&config, asked).await,
            Task::Backup(target) => backup::create(&config, target).await,
            Task::Restore(source) => backup::restore(&config, source).await,
            Task::Migrate => {
                compose::store(&config).await?.migrate().await?;
                println!("The tables are up to date.");
                Ok(())
            }
            Task::Models(task) => task.run(&config).await,
            Task::Admin(task) => task.run(&config).await,
            Task::Evaluate(task) => task.run(&config).await,
            Task::Config(_) | Task::Doctor | Task::Serve => Ok(()),
        }
    }
}
