//! `lodestar engine`: the models in a process of their own, started by `lodestar serve`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result};
use inference::isolated;
use server::compose;
use server::config::Config;
use tokio::net::UnixListener;
use tokio::signal::unix::{SignalKind, signal};

/// Where it listens.
#[derive(clap::Args)]
pub struct Place {
    /// The Unix socket to listen on.
    #[arg(long)]
    socket: PathBuf,
}

/// Serves the models until standard input ends: whoever started it is gone then.
pub async fn run(config: &Config, place: &Place) -> Result<()> {
    thread::spawn(|| {
        let mut nothing = [0; 64];
        while std::io::stdin().read(&mut nothing).is_ok_and(|read| read > 0) {}
        std::process::exit(0);
    });
    // Whoever started it ends first, and lets what is being written come to its end.
    let _deaf = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let models = compose::local_models(config)?;
    isolated::serve(listen(&place.socket)?, models).await.context("no call can be taken any more")
}

fn listen(path: &Path) -> Result<UnixListener> {
    UnixListener::bind(path).with_context(|| format!("cannot listen on {}", path.display()))
}
