//! The real server on a port of its own: health, headers, foreign requests, bad input.

use std::sync::Mutex;

use reqwest::{Client, StatusCode, header};
use server::compose::Lodestar;
use server::config::Config;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::support::HERE;

pub struct Server {
    pub address: String,
    client: Client,
    /// The session's cookie, as a browser would keep it.
    cookie: Mutex<Option<String>>,
    stop: Option<oneshot::Sender<()>>,
    done: tokio::task::JoinHandle<()>,
    pub lodestar: Lodestar,
    pub folder: tempfile::TempDir,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with("").await
    }

    /// Scripts of `origin` may call its API.
    pub async fn start_open_to(origin: &str) -> Self {
        Self::start_in("", &[("LODESTAR_HTTP__CORS_ORIGINS", origin)]).await
    }

    /// Registers with a form; the session's cookie.
    pub async fn register(&self, form: &[(&str, &str)]) -> String {
        let cookie = session_cookie(&self.post(&path("/register"), form).await).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// With more lines of configuration, the first of them below `[models]`. Models run in this process: it is not
    /// the program that runs them elsewhere.
    pub async fn start_with(more: &str) -> Self {
        Self::start_in(more, &[]).await
    }

    async fn start_in(more: &str, environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        std::fs::create_dir_all(site.join("pkg")).unwrap();
        std::fs::write(site.join("pkg/lodestar.test.css"), "body{}").unwrap();
        let text = format!(
            "[http]\naddr = \"127.0.0.1:0\"\nsite_dir = {site:?}\n[data]\ndir = {data:?}\n[models]\nembedding = {model:?}\n{more}",
            data = folder.path().join("data"),
            model = crate::support::model(),
        );
        let here = [("LODESTAR_INFERENCE__ISOLATE", "false")].iter().chain(environment);
        let here = here.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let config = Config::parse(&text, "test.toml".as_ref(), here).unwrap();
        let lodestar = Lodestar::compose(&config).await.unwrap();
        let listener = TcpListener::bind(config.http.addr).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let serving = lodestar.clone();
        let done = tokio::spawn(async move {
            let shutdown = async move {
                let _ = stopped.await;
            };
            server::serve(&config, serving, listener, shutdown).await.unwrap();
        });
        // The client wants one even where everything is plain HTTP; an earlier test may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { address, client, cookie: Mutex::default(), stop: Some(stop), done, lodestar, folder }
    }

    /// Signs in with a form; the session's cookie.
    pub async fn sign_in(&self, form: &[(&str, &str)]) -> String {
        let cookie = session_cookie(&self.post(&path("/sign_in"), form).await).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Ends the session.
    pub async fn sign_out(&self) {
        self.post(&path("/sign_out"), &[]).await;
    }

    /// What happens for people.
    pub fn events(&self) -> &services::events::Events {
        &self.lodestar.events
    }

    /// The name of its embedding model.
    pub fn embedder_name(&self) -> String {
        self.lodestar.embedder.name().to_owned()
    }

    /// What is counted of generated text.
    pub fn generation(&self) -> &services::generation::Generation {
        &self.lodestar.generation
    }

    /// What is running.
    pub fn lodestar(&self) -> &Lodestar {
        &self.lodestar
    }

    /// Waits until the question bank is prepared: a process that ends while llama.cpp computes may crash.
    pub async fn rest(&self) {
        self.lodestar.interviews.warm().await.unwrap();
    }

    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.send(self.client.get(format!("{}{path}", self.address))).await
    }

    /// Posts a form as a page of this site does.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        self.post_raw(path, &self.address, encode(form).into_bytes()).await
    }

    async fn post_raw(&self, path: &str, origin: &str, body: Vec<u8>) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.address)).header(header::ORIGIN, origin);
        self.send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await
    }

    async fn send(&self, mut request: reqwest::RequestBuilder) -> reqwest::Response {
        if let Some(cookie) = self.cookie.lock().unwrap().clone() {
            request = request.header(header::COOKIE, cookie);
        }
        let answer = request.send().await.unwrap();
        if let Some(cookie) = session_cookie(&answer) {
            *self.cookie.lock().unwrap() = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }
}

