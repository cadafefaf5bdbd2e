//! The server: configuration, wiring, HTTP. Its front door is [`serve`]; tests boot the real thing
//! through it on port 0.
// The type of a page holds the types of all that is on it.
#![recursion_limit = "512"]

pub mod api;
pub mod compose;
pub mod config;
pub mod hold;
mod http;
pub mod key;
pub mod system;
mod wiring;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::Clock;
use inference::openai::OpenAi;
use services::events::Events;
use tokio::net::TcpListener;

use compose::Lodestar;
use config::Config;
use http::health::Health;
use http::metrics::Metrics;
use system::SystemClock;

/// How often idle interviews are closed and expired sessions removed.
const SWEEP: Duration = Duration::from_secs(600);
/// How often the model servers are asked whether they are there.
const WATCH: Duration = Duration::from_secs(10);

/// How long stopping waits for what models wrote to be counted.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// How long stopping waits for background tasks; those that take longer are done again after the next start.
const LAST_TASKS: Duration = Duration::from_secs(5);

/// Serves on `listener` until `shutdown` is done; open requests then have some seconds to end.
pub async fn serve(
    config: &Config,
    lodestar: Lodestar,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (health, metrics) = (Health::new(&lodestar), Metrics::new(&lodestar));
    let router = http::router(config, &lodestar, &health, &metrics).map_err(std::io::Error::other)?;
    let figures = match config.metrics.addr {
        Some(address) => Some(TcpListener::bind(address).await.map_err(|error| in_use(address, &error))?),
        None => None,
    };
    let figures = figures.map(|listener| {
        let serving = axum::serve(listener, metrics.alone(&config.metrics.key)).into_future();
        tokio::spawn(serving)
    });
    let looking = tokio::spawn(async move { health.watch().await });
    let upkeep = tokio::spawn(upkeep(lodestar.clone()));
    let tasks = tokio::spawn({
        let tasks = lodestar.tasks.clone();
        async move { tasks.run().await }
    });
    let watch = lodestar.remote.clone().map(|remote| tokio::spawn(watch(remote)));
    let listening = tokio::spawn(listen(lodestar.events.clone()));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let graceful = async move {
        shutdown.await;
        tracing::info!("stopping: no new requests, open ones have {} s to end", http::GRACE.as_secs());
        let _ = stop.send(());
    };
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, router).with_graceful_shutdown(graceful);
    let too_late = async {
        // When the sender is dropped, serving has ended by itself.
        let _ = stopped.await;
        tokio::time::sleep(http::GRACE).await;
    };
    let outcome = tokio::select! {
        outcome = serving.into_future() => outcome,
        () = too_late => Ok(()),
    };
    upkeep.abort();
    listening.abort();
    looking.abort();
    figures.inspect(|figures| figures.abort());
    watch.inspect(|watch| watch.abort());
    if tokio::time::timeout(LAST_TASKS, lodestar.tasks.stop()).await.is_err() {
        tracing::warn!("background tasks were broken off; they are done again after the next start");
    }
    tasks.abort();
    // Answers that were cut off are being counted.
    if tokio::time::timeout(LAST_WORDS, lodestar.generation.settled()).await.is_err() {
        tracing::warn!("some of what models wrote at the end is not counted");
    }
    lodestar.store.close().await;
    tracing::info!("stopped");
    outcome
}

/// Hears of events on other servers.
async fn listen(events: Events) {
    loop {
        if let Err(error) = events.listen().await {
            tracing::warn!(%error, "events of other servers are not heard; those who look on see them seconds later");
        }
        tokio::time::sleep(WATCH).await;
    }
}

fn in_use(address: SocketAddr, error: &std::io::Error) -> std::io::Error {
    let message = format!("the figures cannot be served on {address} ({error}): choose another metrics.addr");
    std::io::Error::new(error.kind(), message)
}

/// Looks after the model servers.
async fn watch(remote: Arc<OpenAi>) {
    loop {
        remote.check().await;
        tokio::time::sleep(WATCH).await;
    }
}

/// What is done now and then, and the warm-up that the first person need not wait for.
async fn upkeep(lodestar: Lodestar) {
    plan_digests(&lodestar).await;
    if let Err(error) = lodestar.interviews.warm().await {
        tracing::warn!(%error, "the question bank could not be prepared; the first interview does it");
    }
    let sessions = store::Sessions::new(lodestar.store.clone());
    loop {
        plan_digests(&lodestar).await;
        match lodestar.interviews.close_idle().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "closed idle interviews"),
            Err(error) => tracing::warn!(%error, "idle interviews could not be closed"),
        }
        match lodestar.generation.trim().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed kept answers that were not asked for again"),
            Err(error) => tracing::warn!(%error, "kept answers could not be removed"),
        }
        for (what, removed) in [
            ("tokens", lodestar.tokens.remove_expired().await),
            ("limits", lodestar.limits.remove_free().await),
            ("events", lodestar.events.remove_old().await),
            ("kept answers to programs", lodestar.calls.remove_old().await),
        ] {
            if let Err(error) = removed {
                tracing::warn!(%error, what, "what has ended could not be removed");
            }
        }
        match lodestar.departures.remove_due().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed accounts whose people left"),
            Err(error) => tracing::warn!(%error, "accounts whose people left could not be removed"),
        }
        match lodestar.tasks.trim().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed background tasks that were given up long ago"),
            Err(error) => tracing::warn!(%error, "old background tasks could not be removed"),
        }
        match lodestar.mails.trim().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "removed the words of mails that are 30 days old"),
            Err(error) => tracing::warn!(%error, "the words of old mails could not be removed"),
        }
        if let Err(error) = lodestar.accounts.trim_links().await {
            tracing::warn!(%error, "links that do not work any more could not be removed");
        }
        if let Err(error) = lodestar.accounts.trim_sessions().await {
            tracing::warn!(%error, "sessions of long ago could not be removed");
        }
        if let Err(error) = sessions.remove_expired(SystemClock.now()).await {
            tracing::warn!(%error, "expired sessions could not be removed");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

/// Plans the next weekly digests, unless they are.
async fn plan_digests(lodestar: &Lodestar) {
    if let Err(error) = lodestar.digests.begin().await {
        tracing::warn!(%error, "the weekly digests could not be planned");
    }
}
