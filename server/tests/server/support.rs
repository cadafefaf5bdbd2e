//! What the server's tests share: models that `make models` installed, and a running server.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use inference::Embedder;
use llama::{Embedding, EmbeddingOptions};
use server::system::{SystemClock, SystemRandom};
use services::account::Client;
use services::audit::Audit;
use services::limits::{ClientAddress, Limits};
use store::Store;

/// Where all requests come from.
pub const HERE: Client<'static> =
    Client { address: ClientAddress(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)), agent: "" };

/// Everybody may try as often as they like.
pub fn unlimited(store: &Store) -> Limits {
    Limits::new(store.clone(), Arc::new(SystemClock), Default::default())
}

/// The audit log in `store`.
pub fn audit(store: &Store) -> Audit {
    Audit::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom))
}

/// The installed embedding model's file.
pub fn model() -> PathBuf {
    let folder = std::env::var_os("LODESTAR_TEST_MODELS")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache/lodestar/models"));
    let path = folder.join("all-MiniLM-L6-v2.gguf");
    assert!(path.is_file(), "{} is missing: run `make models`", path.display());
    path
}

/// The embedding model, loaded.
pub fn embedder() -> Arc<dyn Embedder> {
    Arc::new(Embedding::open("all-MiniLM-L6-v2", model(), EmbeddingOptions::default()).unwrap())
}

/// A client, as the tests' own; the server sets up cryptography only where it runs in this process.
pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// A port that nobody listens on just now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The program with its data in `folder`, a site, and the models of the tests.
pub fn program(folder: &Path, port: u16) -> Command {
    let site = folder.join("site/pkg");
    std::fs::create_dir_all(&site).unwrap();
    std::fs::write(site.join("lodestar.css"), "body{}").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lodestar"));
    command
        .current_dir(folder)
        .env("LODESTAR_DATA__DIR", folder.join("data"))
        .env("LODESTAR_HTTP__ADDR", format!("127.0.0.1:{port}"))
        .env("LODESTAR_HTTP__SITE_DIR", folder.join("site"))
        .env("LODESTAR_MODELS__EMBEDDING", model())
        .env("LODESTAR_INFERENCE__ISOLATE", "false");
    command
}

/// What the program says when it is run with `arguments`, and how it ends.
pub fn run(command: &mut Command, arguments: &[&str]) -> (bool, String) {
    let Output { status, stdout, stderr } = command.args(arguments).output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
}

/// A running `lodestar serve`.
pub struct Serving {
    pub address: String,
    child: Child,
}

impl Serving {
    /// Starts it and waits until it is ready.
    pub fn start(mut command: Command, folder: &Path, port: u16) -> Self {
        let child = command.arg("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let serving = Self { address: format!("http://127.0.0.1:{port}"), child };
        let began = Instant::now();
        while !run(&mut program(folder, port), &["health"]).0 {
            assert!(began.elapsed() < Duration::from_secs(60), "it did not become ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        serving
    }

    /// Stops it as an operator would, and gives what it logged.
    pub fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut logged = String::new();
        std::io::Read::read_to_string(self.child.stderr.as_mut().unwrap(), &mut logged).unwrap();
        assert!(self.child.wait().unwrap().success(), "{logged}");
        logged
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It is gone already where the test got that far.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
