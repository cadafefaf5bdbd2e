//! Starting the process, and starting it again.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{Error, ErrorKind, Result};
use tempfile::TempDir;
use tokio::{
    process::{Child, ChildStdin, Command},
    sync::watch,
    task::JoinHandle,
};

use super::{
    caller::{Embedding, Line, greet},
    wire::Hello,
};
use crate::{Embedder, Host};

/// The pause before a process that ended is started again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A process that lived as long as this is started again without delay when it ends: whatever ended it, it was not
/// starting.
const STEADY: Duration = Duration::from_secs(10);
/// How often a process that is being started is asked whether it is ready.
const ASK: Duration = Duration::from_millis(25);

/// A process with models, started again whenever it ends. Dropping it ends the process.
pub struct Isolated {
    line: Line,
    hello: Hello,
    state: Arc<State>,
    supervisor: JoinHandle<()>,
    /// Where the socket is: nobody else may enter it.
    _folder: TempDir,
}

#[derive(Default)]
struct State {
    restarts: AtomicU64,
    process: AtomicU32,
}

impl std::fmt::Debug for Isolated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Isolated").field("path", &self.line.path).field("hello", &self.hello).finish_non_exhaustive()
    }
}

impl Drop for Isolated {
    fn drop(&mut self) {
        self.supervisor.abort();
    }
}

impl Isolated {
    /// Starts what `command` makes of the path of a Unix socket, and waits until its model that
    /// embeds is loaded. The process has to listen there, call [`serve`](super::serve), and end when its
    /// standard input does.
    ///
    /// # Errors
    /// [`ErrorKind::Busy`] if the process ends before it is ready: it has said why.
    pub async fn start(command: impl Fn(&Path) -> Command + Send + Sync + 'static) -> Result<Self> {
        let folder = folder().map_err(|error| cannot(&error))?;
        let path = folder.path().join("engine");
        let (ready, is_ready) = watch::channel(false);
        let state = Arc::new(State::default());
        let (mut child, mut input, hello) = begin(&path, &command).await?;
        state.process.store(child.id().unwrap_or_default(), Ordering::Relaxed);
        let _ = ready.send(true);
        let (watched, known) = (path.clone(), Arc::clone(&state));
        let supervisor = tokio::spawn(async move {
            let mut pause = PAUSE;
            let mut began = Instant::now();
            loop {
                let exit = child.wait().await;
                drop(input.take());
                let _ = ready.send(false);
                tracing::error!(exit = %describe(exit), "the engine process ended and is started again");
                if began.elapsed() >= STEADY {
                    pause = PAUSE;
                }
                (child, input) = loop {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    match begin(&watched, &command).await {
                        Ok((child, input, _)) => break (child, input),
                        Err(error) => tracing::error!(%error, "the engine process could not be started again"),
                    }
                };
                began = Instant::now();
                known.restarts.fetch_add(1, Ordering::Relaxed);
                known.process.store(child.id().unwrap_or_default(), Ordering::Relaxed);
                let _ = ready.send(true);
            }
        });
        Ok(Self { line: Line { path, ready: is_ready }, hello, state, supervisor, _folder: folder })
    }

    /// The models that write.
    pub fn host(&self) -> Arc<dyn Host> {
        Arc::new(self.line.clone())
    }

    /// The model that embeds.
    pub fn embedder(&self) -> Arc<dyn Embedder> {
        Arc::new(Embedding { line: self.line.clone(), name: self.hello.embedder.clone() })
    }

    /// How often it was started again.
    pub fn restarts(&self) -> u64 {
        self.state.restarts.load(Ordering::Relaxed)
    }

    /// The process's number, that of the last one while it is being started again.
    pub fn process(&self) -> u32 {
        self.state.process.load(Ordering::Relaxed)
    }
}

/// A folder for the socket that its owner alone may enter.
fn folder() -> std::io::Result<TempDir> {
    let alone = Permissions::from_mode(0o700);
    tempfile::Builder::new().prefix("lodestar-").permissions(alone).tempdir()
}

/// Starts the process and waits until it is ready.
/// Its input is kept apart: waiting for a process closes what it still has of it.
async fn begin(path: &Path, command: &impl Fn(&Path) -> Command) -> Result<(Child, Option<ChildStdin>, Hello)> {
    let _ = std::fs::remove_file(path);
    let mut child = command(path)
        .stdin(Stdio::piped())
        // Signals of a terminal go to all of a group; this process ends with its input.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| cannot(&error))?;
    let input = child.stdin.take();
    loop {
        if let Some(hello) = greet(path).await {
            return Ok((child, input, hello));
        }
        if let Some(exit) = child.try_wait().map_err(|error| cannot(&error))? {
            return Err(cannot(&format!("it ended with {exit}; it said why above")));
        }
        tokio::time::sleep(ASK).await;
    }
}

fn cannot(cause: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Busy, format!("The engine process did not start: {cause}."))
}

fn describe(exit: std::io::Result<ExitStatus>) -> String {
    exit.map_or_else(|error| error.to_string(), |exit| exit.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_may_enter_the_folder_of_the_socket() {
        let folder = folder().unwrap();
        assert_eq!(folder.path().metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
}
