//! What the machine gives: time, disk, memory and addresses.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use domain::number::grouped;
use domain::{Clock, Timestamp};
use server::config::Config;
use server::system::{self, SystemClock};
use store::Store;
use tokio::net::TcpListener;

use super::Finding;
use crate::commands::health;

/// How far the clocks of the database and of this machine may be apart, in milliseconds.
const APART: u64 = 5_000;
/// Free bytes on a disk below which nothing works for long, and below which there is little room.
const DISK: (u64, u64) = (100_000_000, 1_000_000_000);
/// Bytes of memory that Lodestar takes without a model that writes.
const IDLE: u64 = 150_000_000;

/// The clock is not before this program was made, nor far from the database's.
pub async fn clock(store: Option<&Store>) -> Finding {
    let now = SystemClock.now();
    let made = std::env::current_exe().and_then(|program| program.metadata()?.modified()).ok();
    let made = made.and_then(|made| i64::try_from(made.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok());
    if let Some(made) = made.map(Timestamp::from_millis).filter(|made| *made > now) {
        let message = format!("it says {}, and this program was made on {}: set it", now.day(), made.day());
        return Finding::Wrong(message);
    }
    let there = match store {
        Some(store) => database_clock(store).await,
        None => None,
    };
    match there.map(|there| there.millis().abs_diff(SystemClock.now().millis())) {
        Some(apart) if apart > APART => Finding::Wrong(format!(
            "it is {} s from that of the database's machine: set both by a time server",
            grouped(apart / 1_000)
        )),
        _ => Finding::Good(format!("it says {}", now.day())),
    }
}

async fn database_clock(store: &Store) -> Option<Timestamp> {
    store::doctor::clock(&mut *store.read().await.ok()?).await.ok()
}

/// The disk of the data folder has room.
pub fn disk(config: &Config) -> Finding {
    let folder = config.data.dir.display();
    let Some(free) = system::free_disk(&config.data.dir) else {
        return Finding::Note(format!("how much is free for {folder} cannot be found out"));
    };
    let said = format!("{} MB are free for {folder}", grouped(free / 1_000_000));
    match free {
        free if free < DISK.0 => Finding::Wrong(format!("{said}: make room, or move data.dir to a larger disk")),
        free if free < DISK.1 => Finding::Note(format!("{said}, which is little: backups and models need more")),
        _ => Finding::Good(said),
    }
}

/// There is memory for Lodestar and for each model that has a role.
pub fn memory(config: &Config) -> Finding {
    let Ok(present) = system::memory() else {
        return Finding::Note("how much there is cannot be found out".to_owned());
    };
    let limit = match config.inference.memory_limit {
        0 => present / 4 * 3,
        megabytes => megabytes.saturating_mul(1_000_000),
    };
    let [shown, most] = [present, limit].map(|bytes| grouped(bytes / 1_000_000));
    if let Ok(library) = server::compose::library(config) {
        for name in config.roles().into_values() {
            if let Ok(model) = library.manifest().model(&name)
                && model.memory > limit
            {
                let need = grouped(model.memory / 1_000_000);
                let message =
                    format!("{name} needs {need} MB, and models may take {most} of {shown} MB: choose a smaller one");
                return Finding::Wrong(message);
            }
        }
    }
    match system::free_memory() {
        _ if present < IDLE => {
            Finding::Wrong(format!("{shown} MB are too few: Lodestar takes about 150 without a model"))
        }
        Some(free) if free < IDLE => {
            Finding::Note(format!("{} of {shown} MB are free, which is little", grouped(free / 1_000_000)))
        }
        _ => Finding::Good(format!("{shown} MB, of which models may take {most}")),
    }
}

/// Lodestar can listen there, or does: which one, is the second answer.
pub async fn address(address: SocketAddr) -> (Finding, bool) {
    let Err(error) = TcpListener::bind(address).await.map_err(|error| error.kind()) else {
        return (Finding::Good(format!("{address} is free to listen on")), false);
    };
    if error != ErrorKind::AddrInUse {
        return (cannot_listen("http.addr", address, error), false);
    }
    match integrations::health::ready(&format!("http://{}", health::reachable(address))).await {
        Ok(()) => (Finding::Good(format!("Lodestar serves on {address}, and is ready")), true),
        Err(reason) => {
            let reason = reason.message.trim_end_matches('.').to_owned();
            let message =
                format!("something listens on {address} already ({reason}): stop it, or choose another http.addr");
            (Finding::Wrong(message), false)
        }
    }
}

/// Its figures can be had there, or are by the Lodestar that `serves`.
pub async fn figures(address: SocketAddr, serves: bool) -> Finding {
    match TcpListener::bind(address).await.map_err(|error| error.kind()) {
        Ok(_) => Finding::Good(format!("{address} is free to listen on")),
        Err(ErrorKind::AddrInUse) if serves => Finding::Good(format!("Lodestar serves on {address}")),
        Err(error) => cannot_listen("metrics.addr", address, error),
    }
}

fn cannot_listen(key: &str, address: SocketAddr, error: ErrorKind) -> Finding {
    Finding::Wrong(match error {
        ErrorKind::AddrInUse => format!("another program listens on {address}: stop it, or choose another {key}"),
        ErrorKind::PermissionDenied => format!(
            "this user may not listen on {address}: choose a port from 1024 on as {key}, behind a proxy, or allow it (CAP_NET_BIND_SERVICE)"
        ),
        error => format!("{address} is no address of this machine ({error}): choose another {key}"),
    })
}
