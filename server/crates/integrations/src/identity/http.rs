//! Requests to sign-in providers: no redirects, small answers, a short patience.

use std::pin::Pin;
use std::time::Duration;

use domain::{Error, ErrorKind};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;

/// How long a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest answer, in bytes.
const LARGEST: usize = 1024 * 1024;

/// What went wrong in talking to a provider, for the operator.
#[derive(Debug)]
pub(super) struct Trouble(pub String);

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        Self(text)
    }
}

/// The client for all of them.
#[derive(Clone)]
pub(super) struct Http(Client);

impl Http {
    pub fn new() -> domain::Result<Self> {
        // An earlier client may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .timeout(PATIENCE)
            // A redirected request could carry a secret to somebody else.
            .redirect(reqwest::redirect::Policy::none())
            // GitHub answers nobody who does not say who asks.
            .user_agent(concat!("Lodestar/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(Self)
            .map_err(|error| Error::new(ErrorKind::Busy, format!("HTTPS cannot be set up: {error}.")))
    }

    pub fn get(&self, address: &str) -> RequestBuilder {
        self.0.get(address).header(reqwest::header::ACCEPT, "application/json")
    }

    pub fn post(&self, address: &str) -> RequestBuilder {
        self.0.post(address)
    }

    pub fn delete(&self, address: &str) -> RequestBuilder {
        self.0.delete(address)
    }

    /// The answer's JSON, if the request succeeded.
    pub async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Trouble> {
        let body = self.success(request).await?;
        serde_json::from_slice(&body).map_err(|error| Trouble(format!("the answer cannot be read: {error}")))
    }

    /// The answer's body, if the request succeeded.
    pub async fn success(&self, request: RequestBuilder) -> Result<Vec<u8>, Trouble> {
        let answer = request.send().await?;
        let (status, url) = (answer.status(), answer.url().clone());
        if !status.is_success() {
            return Err(Trouble(format!("{} answers {status}", url.path())));
        }
        body(answer).await
    }
}

async fn body(mut answer: reqwest::Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(Trouble("the answer is larger than a megabyte".to_owned()));
        }
    }
    Ok(body)
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Trouble;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Trouble>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.0.execute(request.try_into()?).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = body(answer).await?;
            // GitHub says what is wrong with 200, and means 400 (RFC 6749, section 5.2).
            let failed = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|said| said["error"].is_string());
            let status = if failed && status.is_success() { StatusCode::BAD_REQUEST } else { status };
            let mut response = http::Response::builder().status(status);
            if let Some(kept) = response.headers_mut() {
                *kept = headers;
            }
            response.body(body).map_err(|error| Trouble(error.to_string()))
        })
    }
}
