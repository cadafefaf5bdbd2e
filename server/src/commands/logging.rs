//! Where log lines and traces go and how they look.

mod json;

use std::io::IsTerminal;

use anyhow::{Context, Result};
use integrations::traces::Traces;
use server::config::{Config, LogFormat};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use json::Flat;

/// The crates whose spans are traces; what libraries do is theirs.
const OURS: [&str; 8] = ["app", "inference", "integrations", "llama", "lodestar", "server", "services", "store"];

/// Starts logging to standard error.
pub fn start(config: &Config) -> Result<()> {
    begin(config, None)
}

/// The same, and has traces sent if the configuration says where. The answer sends what is left of
/// them at the end.
pub fn start_traced(config: &Config) -> Result<Option<Traces>> {
    let traces = match config.log.otlp.as_str() {
        "" => None,
        address => Some(Traces::to(address, env!("CARGO_PKG_VERSION"))?),
    };
    begin(config, traces.as_ref())?;
    Ok(traces)
}

fn begin(config: &Config, traces: Option<&Traces>) -> Result<()> {
    // What llama.cpp says while it loads a model helps only those who ask for it: "llama-cpp-2=info".
    let filter = EnvFilter::try_new(format!("llama-cpp-2=error,{}", config.log.level))
        .with_context(|| format!("log.level “{}” cannot be read", config.log.level))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log.format {
        LogFormat::Json => lines.fmt_fields(JsonFields::new()).event_format(Flat).with_filter(filter).boxed(),
        LogFormat::Text => {
            lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed()
        }
    };
    // Traces show the steps of a request whatever the log shows.
    let steps = Targets::new().with_targets(OURS.map(|name| (name, LevelFilter::DEBUG)));
    let lines = tracing_subscriber::registry().with(lines);
    match traces {
        Some(traces) => lines.with(traces.layer().with_filter(steps)).init(),
        // A layer that is not there would still count as one that wants every span.
        None => lines.init(),
    }
    Ok(())
}
