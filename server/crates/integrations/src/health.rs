//! Asks a running server whether it is ready, for scripts and containers.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{Error, ErrorKind, Result};
use serde::Deserialize;

/// How long the server may take; it gives each of its parts 3 s.
const PATIENCE: Duration = Duration::from_secs(5);

/// What `/health/ready` answers.
#[derive(Deserialize)]
struct Readiness {
    #[serde(flatten)]
    parts: BTreeMap<String, serde_json::Value>,
}

impl Readiness {
    /// What does not work, in a sentence.
    fn failures(&self) -> String {
        let failed = self.parts.iter().filter(|(_, part)| part["ok"] == false);
        let failed: Vec<_> =
            failed.map(|(name, part)| format!("{name}: {}", part["error"].as_str().unwrap_or("it fails"))).collect();
        failed.join("; ")
    }
}

/// Asks the server at `address`, like `http://127.0.0.1:3000`, whether it is ready.
///
/// # Errors
/// `Busy` if it is not, or does not answer, with the reason; `Invalid` if the address is none.
pub async fn ready(address: &str) -> Result<()> {
    // An earlier client may have installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = address.trim_end_matches('/');
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        // A machine's own server is asked directly, whatever proxy its environment names.
        .no_proxy()
        .build()
        .map_err(|error| Error::new(ErrorKind::Busy, format!("HTTPS cannot be set up: {error}.")))?;
    let answer = client.get(format!("{address}/health/ready")).send().await.map_err(|error| cannot(address, &error))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let failures = answer.json::<Readiness>().await.map(|readiness| readiness.failures()).unwrap_or_default();
    let message = if failures.is_empty() {
        format!("{address} answers {status} and not as Lodestar does. Check the address.")
    } else {
        format!("{address} is not ready: {failures}.")
    };
    Err(Error::new(ErrorKind::Busy, message))
}

fn cannot(address: &str, error: &reqwest::Error) -> Error {
    if error.is_builder() {
        return Error::invalid("address", format!("“{address}” is no address. Write it like http://127.0.0.1:3000."));
    }
    let reason = if error.is_timeout() {
        format!("no answer within {} s", PATIENCE.as_secs())
    } else {
        // The outermost error only says that sending failed.
        let innermost = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source()).last();
        innermost.map_or_else(String::new, ToString::to_string)
    };
    Error::new(ErrorKind::Busy, format!("{address} does not answer: {reason}. Is Lodestar running there?"))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that gives one answer to one request.
    async fn answering(status: &'static str, body: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            assert!(request[..read].starts_with(b"GET /health/ready HTTP/1.1\r\n"));
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        address
    }

    #[tokio::test]
    async fn a_ready_server_is_ready() {
        ready(&answering("200 OK", r#"{"ok":true,"database":{"ok":true,"millis":1}}"#).await).await.unwrap();
    }

    #[tokio::test]
    async fn what_fails_is_named() {
        let body = r#"{"ok":false,"database":{"ok":true,"millis":1},"files":{"ok":false,"millis":1,"error":"full"}}"#;
        let error = ready(&answering("503 Service Unavailable", body).await).await.unwrap_err();
        assert!(error.message.ends_with("is not ready: files: full."), "{}", error.message);
        let error = ready(&answering("404 Not Found", "nothing here").await).await.unwrap_err();
        assert!(error.message.contains("404 Not Found and not as Lodestar does"), "{}", error.message);
    }

    #[tokio::test]
    async fn silence_and_nonsense_are_told_apart() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = ready(&address).await.unwrap_err();
        assert!(error.message.contains("Is Lodestar running there?"), "{}", error.message);
        let error = ready("here and there").await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{}", error.message);
    }
}
