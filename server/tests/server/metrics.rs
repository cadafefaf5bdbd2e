//! What Prometheus reads.

use std::collections::{BTreeMap, BTreeSet};

use llama::tiny::{self, Tiny};
use reqwest::{Client, StatusCode};

use crate::http::{ADA, Server, path};
use crate::support::free_port;

const KEY: &str = "a-long-key-for-prometheus";

async fn read(server: &Server, key: &str) -> reqwest::Response {
    Client::new().get(format!("{}/metrics", server.address)).bearer_auth(key).send().await.unwrap()
}

/// The figures by name and labels. Each must be described, and be a number.
fn parse(text: &str) -> BTreeMap<String, f64> {
    let mut types = BTreeMap::new();
    let mut figures = BTreeMap::new();
    for line in text.lines() {
        if let Some(described) = line.strip_prefix("# TYPE ") {
            let (name, kind) = described.split_once(' ').unwrap();
            assert!(types.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} is described twice");
        } else if !line.starts_with("# HELP ") {
            let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
            let name = series.split('{').next().unwrap();
            let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let known = types.contains_key(name) || of_histogram.is_some_and(|name| types[name] == "histogram");
            assert!(known, "{name} is not described");
            figures.insert(series.to_owned(), value.parse().unwrap_or_else(|_| panic!("{line}")));
        }
    }
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reads_figures_unless_the_operator_allows_it() {
    let server = Server::start().await;
    assert_eq!(read(&server, KEY).await.status(), StatusCode::NOT_FOUND);
    let server = Server::start_with(&format!("[metrics]\nkey = {KEY:?}")).await;
    assert_eq!(server.get("/metrics").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(read(&server, "another").await.status(), StatusCode::UNAUTHORIZED);
    let answer = read(&server, KEY).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(answer.headers()["cache-control"], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_of_their_own_needs_no_key() {
    let port = free_port();
    let server = Server::start_with(&format!("[metrics]\naddr = \"127.0.0.1:{port}\"")).await;
    assert_eq!(read(&server, "").await.status(), StatusCode::NOT_FOUND);
    let alone = |path: &str| Client::new().get(format!("http://127.0.0.1:{port}{path}")).send();
    let text = alone("/metrics").await.unwrap().text().await.unwrap();
    assert!(parse(&text).contains_key("process_resident_memory_bytes"), "{text}");
    assert_eq!(alone("/health/live").await.unwrap().status(), StatusCode::NOT_FOUND, "nothing but figures");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_of_their_own_asks_for_the_key_if_there_is_one() {
    let port = free_port();
    let server = Server::start_with(&format!("[metrics]\naddr = \"127.0.0.1:{port}\"\nkey = {KEY:?}")).await;
    assert_eq!(read(&server, KEY).await.status(), StatusCode::OK);
    let alone = Client::new().get(format!("http://127.0.0.1:{port}/metrics"));
    assert_eq!(alone.try_clone().unwrap().send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(alone.bearer_auth(KEY).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_the_pattern_of_their_route() {
    let server = Server::start_with(&format!("[metrics]\nkey = {KEY:?}")).await;
    let id = "01890000-0000-7000-8000-000000000000";
    for path in [&format!("/interview/{id}"), "/nowhere/at/all", "/login", "/login", "/health/ready"] {
        server.get(path).await;
    }
    server.post(&path("/register"), ADA).await;
    server.post(&path("/sign_in"), ADA).await;
    server.post(&path("/sign_in"), &[("email", "ada@example.org"), ("password", "Wrong-Horse-7")]).await;
    let text = read(&server, KEY).await.text().await.unwrap();
    let figures = parse(&text);
    let count = |method: &str, route: &str, status: u16| {
        let series = format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
        let requests = figures.get(&format!("lodestar_http_requests_total{series}")).copied();
        let durations = figures.get(&format!("lodestar_http_request_duration_seconds_count{series}")).copied();
        assert_eq!(requests, durations, "{series}");
        requests.unwrap_or_else(|| panic!("no {series} in\n{text}"))
    };
    assert_eq!(count("GET", "/login", 200), 2.0);
    assert_eq!(count("GET", "/interview/{id}", 302), 1.0);
    assert_eq!(count("GET", "other", 404), 1.0);
    assert_eq!(count("GET", "/health/ready", 200), 1.0);
    assert!(!text.contains(id) && !text.contains("nowhere"), "an address is in\n{text}");
    // This very request is on its way, and no other.
    assert_eq!(figures["lodestar_http_requests_in_flight"], 1.0);
    let sign_ins = ["accepted", "refused", "failed"]
        .map(|outcome| figures[&format!("lodestar_sign_ins_total{{outcome=\"{outcome}\"}}")]);
    assert_eq!(sign_ins, [1.0, 1.0, 0.0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_and_its_models_show_what_they_take() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    tiny::write(&file, Tiny { template: Some(tiny::CHATML), ..Tiny::default() }).unwrap();
    let keys = format!("[inference]\nserve_key = {KEY:?}\n[metrics]\nkey = {KEY:?}");
    let server = Server::start_with(&format!("fast = {file:?}\n{keys}")).await;
    let ask =
        serde_json::json!({ "model": "tiny", "max_tokens": 5, "messages": [{ "role": "user", "content": "Hi" }] });
    let asked = Client::new().post(format!("{}/v1/chat/completions", server.address)).bearer_auth(KEY).json(&ask);
    assert_eq!(asked.send().await.unwrap().status(), StatusCode::OK);
    let text = read(&server, KEY).await.text().await.unwrap();
    let figures = parse(&text);
    let of_model = |name: &str| figures[&format!("lodestar_model_{name}{{model=\"tiny\"}}")];
    assert_eq!((of_model("requests_total"), of_model("running"), of_model("failed_total")), (1.0, 0.0, 0.0));
    assert!(of_model("places") >= 1.0 && of_model("prompt_tokens_total") > 1.0, "{text}");
    assert!((1.0..=5.0).contains(&of_model("written_tokens_total")), "{text}");
    let connections: BTreeSet<_> =
        figures.keys().filter(|series| series.starts_with("lodestar_database_connections")).cloned().collect();
    assert_eq!(connections.len(), 4, "{connections:?}");
    // What the model took is perhaps still being written down.
    let writers = ["idle", "used"]
        .map(|state| figures[&format!("lodestar_database_connections{{pool=\"writer\",state=\"{state}\"}}")]);
    assert_eq!(writers.iter().sum::<f64>(), 1.0);
    assert!(figures["process_resident_memory_bytes"] > 10_000_000.0, "{text}");
    assert!(figures["process_start_time_seconds"] > 1_700_000_000.0, "{text}");
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(figures.keys().any(|series| series.starts_with("lodestar_build_info{") && series.contains(&version)));
}
