//! The REST API over HTTP: practice from beginning to end, tokens, errors, repetitions, events, and who may do what.

mod access;
mod practice;
mod shares;

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};

use crate::http::Server;

/// A program that calls a server, with or without a token.
pub struct Program<'s> {
    server: &'s Server,
    client: reqwest::Client,
    pub token: Option<String>,
}

/// What a call was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The kind of its error.
    pub fn kind(&self) -> &str {
        self.body["error"]["kind"].as_str().unwrap_or_default()
    }
}

impl<'s> Program<'s> {
    pub fn new(server: &'s Server) -> Self {
        Self { server, client: reqwest::Client::new(), token: None }
    }

    /// A program of a new member.
    pub async fn of(server: &'s Server, email: &str) -> Self {
        let mut program = Self::new(server);
        let person = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        let tokens = program.post("/auth/register", person).await;
        assert_eq!(tokens.status, StatusCode::CREATED, "{tokens:?}");
        program.token = tokens.body["access_token"].as_str().map(str::to_owned);
        program
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.server.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    /// Starts an interview of three questions; its identifier.
    pub async fn start(&self) -> String {
        let started = self.post("/interviews", wish()).await;
        assert_eq!(started.status, StatusCode::CREATED, "{started:?}");
        started.body["id"].as_str().unwrap().to_owned()
    }
}

pub const PASSWORD: &str = "Correct-Horse-7";

pub fn wish() -> Value {
    json!({ "role": "backend", "level": "mid", "kind": "mixed", "questions": 3, "mode": "study" })
}

pub async fn send(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Answer { status, headers, body }
}

/// Every call of the API's document: method, path below /api/v1, and what it says.
pub fn calls() -> Vec<(Method, String, Value)> {
    let document: Value = serde_json::from_str(&server::api::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut calls = Vec::new();
    for (path, methods) in paths {
        for (method, call) in methods.as_object().unwrap().iter().filter(|(_, call)| call["responses"].is_object()) {
            let method = method.to_uppercase().parse().unwrap();
            calls.push((method, path.strip_prefix("/api/v1").unwrap().to_owned(), call.clone()));
        }
    }
    assert!(calls.len() > 25, "{}", calls.len());
    calls
}
