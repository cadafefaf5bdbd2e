//! The server: configuration, wiring, HTTP. Its front door is [`serve`]; tests boot the real thing
//! through it on port 0.
// The type of a page holds the types of all that is on it.
#![recursion_limit = "512"]

pub mod compose;
pub mod config;
mod http;
pub mod system;
mod wiring;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::Clock;
use inference::openai::OpenAi;
use tokio::net::TcpListener;

use compose::Lodestar;
use config::Config;
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
    let router = http::router(config, &lodestar);
    let upkeep = tokio::spawn(upkeep(lodestar.clone()));
    let tasks = tokio::spawn({
        let tasks = lodestar.tasks.clone();
        async move { tasks.run().await }
    });
    let watch = lodestar.remote.clone().map(|remote| tokio::spawn(watch(remote)));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let graceful = async move {
        shutdown.await;
        tracing::info!("stopping: no new requests, open ones have {} s to end", http::GRACE.as_secs());
        let _ = stop.send(());
    };
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
