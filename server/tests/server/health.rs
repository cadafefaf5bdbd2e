//! How the server is, for operators and scripts.

use reqwest::StatusCode;
use serde_json::Value;

use crate::http::{Server, json};
use crate::support::{Serving, free_port, program, run};

fn part<'r>(report: &'r Value, name: &str) -> &'r Value {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {report}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_has_a_state_a_latency_and_its_last_error() {
    let server = Server::start().await;
    let answer = server.get("/health").await;
    assert_eq!((answer.status(), answer.headers()["cache-control"].to_str().unwrap()), (StatusCode::OK, "no-store"));
    let report = json(answer).await;
    assert_eq!((&report["state"], &report["version"]), (&"ok".into(), &env!("CARGO_PKG_VERSION").into()));
    for (name, needed) in
        [("database", true), ("files", true), ("embedding", true), ("generation", false), ("mail", false)]
    {
        let part = part(&report, name);
        assert_eq!((&part["state"], &part["needed"]), (&"ok".into(), &needed.into()), "{report}");
        assert!(part["millis"].is_u64() && part["last_error"].is_null(), "{report}");
    }
    assert_eq!(part(&report, "database")["detail"], "SQLite");
    assert!(
        part(&report, "mail")["detail"].as_str().unwrap().starts_with("no mail server is configured; mails are kept")
    );

    let data = server.folder.path().join("data");
    std::fs::rename(&data, server.folder.path().join("away")).unwrap();
    let broken = server.get("/health").await;
    assert_eq!(broken.status(), StatusCode::SERVICE_UNAVAILABLE);
    let report = json(broken).await;
    let files = part(&report, "files");
    assert_eq!((&report["state"], &files["state"]), (&"failing".into(), &"failing".into()));
    assert!(!files.to_string().contains(data.to_str().unwrap()), "anybody may read it: {files}");

    std::fs::rename(server.folder.path().join("away"), &data).unwrap();
    let report = json(server.get("/health").await).await;
    let files = part(&report, "files");
    assert_eq!((&report["state"], &files["state"]), (&"ok".into(), &"ok".into()));
    assert!(files["last_error"]["message"].as_str().unwrap().contains("cannot be written"), "{files}");
    assert!(files["last_error"]["at"].as_str().unwrap().ends_with('Z'), "{files}");
}

#[tokio::test(flavor = "multi_thread")]
async fn model_servers_that_do_not_answer_degrade_it() {
    let nobody = format!("http://127.0.0.1:{}/v1", free_port());
    let server = Server::start_with(&format!("[inference]\nendpoints = {nobody:?}\nmodel = \"any\"")).await;
    let mut report = Value::Null;
    // The servers are first asked in the background.
    for _ in 0..100 {
        let answer = server.get("/health").await;
        assert_eq!(answer.status(), StatusCode::OK);
        report = json(answer).await;
        if report["state"] == "degraded" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(part(&report, "generation")["detail"], "0 of 1 model servers answer", "{report}");
    assert_eq!(server.get("/health/ready").await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_learn_from_the_command_whether_it_is_ready() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let program = || program(folder.path(), port);
    let (ok, said) = run(&mut program(), &["health"]);
    assert!(!ok && said.contains("Is Lodestar running there?"), "{said}");

    let serving = Serving::start(program(), folder.path(), port);
    let (ok, said) = run(&mut program(), &["health"]);
    assert!(ok && said.contains(&serving.address), "{said}");
    // Another address than the configured one.
    let (ok, said) = run(program().env("LODESTAR_HTTP__ADDR", "127.0.0.1:1"), &["health", &serving.address]);
    assert!(ok, "{said}");
    let (ok, said) = run(&mut program(), &["doctor"]);
    assert!(ok && said.contains(&format!("Lodestar serves on 127.0.0.1:{port}, and is ready")), "{said}");

    std::fs::rename(folder.path().join("data"), folder.path().join("away")).unwrap();
    let (ok, said) = run(&mut program(), &["health"]);
    assert!(!ok && said.contains("is not ready: files: the data folder cannot be written"), "{said}");
    std::fs::rename(folder.path().join("away"), folder.path().join("data")).unwrap();
    serving.stop();
}
