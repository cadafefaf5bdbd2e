//! Fetching one file from a web server, in as many tries as it takes, resuming where it stopped.

use std::{io, path::Path, time::Duration};

use futures::StreamExt;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT_ENCODING, CONTENT_RANGE, RANGE},
    redirect::Policy,
};
use tokio::{
    fs::{self, File, OpenOptions},
    io::{AsyncWriteExt, BufWriter},
    time::sleep,
};

use super::super::{Artifact, Progress, Step, digest, manifest};

/// How patient a download is.
#[derive(Clone, Debug)]
pub struct HttpLimits {
    /// For reaching the server.
    pub connect: Duration,
    /// For the next bytes; the whole may take as long as it needs.
    pub idle: Duration,
    /// Tries after failures without a byte of progress between them.
    pub retries: u32,
    /// The pause before the first such try; it doubles with each.
    pub pause: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            retries: 4,
            pause: Duration::from_secs(1),
        }
    }
}

/// A client that keeps to `limits` and follows redirects to safe addresses only.
pub(super) fn client(limits: &HttpLimits) -> Result<Client, String> {
    // reqwest is built without a cryptography library of its own; an error only says that this
    // process has chosen one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirects = Policy::custom(|attempt| {
        if attempt.previous().len() > 5 {
            attempt.error("it redirects too often")
        } else if manifest::is_safe(attempt.url()) {
            attempt.follow()
        } else {
            attempt.error("it redirects to an address that is not https")
        }
    });
    Client::builder()
        .user_agent(concat!("lodestar/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        .read_timeout(limits.idle)
        .redirect(redirects)
        .build()
        .map_err(|error| cause(&error))
}

/// Why one try failed.
enum Failure {
    /// The server cannot be reached at all.
    Unreachable(String),
    /// Another try may help.
    Passing(String),
    /// No further try will.
    Final(String),
}

/// One artifact on its way to `folder`.
pub(super) struct Download<'a> {
    pub client: &'a Client,
    pub limits: &'a HttpLimits,
    pub artifact: &'a Artifact,
    pub folder: &'a Path,
    pub progress: &'a dyn Progress,
}

