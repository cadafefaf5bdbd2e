//! `lodestar backup` and `lodestar restore`.

use std::path::PathBuf;

use anyhow::Result;
use server::config::Config;
use server::{compose, hold};
use services::backup::Manifest;

/// Where a backup goes.
#[derive(clap::Args)]
pub struct Target {
    /// The file to write, which must not exist.
    file: PathBuf,
}

/// Where a backup is.
#[derive(clap::Args)]
pub struct Source {
    /// The file to read.
    file: PathBuf,
    /// Replace everything that is there.
    #[arg(long)]
    force: bool,
}

/// Writes a backup; the server may go on serving.
pub async fn create(config: &Config, target: Target) -> Result<()> {
    let store = compose::store(config).await?;
    let manifest = compose::backups(config, store.clone()).create(&target.file).await?;
    store.close().await;
    println!("{} holds {}.", target.file.display(), contents(&manifest));
    Ok(())
}

/// Puts a backup back; no server may run meanwhile.
pub async fn restore(config: &Config, source: Source) -> Result<()> {
    let store = compose::store(config).await?;
    let held = hold::alone(&config.data.dir)?;
    let manifest = compose::backups(config, store.clone()).restore(&source.file, source.force).await?;
    store.close().await;
    drop(held);
    println!(
        "Restored {}, from a backup of {} (Lodestar {}).",
        contents(&manifest),
        manifest.created_at.day(),
        manifest.version
    );
    println!("Models are not in backups: `lodestar doctor` says which are missing.");
    Ok(())
}

/// What it holds, in words.
fn contents(manifest: &Manifest) -> String {
    let counted = |count: u64, one: &str| {
        let many = if count == 1 { "" } else { "s" };
        format!("{} {one}{many}", domain::number::grouped(count))
    };
    format!(
        "{} of {} and {}",
        counted(manifest.rows(), "row"),
        manifest.database,
        counted(manifest.files() as u64, "file")
    )
}