/// The session's cookie that an answer sets.
fn session_cookie(answer: &reqwest::Response) -> Option<String> {
    let cookies = answer.headers().get_all(header::SET_COOKIE);
    cookies.iter().map(|cookie| cookie.to_str().unwrap().to_owned()).find(|cookie| cookie.starts_with("lodestar="))
}

/// A form as browsers encode it.
pub fn encode(form: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric();
        text.bytes()
            .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect()
    };
    form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

pub async fn json(answer: reqwest::Response) -> serde_json::Value {
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn health_names_each_part() {
    let server = Server::start().await;
    assert_eq!(server.get("/health/live").await.status(), StatusCode::OK);
    let ready = server.get("/health/ready").await;
    assert_eq!(ready.status(), StatusCode::OK);
    let report = json(ready).await;
    for part in ["database", "files", "embedding"] {
        assert_eq!(report[part]["ok"], true, "{report}");
    }
    std::fs::remove_dir_all(server.folder.path().join("data")).unwrap();
    let broken = server.get("/health/ready").await;
    assert_eq!(broken.status(), StatusCode::SERVICE_UNAVAILABLE);
    let report = json(broken).await;
    assert_eq!((&report["files"]["ok"], &report["embedding"]["ok"]), (&false.into(), &true.into()), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers() {
    let server = Server::start().await;
    for path in ["/", "/login", "/nowhere", "/health/live", "/pkg/lodestar.test.css", "/interview/x/report"] {
        let answer = server.get(path).await;
        let headers = answer.headers();
        for name in
            ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "x-request-id"]
        {
            assert!(headers.contains_key(name), "{path} lacks {name}");
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("unsafe-inline") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        if headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
            assert!(policy.contains("'nonce-"), "{path}: {policy}");
            assert_eq!(headers["cache-control"], "no-store", "{path}");
        }
    }
}

/// Words in a crafted link never stand on a form as if Lodestar had written them.
#[tokio::test(flavor = "multi_thread")]
async fn only_own_refusals_are_shown() {
    let server = Server::start().await;
    let foreign = server.get("/login?next=%2Fsettings&__path=%2Fapi%2Fsign_in&__err=Q2FsbCB1cw").await;
    assert_eq!(foreign.status(), StatusCode::SEE_OTHER);
    assert_eq!(foreign.headers()[header::LOCATION], "/login?next=%2Fsettings");

    let page = format!("{}/login", server.address);
    let form = encode(&[("email", "nobody@example.org"), ("password", "Wrong-2026")]);
    let post = server.client.post(format!("{}/api/sign_in", server.address));
    let post =
        post.header(header::ORIGIN, &server.address).header(header::REFERER, &page).header(header::ACCEPT, "text/html");
    let post = post.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let refused = post.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FOUND);
    let place = refused.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert!(place.contains("__err="), "{place}");
    let cookies: Vec<_> = refused.headers().get_all(header::SET_COOKIE).iter().map(|c| c.to_str().unwrap()).collect();
    let cookie =
        cookies.iter().find_map(|cookie| cookie.starts_with("refusal=").then(|| cookie.split(';').next().unwrap()));
    let shown = server.client.get(&place).header(header::COOKIE, cookie.unwrap()).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(shown.text().await.unwrap().contains("do not go together"));
}

/// A page and a file that are answered at once each keep their own headers.
#[tokio::test(flavor = "multi_thread")]
async fn requests_do_not_see_each_other() {
    let server = Server::start().await;
    let rounds = (0..40).map(|_| {
        let pages = ["/", "/login", "/register", "/nowhere"].map(|path| server.get(path));
        let files = [(); 8].map(|()| server.get("/pkg/lodestar.test.css"));
        futures::future::join(futures::future::join_all(pages), futures::future::join_all(files))
    });
    for (pages, files) in futures::future::join_all(rounds).await {
        let has_nonce = |answer: &reqwest::Response| {
            answer.headers()["content-security-policy"].to_str().unwrap().contains("'nonce-")
        };
        assert!(pages.iter().all(has_nonce), "a page lost its policy");
        assert!(!files.iter().any(has_nonce), "a file has a page's policy");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_answer_with_their_status() {
    let server = Server::start().await;
    assert_eq!(server.get("/").await.status(), StatusCode::OK);
    assert_eq!(server.get("/register").await.status(), StatusCode::OK);
    assert_eq!(server.get("/nowhere").await.status(), StatusCode::NOT_FOUND);
    for path in ["/dashboard", "/interview", "/settings", "/interview/01890000-0000-7000-8000-000000000000"] {
        let answer = server.get(path).await;
        assert!(answer.status().is_redirection(), "{path}: {}", answer.status());
        let target = answer.headers()[header::LOCATION].to_str().unwrap();
        assert!(target.starts_with("/login?next=%2F") || target.starts_with("/login?next=/"), "{path}: {target}");
    }
}

/// The addresses of all server functions.
fn api_paths() -> Vec<String> {
    leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect()
}

/// The address of the server function whose name is `of`, after a slash.
pub fn path(of: &str) -> String {
    api_paths()
        .into_iter()
        .find(|path| path.trim_end_matches(char::is_numeric).ends_with(of))
        .unwrap_or_else(|| panic!("no server function {of}"))
}

pub const ADA: &[(&str, &str)] = &[("name", "Ada"), ("email", "ada@example.org"), ("password", "Correct-Horse-7")];

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_other_sites_change_nothing() {
    let server = Server::start().await;
    for api in api_paths() {
        let foreign = server.post_raw(&api, "http://evil.example", encode(ADA).into_bytes()).await;
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN, "{api}");
    }
    assert!(server.lodestar.accounts.sign_in("ada@example.org", "Correct-Horse-7", HERE).await.is_err());
}

/// The status line of the answer to a form of which only the length has been sent: a client that
/// goes on sending races with the server's closing of the connection.
fn announce(server: &Server, length: usize) -> String {
    use std::io::{BufRead, BufReader, Write};
    let host = server.address.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    let (path, origin) = (path("/register"), &server.address);
    write!(stream, "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nContent-Length: {length}\r\n\r\n")
        .unwrap();
    BufReader::new(stream).lines().next().unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_answers_nonsense_kindly() {
    let server = Server::start().await;
    assert!(server.post(&path("/register"), ADA).await.status().is_success());
    let endless = "x".repeat(1_000_000);
    for api in api_paths() {
        for form in [
            &[][..],
            &[("id", "nonsense"), ("turn", "-1")],
            &[("id", "01890000-0000-7000-8000-000000000000"), ("turn", "99999999999"), ("answer", &endless)],
            &[("name", "\0"), ("email", &endless), ("password", "\u{202e}")],
        ] {
            let status = server.post(&api, form).await.status();
            assert!(!status.is_server_error(), "{api}: {status}");
        }
        let status = server.post_raw(&api, &server.address, vec![0xff, 0xfe, b'%', b'&']).await.status();
        assert!(!status.is_server_error(), "{api}: {status} for bytes");
    }
    assert_eq!(announce(&server, 5_000_000), "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_cookie_is_guarded_and_renewed() {
    let server = Server::start().await;
    let first = session_cookie(&server.post(&path("/register"), ADA).await).unwrap();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(first.contains(attribute), "{first}");
    }
    assert!(server.get("/dashboard").await.status().is_success());
    let second = session_cookie(&server.post(&path("/sign_in"), ADA).await).unwrap();
    assert_ne!(first.split(';').next(), second.split(';').next(), "a new identifier");
    server.post(&path("/sign_out"), &[]).await;
    assert!(server.get("/dashboard").await.status().is_redirection());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_when_told() {
    let mut server = Server::start().await;
    server.get("/").await;
    server.stop.take().unwrap().send(()).unwrap();
    drop(server.client);
    tokio::time::timeout(std::time::Duration::from_secs(15), server.done).await.unwrap().unwrap();
}