impl Download<'_> {
    /// Fetches the artifact from `url` unless it is here already; the reason if it cannot be had.
    pub(super) async fn run(&self, url: Url) -> Result<(), String> {
        let (whole, part) =
            (self.folder.join(&self.artifact.name), self.folder.join(format!("{}.part", self.artifact.name)));
        fs::create_dir_all(self.folder)
            .await
            .map_err(|error| format!("{} cannot be made: {error}", self.folder.display()))?;
        if self.check(&whole).await.is_ok() {
            return Ok(());
        }
        let mut resumed = length(&part).await > 0;
        loop {
            self.complete(&url, &part).await?;
            match self.check(&part).await {
                Ok(()) => {
                    return fs::rename(&part, &whole)
                        .await
                        .map_err(|error| format!("{} cannot be written: {error}", whole.display()));
                }
                Err(reason) => {
                    // Wrong bytes must not be resumed. They may stem from an earlier call and
                    // another source, so one clean try follows.
                    let _ = fs::remove_file(&part).await;
                    if !std::mem::take(&mut resumed) {
                        return Err(reason);
                    }
                    self.progress.at(Step::Again(&reason));
                }
            }
        }
    }

    async fn check(&self, path: &Path) -> Result<(), String> {
        let (path, artifact) = (path.to_owned(), self.artifact.clone());
        tokio::task::spawn_blocking(move || digest::check(&path, &artifact)).await.map_err(|error| error.to_string())?
    }

    /// Tries until `part` has all its bytes.
    async fn complete(&self, url: &Url, part: &Path) -> Result<(), String> {
        let (mut failures, mut reached) = (0, false);
        loop {
            let before = length(part).await;
            let reason = match self.attempt(url, part).await {
                Ok(()) => return Ok(()),
                Err(Failure::Final(reason)) => return Err(reason),
                // A refused network is left at once for the next source; a lost one is waited for.
                Err(Failure::Unreachable(reason)) if !reached => return Err(reason),
                Err(Failure::Unreachable(reason)) => reason,
                Err(Failure::Passing(reason)) => {
                    reached = true;
                    reason
                }
            };
            failures = if length(part).await > before { 1 } else { failures + 1 };
            if failures > self.limits.retries {
                return Err(reason);
            }
            self.progress.at(Step::Again(&reason));
            sleep(self.limits.pause * 2_u32.saturating_pow(failures - 1)).await;
        }
    }

    async fn attempt(&self, url: &Url, part: &Path) -> Result<(), Failure> {
        let mut have = length(part).await;
        if have == self.artifact.size {
            return Ok(());
        }
        if have > self.artifact.size {
            discard(part).await?;
            have = 0;
        }
        let mut request = self.client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let response = request.send().await.map_err(|error| failure(&error))?;
        match response.status() {
            StatusCode::PARTIAL_CONTENT if have > 0 && starts_at(&response, have) => {
                self.receive(response, part, have).await
            }
            StatusCode::OK => {
                if let Some(length) = response.content_length().filter(|length| *length != self.artifact.size) {
                    return Err(Failure::Final(format!(
                        "its {} has {length} bytes instead of {}",
                        self.artifact.name, self.artifact.size
                    )));
                }
                discard(part).await?;
                self.receive(response, part, 0).await
            }
            // The server has another idea of the file than the first part of it that is here.
            StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if have > 0 => {
                discard(part).await?;
                Err(Failure::Passing(format!("the server could not continue {} at byte {have}", self.artifact.name)))
            }
            status
                if status.is_server_error()
                    || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) =>
            {
                Err(Failure::Passing(format!("the server answered {status}")))
            }
            status => Err(Failure::Final(format!("the server answered {status}"))),
        }
    }

    /// Appends the body to `part`, which has `have` bytes, up to the size that it should have.
    async fn receive(&self, response: Response, part: &Path, mut have: u64) -> Result<(), Failure> {
        let Artifact { name, size, .. } = self.artifact;
        let file = OpenOptions::new().create(true).append(true).open(part).await.map_err(|error| unwritable(&error))?;
        let mut file = BufWriter::with_capacity(64 * 1024, file);
        let mut body = response.bytes_stream();
        let outcome = loop {
            self.progress.at(Step::Fetching { file: name, done: have, total: *size });
            match body.next().await {
                None if have == *size => break Ok(()),
                None => {
                    break Err(Failure::Passing(format!(
                        "the connection ended after {have} of {size} bytes of {name}"
                    )));
                }
                Some(Err(error)) => {
                    break Err(Failure::Passing(format!("{} after {have} of {size} bytes of {name}", cause(&error))));
                }
                Some(Ok(bytes)) if have + bytes.len() as u64 > *size => {
                    drop(file);
                    discard(part).await?;
                    return Err(Failure::Final(format!("it sends more than the {size} bytes of {name}")));
                }
                Some(Ok(bytes)) => {
                    file.write_all(&bytes).await.map_err(|error| unwritable(&error))?;
                    have += bytes.len() as u64;
                }
            }
        };
        // Also after a failure: what came is where the next try goes on.
        flushed(file).await.map_err(|error| unwritable(&error))?;
        outcome
    }
}

async fn flushed(mut file: BufWriter<File>) -> io::Result<()> {
    file.flush().await?;
    file.into_inner().sync_data().await
}

async fn length(path: &Path) -> u64 {
    fs::metadata(path).await.map_or(0, |metadata| metadata.len())
}

async fn discard(part: &Path) -> Result<(), Failure> {
    match fs::remove_file(part).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

fn unwritable(error: &io::Error) -> Failure {
    Failure::Final(format!("the models folder cannot be written: {error}"))
}

/// Whether the body of a 206 answer starts at byte `have`, by its `Content-Range`.
fn starts_at(response: &Response, have: u64) -> bool {
    let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
    let start = range.and_then(|range| range.strip_prefix("bytes ")?.split_once('-')?.0.parse::<u64>().ok());
    start == Some(have)
}

fn failure(error: &reqwest::Error) -> Failure {
    let reason = cause(error);
    if error.is_connect() {
        Failure::Unreachable(reason)
    } else if error.is_redirect() || error.is_builder() {
        Failure::Final(reason)
    } else {
        Failure::Passing(reason)
    }
}

/// The innermost cause: the outer ones only repeat the address.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    text.trim_end_matches('.').to_owned()
}
