//! `lodestar serve`.

use anyhow::{Context, Result};
use server::compose::Lodestar;
use server::config::Config;
use server::hold;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGTERM or Ctrl+C.
pub async fn run(config: &Config) -> Result<()> {
    let site = config.site_dir();
    anyhow::ensure!(
        site.is_dir(),
        "the built site is not at {}: run `make build`, or set http.site_dir to the folder that holds “pkg”",
        site.display()
    );
    let listener = TcpListener::bind(config.http.addr)
        .await
        .with_context(|| format!("cannot listen on {}: is another program using it?", config.http.addr))?;
    let lodestar = Lodestar::compose(config).await?;
    let _held = hold::share(&config.data.dir)?;
    let address = match config.http.public_url.trim_end_matches('/') {
        "" => format!("http://{}", listener.local_addr()?),
        public => public.to_owned(),
    };
    if let Some(token) = lodestar.accounts.offer_setup().await? {
        println!("There is no administrator yet. Create one here, once: {address}/setup?token={token}");
    }
    println!("Lodestar is ready at {address}");

    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    Ok(server::serve(config, lodestar, listener, shutdown).await?)
}
