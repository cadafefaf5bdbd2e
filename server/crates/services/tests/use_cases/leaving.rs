//! Taking one's data along, and leaving for good.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use domain::account::Email;
use domain::interview::Mode;
use domain::{Clock, ErrorKind, Id};
use services::departures::Departures;
use services::export::Exports;
use services::tokens::Tokens;
use store::share::{self, NewShare};

use crate::support::{Counting, HERE, World, audit};

const ANSWER: &str =
    "=I found a query without an index. I added it, and the page took 200 milliseconds instead of eight seconds.";

fn departures(world: &World) -> Departures {
    Departures::new(world.store.clone(), world.clock.clone(), audit(&world.store))
}

/// Has somebody share with an address.
async fn share_with(world: &World, owner: domain::account::AccountId, mentor: &'static str) {
    static RANDOM: LazyLock<Counting> = LazyLock::new(Counting::default);
    let (created_at, email) = (world.clock.now(), Email::parse(mentor).unwrap());
    let new = NewShare { id: Id::new(created_at, &*RANDOM), email, created_at };
    let insert = world
        .store
        .transaction(move |connection| Box::pin(async move { share::insert(connection, owner, &new, 9).await }));
    insert.await.unwrap();
}

/// The files of the person's export, by name.
async fn export(world: &World, viewer: &domain::account::Viewer) -> BTreeMap<String, String> {
    let tokens = Tokens::new(
        world.store.clone(),
        world.clock.clone(),
        std::sync::Arc::new(Counting::default()),
        audit(&world.store),
    );
    let exports =
        Exports::new(world.store.clone(), world.clock.clone(), world.interviews.clone(), tokens, audit(&world.store));
    let file = exports.archive(viewer).await.unwrap();
    assert_eq!(file.name, "lodestar-2026-11-20.zip");
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        files.insert(member.name().unwrap().into_owned(), text);
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_holds_all_of_ones_own_and_nothing_of_others() {
    let world = World::new().await;
    let (ada, eve) = (world.member("ada@example.org").await, world.member("eve@example.org").await);
    let (id, view) = world.start(&ada, Mode::Study).await;
    world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    world.start(&eve, Mode::Real).await;
    for (owner, mentor) in [(ada.id, "grace@example.org"), (eve.id, "ada@example.org")] {
        share_with(&world, owner, mentor).await;
    }
    let files = export(&world, &ada).await;
    assert_eq!(files.len(), 9, "{:?}", files.keys());
    assert!(files.keys().all(|name| files["README.txt"].contains(name.as_str()) || name == "README.txt"));
    assert!(files["account.json"].contains("ada@example.org"));
    let interviews: serde_json::Value = serde_json::from_str(&files["interviews.json"]).unwrap();
    assert_eq!(interviews.as_array().unwrap().len(), 1);
    assert_eq!(interviews[0]["interview"]["messages"][1]["text"], ANSWER);
    assert_eq!(files["interviews.csv"].lines().count(), 2);
    // A spreadsheet would compute what begins like a formula.
    assert!(files["answers.csv"].contains(&format!("'{ANSWER}")), "{}", files["answers.csv"]);
    let shares: serde_json::Value = serde_json::from_str(&files["shares.json"]).unwrap();
    let sign_in: serde_json::Value = serde_json::from_str(&files["sign_in.json"]).unwrap();
    assert_eq!(sign_in["sessions"][0]["browser"], "Firefox on Linux");
    assert_eq!((shares.as_array().unwrap().len(), &shares[0]["email"]), (1, &"grace@example.org".into()));
    assert!(files.values().all(|text| !text.contains("eve@example.org") && !text.contains(&eve.id.to_string())));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_may_come_back_for_a_week() {
    let world = World::new().await;
    let signed_in = world.accounts.register("Ada", "ada@example.org", "Correct-Horse-7", HERE).await.unwrap();
    let ada = world.accounts.viewer(signed_in).await.unwrap().unwrap();
    let departures = departures(&world);
    let refused = departures.ask(&ada, "eve@example.org").await.unwrap_err();
    assert_eq!((refused.kind, refused.field.as_deref()), (ErrorKind::Invalid, Some("address")));
    assert_eq!(departures.due(ada.id).await.unwrap(), None);

    let due = departures.ask(&ada, " ADA@example.org ").await.unwrap();
    assert_eq!(departures.due(ada.id).await.unwrap(), Some(due));
    assert_eq!(world.accounts.viewer(signed_in).await.unwrap(), None, "all sessions have ended");
    world.clock.advance_hours(24);
    assert_eq!(departures.ask(&ada, "ada@example.org").await.unwrap(), due.hours_before(-24));
    assert_eq!(departures.due(ada.id).await.unwrap(), Some(due), "asking again does not put it off");
    world.clock.advance_hours(24 * 5);
    assert_eq!(departures.remove_due().await.unwrap(), 0);
    world.accounts.sign_in("ada@example.org", "Correct-Horse-7", HERE).await.unwrap();
    departures.take_back(&ada).await.unwrap();
    world.clock.advance_hours(24 * 30);
    assert_eq!(departures.remove_due().await.unwrap(), 0);
    world.accounts.sign_in("ada@example.org", "Correct-Horse-7", HERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_week_nothing_is_left_in_any_table_or_file() {
    let world = World::new().await;
    let (ada, eve) = (world.member("ada.lovelace@example.org").await, world.member("eve@example.org").await);
    let (id, view) = world.start(&ada, Mode::Study).await;
    world.interviews.answer(&ada, id, view.turn, ANSWER).await.unwrap();
    let (others, _) = world.start(&eve, Mode::Real).await;
    share_with(&world, ada.id, "grace.hopper@example.org").await;
    let traces = [
        ada.id.to_string(),
        ada.email.clone(),
        ANSWER[1..40].to_owned(),
        id.to_string(),
        "grace.hopper@example.org".to_owned(),
    ];
    assert!(traces.iter().all(|trace| holds(&world, trace)), "the search finds what is there");

    let departures = departures(&world);
    departures.ask(&ada, &ada.email).await.unwrap();
    world.clock.advance_hours(24 * 7 + 1);
    assert_eq!(departures.remove_due().await.unwrap(), 1);
    assert!(world.accounts.sign_in(&ada.email, "Correct-Horse-7", HERE).await.is_err());
    for trace in &traces {
        assert!(!holds(&world, trace), "{trace} is still there");
    }
    world.interviews.view(&eve, others).await.expect("others stay as they are");
    world.member("ada.lovelace@example.org").await;
}

/// Whether a file of the world holds the text: the database's tables, its free pages and its journal.
fn holds(world: &World, text: &str) -> bool {
    let files = std::fs::read_dir(world.folder()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}
