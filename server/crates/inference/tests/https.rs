//! Downloads from a real web server on this machine, with all that can go wrong on the way.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::{
    fs,
    time::{Duration, Instant},
};

use common::{
    NAME, Steps, artifacts, assert_nothing_installed, downloads, file, https, join, joined, library,
    server::{Answer, Server},
    weights,
};
use domain::ErrorKind;
use inference::models::{Library, Pulled, Quiet};
use tempfile::TempDir;

async fn start(answers: impl IntoIterator<Item = Answer>) -> (Server, TempDir, Library) {
    let server = Server::start(answers).await;
    let (folder, library) = library(&https(&server.address));
    (server, folder, library)
}

/// Puts `bytes` where an earlier, interrupted pull would have left them.
fn leave_part(folder: &TempDir, bytes: &[u8]) {
    fs::create_dir_all(downloads(folder)).unwrap();
    fs::write(downloads(folder).join("weights.bin.part"), bytes).unwrap();
}

async fn assert_installs(library: &Library) {
    let pulled = library.pull(NAME, join, &Quiet).await.unwrap();
    assert!(matches!(pulled, Pulled::New(_)), "{pulled:?}");
    assert!(fs::read(library.path(NAME).unwrap()).unwrap() == joined());
    library.verify(NAME).await.unwrap();
}

/// The message of a pull that must fail, with nothing installed after it.
async fn refusal(folder: &TempDir, library: &Library) -> String {
    let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Busy);
    assert_nothing_installed(folder, library);
    error.message
}

#[tokio::test]
async fn a_model_arrives_once() {
    let (server, folder, library) = start([Answer::Good]).await;
    assert_installs(&library).await;
    assert!(!downloads(&folder).exists());
    let again = library.pull(NAME, join, &Quiet).await.unwrap();
    assert!(matches!(again, Pulled::Already(_)));
    assert_eq!(server.ranges(), [""]);
}

#[tokio::test]
async fn progress_is_told_to_the_last_byte() {
    let (_server, _folder, library) = start([Answer::CutAfter(200_000), Answer::Good]).await;
    let steps = Steps::default();
    library.pull(NAME, join, &steps).await.unwrap();
    let steps = steps.0.into_inner().unwrap();
    assert!(steps[0].starts_with("Source(\"http://127.0.0.1"));
    assert!(steps.iter().any(|step| step.starts_with("Again")));
    assert!(steps.contains(&"Fetching { file: \"weights.bin\", done: 700000, total: 700000 }".to_owned()), "{steps:?}");
    assert_eq!(steps.last().unwrap(), "Converting");
}

#[tokio::test]
async fn a_broken_connection_is_resumed() {
    let (server, _folder, library) = start([Answer::CutAfter(300_000), Answer::CutAfter(100_000), Answer::Good]).await;
    assert_installs(&library).await;
    let ranges = server.ranges();
    assert_eq!(ranges.len(), 3);
    assert_eq!(ranges[0], "");
    assert!(ranges[1].starts_with("bytes=") && ranges[2] > ranges[1], "{ranges:?}");
}

#[tokio::test]
async fn many_breaks_are_no_failure_while_bytes_come() {
    let (server, _folder, library) = start([Answer::CutAfter(60_000)]).await;
    assert_installs(&library).await;
    assert!(server.ranges().len() > 8);
}

#[tokio::test]
async fn a_stalled_connection_is_resumed() {
    let (server, _folder, library) = start([Answer::StallAfter(300_000), Answer::Good]).await;
    assert_installs(&library).await;
    assert_eq!(server.ranges()[1], "bytes=300000-");
}

#[tokio::test]
async fn a_server_without_ranges_starts_over() {
    let (server, folder, library) = start([Answer::IgnoreRange]).await;
    leave_part(&folder, &weights()[..123_456]);
    assert_installs(&library).await;
    assert_eq!(server.ranges(), ["bytes=123456-"]);
}

#[tokio::test]
async fn a_refused_or_wrong_range_starts_over() {
    for answer in [Answer::Status(416), Answer::WrongPart] {
        let (server, folder, library) = start([answer, Answer::Good]).await;
        leave_part(&folder, &weights()[..123_456]);
        assert_installs(&library).await;
        assert_eq!(server.ranges(), ["bytes=123456-", ""]);
    }
}

#[tokio::test]
async fn what_is_left_of_another_file_is_dropped() {
    let (server, folder, library) = start([Answer::Good]).await;
    leave_part(&folder, &[7; 123_456]);
    assert_installs(&library).await;
    assert_eq!(server.ranges(), ["bytes=123456-", ""]);
    let (server, folder, library) = start([Answer::Good]).await;
    leave_part(&folder, &[7; 900_000]);
    assert_installs(&library).await;
    assert_eq!(server.ranges(), [""]);
    // As long as the whole, but wrong: seen without a request, then fetched.
    let (server, folder, library) = start([Answer::Good]).await;
    leave_part(&folder, &[7; 700_000]);
    assert_installs(&library).await;
    assert_eq!(server.ranges(), [""]);
}

