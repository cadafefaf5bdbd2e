//! What becomes of a mail.

use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::ErrorKind;
use domain::mail::MailState;
use domain::task::TaskState;
use integrations::mail::Undelivered;
use services::mail::Post;

use super::Office;

async fn states(office: &Office) -> Vec<(MailState, Option<String>, bool)> {
    office.settled().await;
    // A task is given up a moment before its mail says so.
    for _ in 0..20 {
        if office.mails().await.mails.iter().all(|mail| mail.state != MailState::Waiting) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    office.mails().await.mails.into_iter().map(|mail| (mail.state, mail.reason, mail.text.is_some())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_mails_are_kept_to_be_read_for_a_month() {
    let office = Office::open(false).await;
    office.member("ada@example.org").await;
    assert_eq!(states(&office).await, [(MailState::Kept, None, true)]);
    assert!(office.tasks().await.tasks.is_empty() && !office.mails().await.sending);
    office.clock.advance_hours(24 * 30);
    assert_eq!(office.mails.trim().await.unwrap(), 0);
    office.clock.advance_hours(1);
    assert_eq!(office.mails.trim().await.unwrap(), 1);
    assert_eq!(states(&office).await, [(MailState::Kept, None, false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_they_are_sent_and_nobody_reads_them_here() {
    let office = Office::open(true).await;
    office.member("ada@example.org").await;
    assert_eq!(states(&office).await, [(MailState::Sent, None, false)]);
    assert_eq!(*office.server.taken.lock().unwrap(), ["Confirm your e-mail address"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_busy_is_asked_again() {
    let office = Office::open(true).await;
    office.server.answers.lock().unwrap().push_back(Undelivered::Later("451 later".to_owned()));
    office.member("ada@example.org").await;
    assert_eq!(states(&office).await, [(MailState::Waiting, None, false)]);
    assert_eq!(office.tasks().await.tasks[0].error.as_deref(), Some("451 later"));
    office.clock.advance_hours(1);
    assert_eq!(states(&office).await, [(MailState::Sent, None, false)]);
    assert_eq!(office.server.taken.lock().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_mail_says_why_and_can_be_tried_again() {
    let office = Office::open(true).await;
    office.server.answers.lock().unwrap().push_back(Undelivered::Never("550 nobody".to_owned()));
    office.member("ada@example.org").await;
    assert_eq!(states(&office).await, [(MailState::Failed, Some("550 nobody".to_owned()), false)]);
    let task = office.tasks().await.tasks[0].clone();
    assert_eq!((task.state, task.tries), (TaskState::Failed, 1));
    office.tasks.retry(&office.admin(), task.id).await.unwrap();
    assert_eq!(states(&office).await, [(MailState::Sent, None, false)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_mail_is_not_sent() {
    let office = Office::open(true).await;
    office.server.answers.lock().unwrap().push_back(Undelivered::Later("451 later".to_owned()));
    office.member("ada@example.org").await;
    office.settled().await;
    let id = office.tasks().await.tasks[0].id;
    office.tasks.cancel(&office.admin(), id).await.unwrap();
    office.clock.advance_hours(10);
    let [(state, reason, _)] = &states(&office).await[..] else { panic!("one mail") };
    assert_eq!((*state, reason.as_deref()), (MailState::Failed, Some("An administrator cancelled it.")));
    assert!(office.server.taken.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_look_after_mails() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    assert_eq!(office.mails.view(&ada).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(office.mails.preview(&ada, "verify-address").unwrap_err().kind, ErrorKind::Forbidden);
    let view = office.mails().await;
    for sample in &view.samples {
        assert!(!sample.about.is_empty() && !sample.text.is_empty());
        assert!(office.mails.preview(&office.admin(), &sample.name).unwrap().starts_with("<!DOCTYPE html>"));
    }
    assert_eq!(view.samples.len(), knowledge::mails::ALL.len());
    assert_eq!(office.mails.preview(&office.admin(), "../secret").unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_server_is_asked_now_and_then_whoever_wants_to_know() {
    let office = Office::open(true).await;
    let well = Post { server: Some(Ok(Duration::from_millis(7))), waiting: 0, failed: 0 };
    let all = futures::future::join_all((0..20).map(|_| office.mails.post())).await;
    assert!(all.into_iter().all(|post| post.unwrap() == well));
    *office.server.trouble.lock().unwrap() = Some("it is broken".to_owned());
    assert_eq!((office.mails.post().await.unwrap(), office.server.greeted.load(Ordering::SeqCst)), (well.clone(), 1));
    office.clock.advance_hours(1);
    let broken = office.mails.post().await.unwrap();
    assert_eq!(
        (broken.server, office.server.greeted.load(Ordering::SeqCst)),
        (Some(Err("it is broken".to_owned())), 2)
    );
    *office.server.trouble.lock().unwrap() = None;
    office.clock.advance_hours(1);
    assert_eq!(office.mails.post().await.unwrap(), well);
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_that_have_not_left_are_counted() {
    let kept = Office::open(false).await;
    kept.member("ada@example.org").await;
    assert_eq!(kept.mails.post().await.unwrap(), Post { server: None, waiting: 0, failed: 0 });

    let office = Office::open(true).await;
    let answers = [Undelivered::Later("451 later".to_owned()), Undelivered::Never("550 nobody".to_owned())];
    for (answer, email) in answers.into_iter().zip(["ada@example.org", "eve@example.org"]) {
        office.server.answers.lock().unwrap().push_back(answer);
        office.member(email).await;
        states(&office).await;
    }
    let Post { waiting, failed, .. } = office.mails.post().await.unwrap();
    assert_eq!((waiting, failed), (1, 1));
    office.clock.advance_hours(24 * 7 + 1);
    assert_eq!(office.mails.post().await.unwrap().failed, 0, "long ago");
}
