//! Mail by a real mail server on loopback, and how mails look in their frames.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use domain::account::{Standing, Viewer};
use domain::mail::{MailState, MailView};
use reqwest::StatusCode;
use serde_json::Value;

use crate::http::{Server, path};

/// How long anything may take that happens in the background.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running mail server; ends when it is dropped.
struct MailServer {
    child: Child,
    port: u64,
    mails: Receiver<Value>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl MailServer {
    fn start() -> Self {
        let cache = std::env::var_os("BUILD_CACHE").map(PathBuf::from);
        let cache = cache
            .unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/lodestar"));
        let python = cache.join("tools/python/bin/python");
        assert!(python.is_file(), "{} is missing: run `make setup`", python.display());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server/smtp.py");
        let mut child = Command::new(python)
            .args(["-W", "ignore", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (said, mails) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The test may have ended by now.
                let _ = said.send(serde_json::from_str(&line).unwrap());
            }
        });
        let first: Value = mails.recv_timeout(PATIENCE).expect("the mail server says its port");
        Self { child, port: first["port"].as_u64().unwrap(), mails }
    }

    /// Lodestar that sends by it; `more` follows the address of the mail server.
    async fn lodestar(&self, more: &str) -> Server {
        Server::start_with(&format!(
            "[mail]\nsmtp = \"smtp://lodestar:p%40ss%2Fword@127.0.0.1:{}{more}\"\nfrom = \"Lodestar <coach@example.org>\"\n",
            self.port
        ))
        .await
    }
}

/// Opens an account with that address.
async fn register(server: &Server, email: &str) {
    let form = [("name", "Zoë"), ("email", email), ("password", "Correct-Horse-7")];
    assert!(server.post(&path("/register"), &form).await.status().is_success());
}

fn admin() -> Viewer {
    Viewer {
        id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
        name: "Root".to_owned(),
        email: "root@example.org".to_owned(),
        standing: Standing::Admin,
    }
}