#[tokio::test]
async fn wrong_bytes_are_refused_and_not_kept() {
    let mut wrong = weights();
    wrong[350_000] ^= 1;
    let (_server, folder, library) = start([Answer::Bytes(wrong)]).await;
    let message = refusal(&folder, &library).await;
    assert!(message.contains("weights.bin is not the file it should be: its sha256 is"), "{message}");
    assert!(!downloads(&folder).join("weights.bin.part").exists());
    assert!(!downloads(&folder).join("weights.bin").exists());
}

#[tokio::test]
async fn wrong_lengths_are_refused() {
    let (_server, folder, library) = start([Answer::Bytes(weights()[..699_999].to_vec())]).await;
    assert!(refusal(&folder, &library).await.contains("699999 bytes instead of 700000"));
    let (_server, folder, library) = start([Answer::Chunked([weights(), vec![0; 1_000_000]].concat())]).await;
    assert!(refusal(&folder, &library).await.contains("sends more than the 700000 bytes"));
    assert!(!downloads(&folder).join("weights.bin.part").exists());
}

#[tokio::test]
async fn a_file_that_always_ends_early_is_given_up_and_what_came_is_kept() {
    let (server, folder, library) = start([Answer::Chunked(weights()[..500_000].to_vec())]).await;
    let message = refusal(&folder, &library).await;
    assert!(message.contains("the connection ended after 500000 of 700000 bytes"), "{message}");
    server.now([Answer::Good]);
    assert_installs(&library).await;
    assert_eq!(server.ranges(), ["bytes=500000-"]);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_and_a_missing_file_is_not() {
    let (server, _folder, library) = start([Answer::Status(503), Answer::Status(429), Answer::Good]).await;
    assert_installs(&library).await;
    assert_eq!(server.ranges().len(), 3);
    let (server, folder, library) = start([Answer::Status(404)]).await;
    assert!(refusal(&folder, &library).await.contains("the server answered 404"));
    assert_eq!(server.ranges().len(), 1);
    let (server, folder, library) = start([Answer::Status(500)]).await;
    assert!(refusal(&folder, &library).await.contains("the server answered 500"));
    assert_eq!(server.ranges().len(), 4);
}

#[tokio::test]
async fn redirects_go_to_safe_addresses_only() {
    let target = Server::start([Answer::Good]).await;
    let (_server, _folder, library) = start([Answer::Redirect(format!("{}weights.bin", target.address))]).await;
    assert_installs(&library).await;
    let (_server, folder, library) = start([Answer::Redirect("http://192.0.2.1/weights.bin".into())]).await;
    let message = refusal(&folder, &library).await;
    assert!(message.contains("redirects to an address that is not https"), "{message}");
    let (server, folder, library) = start([Answer::Status(404)]).await;
    server.now([Answer::Redirect(format!("{}weights.bin", server.address))]);
    assert!(refusal(&folder, &library).await.contains("redirects too often"));
}

#[tokio::test]
async fn a_refused_network_gives_way_to_the_next_source_at_once() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ours = artifacts();
    let (_folder, library) = library(&format!("{}{}", https(&format!("http://{unused}/model/")), file(ours.path())));
    let (steps, start) = (Steps::default(), Instant::now());
    library.pull(NAME, join, &steps).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let steps = steps.0.into_inner().unwrap();
    assert!(steps.iter().any(|step| step.starts_with("Failed") && step.contains("refused")), "{steps:?}");
    assert!(!steps.iter().any(|step| step.starts_with("Again")));
    assert!(ours.path().join("weights.bin").exists());
}

#[tokio::test]
async fn when_all_sources_fail_each_is_listed_with_what_to_do() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::start([Answer::Status(403)]).await;
    let missing = std::path::Path::new("/nowhere/models");
    let (folder, library) =
        library(&format!("{}{}{}", https(&format!("http://{unused}/a/")), https(&server.address), file(missing)));
    let message = refusal(&folder, &library).await;
    for part in [
        format!("- http://{unused}/a/: "),
        format!("- {}: the server answered 403", server.address),
        "- /nowhere/models: there is no such file or folder".to_owned(),
        "`lodestar models pull small`".to_owned(),
        "weights.bin and vocab.txt".to_owned(),
    ] {
        assert!(message.contains(&part), "{part} is not in {message}");
    }
}

#[tokio::test]
async fn two_pulls_of_one_model_do_not_meet() {
    let (server, _folder, library) = start([Answer::StallAfter(100_000), Answer::Good]).await;
    let first = library.clone();
    let first = tokio::spawn(async move { first.pull(NAME, join, &Quiet).await });
    while server.ranges().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let error = library.pull(NAME, join, &Quiet).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(matches!(first.await.unwrap().unwrap(), Pulled::New(_)));
    assert!(matches!(library.pull(NAME, join, &Quiet).await.unwrap(), Pulled::Already(_)));
}

#[tokio::test]
async fn a_pull_that_is_stopped_goes_on_later() {
    let (server, folder, library) = start([Answer::StallAfter(400_000)]).await;
    let stopped = tokio::time::timeout(Duration::from_millis(250), library.pull(NAME, join, &Quiet)).await;
    assert!(stopped.is_err());
    assert_nothing_installed(&folder, &library);
    server.now([Answer::Good]);
    assert_installs(&library).await;
    assert!(server.ranges()[0].starts_with("bytes="), "{:?}", server.ranges());
}
