//! Where log lines go and how they look.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use server::config::{Config, LogFormat};
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error.
pub fn start(config: &Config) -> Result<()> {
    // What llama.cpp says while it loads a model helps only those who ask for it: "llama-cpp-2=info".
    let filter = EnvFilter::try_new(format!("llama-cpp-2=error,{}", config.log.level))
        .with_context(|| format!("log.level “{}” cannot be read", config.log.level))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log.format {
        LogFormat::Json => lines.json().flatten_event(true).init(),
        LogFormat::Text => lines.with_target(false).init(),
    }
    Ok(())
}