/// The mail to that address, once it is in one of these states.
async fn mail(server: &Server, recipient: &str, states: &[MailState]) -> MailView {
    let began = Instant::now();
    loop {
        let mails = server.lodestar().mails.view(&admin()).await.unwrap().mails;
        let found = mails.into_iter().find(|mail| mail.recipient == recipient).unwrap();
        if states.contains(&found.state) {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{found:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Why the only background task that sends has not come to its end, once that is known.
async fn trouble(server: &Server) -> String {
    let began = Instant::now();
    loop {
        let tasks = server.lodestar().tasks.view(&admin()).await.unwrap().tasks;
        if let Some(error) = tasks.into_iter().find_map(|task| task.error) {
            return error;
        }
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_reaches_a_real_server_in_both_forms() {
    let post = MailServer::start();
    let server = post.lodestar("").await;
    register(&server, "zoe@example.org").await;
    let taken = post.mails.recv_timeout(PATIENCE).expect("a mail");
    assert_eq!(taken["to"], "zoe@example.org");
    assert_eq!(taken["from"], "Lodestar <coach@example.org>");
    assert_eq!(taken["subject"], "Confirm your e-mail address");
    assert_eq!(taken["hello"], "example.org");
    let sent = mail(&server, "zoe@example.org", &[MailState::Sent]).await;
    assert_eq!((taken["id"].as_str().unwrap(), sent.text), (format!("<{}@example.org>", sent.id).as_str(), None));
    let (text, html) = (taken["text"].as_str().unwrap(), taken["html"].as_str().unwrap());
    assert!(text.starts_with("Hello Zoë,") && html.contains("Hello Zoë,"), "{text}");
    let (_, token) = text.split_once("/verify?token=").unwrap();
    let token: String = token.chars().take_while(char::is_ascii_hexdigit).collect();
    assert!(html.contains(&token));
    server.lodestar().accounts.verify_address(&token).await.unwrap();
    server.rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_off_is_sent_later_and_what_is_refused_says_why() {
    let post = MailServer::start();
    let server = post.lodestar("").await;
    register(&server, "later@example.org").await;
    let reason = trouble(&server).await;
    assert!(reason.contains("451") && reason.contains("Greylisted"), "{reason}");
    assert_eq!(mail(&server, "later@example.org", &[MailState::Waiting]).await.reason, None);
    // After the first pause, of five seconds.
    mail(&server, "later@example.org", &[MailState::Sent]).await;
    let taken = post.mails.recv_timeout(PATIENCE).expect("a mail");
    assert_eq!(taken["to"], "later@example.org");

    register(&server, "never@example.org").await;
    let failed = mail(&server, "never@example.org", &[MailState::Failed]).await;
    assert!(failed.reason.is_some_and(|reason| reason.contains("550") && reason.contains("nobody of that name")));
    assert!(post.mails.try_recv().is_err(), "each mail is sent once, and the refused one never");
    server.rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_where_the_connection_must_be_encrypted_and_cannot_be() {
    let post = MailServer::start();
    let server = post.lodestar("?tls=required").await;
    register(&server, "zoe@example.org").await;
    let reason = trouble(&server).await;
    assert!(reason.contains("STARTTLS"), "{reason}");
    assert_eq!(mail(&server, "zoe@example.org", &[MailState::Waiting]).await.reason, None);
    assert!(post.mails.try_recv().is_err());
    server.rest().await;
}

/// The part "mail" of how all is.
async fn health(server: &Server) -> (StatusCode, Value) {
    for _ in 0..20 {
        let answer = server.get("/health").await;
        let (status, report) = (answer.status(), answer.json::<Value>().await.unwrap());
        let part = report["checks"].as_array().unwrap().iter().find(|part| part["name"] == "mail");
        let part = part.expect("a part for mail");
        // A busy machine takes its time; each look waits for two seconds.
        if !part["detail"].as_str().unwrap_or_default().contains("has not answered yet") {
            return (status, part.clone());
        }
    }
    panic!("the mail server is not asked")
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_the_mail_server_answers_is_a_part_of_health_and_not_of_readiness() {
    let post = MailServer::start();
    let server = post.lodestar("").await;
    server.rest().await;
    let (status, part) = health(&server).await;
    let detail = part["detail"].as_str().unwrap();
    assert_eq!((status, &part["state"], &part["needed"]), (StatusCode::OK, &"ok".into(), &false.into()), "{part}");
    assert!(detail.starts_with("the mail server answers in ") && detail.contains(" ms; 0 mails wait, 0 of"), "{part}");
    assert!(post.mails.try_recv().is_err(), "nothing is sent for it");

    // One that cannot be used: it does not encrypt, does not know the password, or is not there.
    let gone = { MailServer::start().port };
    for (address, reason) in [
        (format!("smtp://lodestar:p%40ss%2Fword@127.0.0.1:{}?tls=required", post.port), "STARTTLS is not supported"),
        (format!("smtp://lodestar:wrong@127.0.0.1:{}", post.port), "refuses the sign-in (535)"),
        (format!("smtp://127.0.0.1:{gone}"), "Connection refused"),
    ] {
        let settings = format!("[mail]\nsmtp = {address:?}\nfrom = \"Lodestar <coach@example.org>\"\n");
        let server = Server::start_with(&settings).await;
        server.rest().await;
        let (status, part) = health(&server).await;
        assert_eq!((status, &part["state"]), (StatusCode::OK, &"failing".into()), "{part}");
        assert!(part["detail"].as_str().unwrap().contains(reason), "{part}");
        assert!(part["last_error"]["message"].as_str().unwrap().contains(reason), "{part}");
        assert!(!part.to_string().contains("127.0.0.1"), "anybody may read it: {part}");
        let ready = server.get("/health/ready").await;
        assert_eq!(ready.status(), StatusCode::OK, "people practise without mail");
        assert!(ready.json::<Value>().await.unwrap()["mail"].is_null(), "it is not asked for that");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_shown_to_administrators_in_frames_of_this_site_alone() {
    let server = Server::start_with("").await;
    let address = "/admin/mail/preview/verify-address";
    assert_eq!(server.get(address).await.status(), StatusCode::UNAUTHORIZED);
    register(&server, "zoe@example.org").await;
    assert_eq!(server.get(address).await.status(), StatusCode::FORBIDDEN);
    server.lodestar().accounts.create_admin("", "zoe@example.org", "").await.unwrap();
    let shown = server.get(address).await;
    let header = |name: &str| shown.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-frame-options"), "SAMEORIGIN");
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "sandbox", "frame-ancestors 'self'"] {
        assert!(policy.contains(part), "{policy}");
    }
    assert_eq!(header("cache-control"), "no-store");
    assert!(shown.text().await.unwrap().contains("Confirm your e-mail address"));
    assert_eq!(server.get("/admin/mail/preview/nothing").await.status(), StatusCode::NOT_FOUND);
    server.rest().await;
}
