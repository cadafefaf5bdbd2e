//! The weekly digest: for those who want it and practised, on Mondays, once.

use domain::account::Viewer;
use domain::interview::Mode;

use super::Office;
use crate::support::setup;

async fn practise(office: &Office, viewer: &Viewer) {
    let id = office.interviews.start(viewer, setup(Mode::Real)).await.unwrap();
    let answer = "At my last company I led the move of the billing system to new tables. I measured the load first, \
                  wrote the plan with two colleagues, ran both systems side by side for three weeks, and the number of \
                  failed payments fell from 40 to 2 a day.";
    office.interviews.answer(viewer, id, 1, answer).await.unwrap();
}

async fn digests(office: &Office) -> Vec<String> {
    office.settled().await;
    let mails = office.mails().await.mails;
    mails.into_iter().filter(|mail| mail.subject == "Your week of practice").map(|mail| mail.recipient).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_written_once_a_week_to_those_who_want_it() {
    let office = Office::open(false).await;
    let mut people = Vec::new();
    for email in ["wants@example.org", "idle@example.org", "unasked@example.org", "unconfirmed@example.org"] {
        people.push(office.member(email).await);
        if email != "unconfirmed@example.org" {
            office.accounts.verify_address(&office.token(email).await).await.unwrap();
        }
        if email != "unasked@example.org" {
            office.digests.want(people.last().unwrap(), true).await.unwrap();
        }
        if email != "idle@example.org" {
            practise(&office, people.last().unwrap()).await;
        }
    }
    assert!(office.accounts.mail_settings(&people[0]).await.unwrap().digest);
    for _ in 0..2 {
        office.digests.begin().await.unwrap();
    }
    assert_eq!((office.tasks().await.tasks.len(), digests(&office).await.len()), (1, 0), "planned once, for Monday");

    // It is Friday, 00:00.
    office.clock.advance_hours(3 * 24 + 7);
    assert!(digests(&office).await.is_empty());
    office.clock.advance_hours(1);
    assert_eq!(digests(&office).await, ["wants@example.org"]);
    let text = office.mails().await.mails[0].text.clone().unwrap();
    for words in ["16 Nov 2026 to 22 Nov 2026", "one interview", "one question", "Backend", "/settings#digest"] {
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{words}: {text}");
    }
    let next = office.tasks().await.tasks[0].due_at;
    assert_eq!(next.minute(), "30 Nov 2026, 08:00 UTC");

    office.clock.advance_hours(7 * 24);
    assert_eq!(digests(&office).await.len(), 1, "nothing was practised in that week");
    practise(&office, &people[0]).await;
    office.digests.want(&people[0], false).await.unwrap();
    office.clock.advance_hours(7 * 24);
    assert_eq!(digests(&office).await.len(), 1, "it was turned off");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_never_written_twice() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    office.accounts.verify_address(&office.token("ada@example.org").await).await.unwrap();
    office.digests.want(&ada, true).await.unwrap();
    practise(&office, &ada).await;
    office.digests.begin().await.unwrap();
    office.clock.advance_hours(3 * 24 + 8);
    assert_eq!(digests(&office).await.len(), 1);
    // As if the instance had ended before it could say that the task was done.
    let task = office.tasks().await.tasks[0].id;
    office.tasks.cancel(&office.admin(), task).await.unwrap();
    let again = office.tasks.task("weekly-digest", &());
    office.tasks.queue(again).await.unwrap();
    assert_eq!(digests(&office).await.len(), 1);
}
