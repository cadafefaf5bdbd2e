//! Backups: made while others write, damaged, restored, from one kind of database into the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::interview::Mode;
use domain::{ErrorKind, Id};
use serde_json::Value;
use services::backup::{Backups, Manifest};
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use store::backup::{self as rows, Row};
use store::{Store, doctor};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::support::{HERE, TestClock, World, open};

/// A data folder with a database.
struct Place {
    store: Store,
    folder: TempDir,
}

impl Place {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: open(&folder).await, folder }
    }

    /// On PostgreSQL, where there is one.
    async fn postgres() -> Option<Self> {
        let server = std::env::var("LODESTAR_TEST_POSTGRES").ok()?;
        sqlx::any::install_default_drivers();
        let folder = tempfile::tempdir().unwrap();
        let unique = folder.path().file_name().unwrap().to_str().unwrap().replace(|c: char| !c.is_alphanumeric(), "");
        let name = format!("backup_{}_{}", std::process::id(), unique.to_lowercase());
        let mut connection = AnyConnection::connect(&server).await.unwrap();
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let (base, _) = server.split('?').next().unwrap().rsplit_once('/').unwrap();
        let store = Store::connect(&format!("{base}/{name}")).await.unwrap();
        Some(Self { store, folder })
    }

    fn backups(&self) -> Backups {
        backups(&self.store, &self.folder)
    }

    async fn contents(&self) -> Contents {
        Contents { rows: all_rows(&self.store).await, files: all_files(self.folder.path()) }
    }
}

fn backups(store: &Store, folder: &TempDir) -> Backups {
    let database = folder.path().join("test.sqlite");
    Backups::new(store.clone(), folder.path(), vec![database], TestClock::new())
}

#[derive(Debug, PartialEq)]
struct Contents {
    rows: BTreeMap<String, Vec<String>>,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

async fn all_rows(store: &Store) -> BTreeMap<String, Vec<String>> {
    let read = store.snapshot(|connection| {
        Box::pin(async move {
            let mut all = BTreeMap::new();
            for table in rows::tables(rows::newest()) {
                let mut lines = Vec::new();
                let keep = |row: &Row| {
                    lines.push(Value::Object(row.clone()).to_string());
                    Ok(())
                };
                rows::rows(connection, &table, keep).await?;
                lines.sort();
                all.insert(table, lines);
            }
            Ok(all)
        })
    });
    read.await.unwrap()
}

fn all_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = PathBuf::from(path.file_name().unwrap());
            found.extend(all_files(&path).into_iter().map(|(inner, bytes)| (name.join(inner), bytes)));
        } else if !path.file_name().unwrap().to_str().unwrap().starts_with("test.sqlite") {
            found.insert(path.file_name().unwrap().into(), fs::read(&path).unwrap());
        }
    }
    found
}

/// People with interviews, and files.
async fn lived_in() -> World {
    let world = World::new().await;
    for email in ["ada@example.org", "zoë@example.org"] {
        let person = world.member(email).await;
        let (id, view) = world.start(&person, Mode::Study).await;
        let said = "I led the move — it took a week.\n\tمرحبا 🙂";
        world.interviews.answer(&person, id, view.turn, said).await.unwrap();
    }
    let uploads = world.folder.path().join("files/cv");
    fs::create_dir_all(&uploads).unwrap();
    fs::write(uploads.join("Zoë’s CV.pdf"), [0, 159, 146, 150]).unwrap();
    fs::write(world.folder.path().join("files/empty"), "").unwrap();
    fs::create_dir_all(world.folder.path().join("models")).unwrap();
    fs::write(world.folder.path().join("models/large.gguf"), "GGUF").unwrap();
    world
}

async fn backed_up(world: &World) -> (TempDir, PathBuf, Manifest) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lodestar.backup");
    let manifest = backups(&world.store, &world.folder).create(&file).await.unwrap();
    (folder, file, manifest)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_but_models_comes_back() {
    let world = lived_in().await;
    let (_folder, file, manifest) = backed_up(&world).await;
    assert_eq!((manifest.database.as_str(), manifest.schema, manifest.files()), ("SQLite", rows::newest(), 2));
    let target = Place::sqlite().await;
    assert_eq!(target.backups().restore(&file, false).await.unwrap(), manifest);
    let (there, here) = (target.contents().await, all_rows(&world.store).await);
    assert_eq!(there.rows, here);
    assert_eq!(there.rows["interviews"].len(), 2);
    let files: Vec<_> = there.files.iter().map(|(name, bytes)| (name.to_str().unwrap(), bytes.as_slice())).collect();
    assert_eq!(files, [("files/cv/Zoë’s CV.pdf", &[0, 159, 146, 150][..]), ("files/empty", &[])]);
    // It works on: who was there can sign in.
    let again = World::over(target.folder, target.store, TestClock::new(), None);
    again.accounts.sign_in("zoë@example.org", "Correct-Horse-7", HERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_its_owners_alone_and_replaces_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let world = lived_in().await;
    let (folder, file, _) = backed_up(&world).await;
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&file).unwrap();
    let error = backups(&world.store, &world.folder).create(&file).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let inside = world.folder.path().join("files/../lodestar.backup");
    let error = backups(&world.store, &world.folder).create(&inside).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid, "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_while_people_write() {
    let world = lived_in().await;
    let ada = world.member("busy@example.org").await;
    let (interviews, stop) = (world.interviews.clone(), Arc::new(AtomicBool::new(false)));
    let (stopped, writer) = (stop.clone(), ada.clone());
    let writing = tokio::spawn(async move {
        let mut started = 0;
        while !stopped.load(Ordering::Relaxed) {
            interviews.start(&writer, crate::support::setup(Mode::Study)).await.unwrap();
            started += 1;
        }
        started
    });
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let file = folder.path().join(format!("{round}.backup"));
        let manifest = backups(&world.store, &world.folder).create(&file).await.unwrap();
        let target = Place::sqlite().await;
        target.backups().restore(&file, false).await.unwrap();
        // No interview without its first question and message, none of these without their interview.
        let there = all_rows(&target.store).await;
        for part in manifest.parts.iter().filter(|part| part.rows.is_some()) {
            let table = part.name.trim_start_matches("tables/").trim_end_matches(".jsonl");
            assert_eq!(there[table].len() as u64, part.rows.unwrap(), "{table}");
        }
        let of = |table: &str, column: &str| {
            let read = |line: &String| serde_json::from_str::<Row>(line).unwrap()[column].as_str().unwrap().to_owned();
            there[table].iter().map(read).collect::<BTreeSet<_>>()
        };
        assert_eq!(of("interviews", "id"), of("interview_messages", "interview_id"));
        assert_eq!(of("interviews", "id"), of("interview_questions", "interview_id"));
        assert_eq!(doctor::damage(&mut target.store.read().await.unwrap()).await.unwrap(), None);
    }
    stop.store(true, Ordering::Relaxed);
    assert!(writing.await.unwrap() > 5, "somebody wrote meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_changes_nothing() {
    let world = lived_in().await;
    let (folder, file, _) = backed_up(&world).await;
    let whole = fs::read(&file).unwrap();
    let target = lived_in().await;
    let place = Place { store: target.store.clone(), folder: target.folder };
    let mut before = place.contents().await;
    let bad = folder.path().join("bad.backup");
    let mut refused = 0;
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&bad, bytes).unwrap();
        // A few bytes of a zip file mean nothing: dates, say.
        match place.backups().restore(&bad, true).await {
            Ok(_) => {
                assert_eq!(all_rows(&place.store).await, all_rows(&world.store).await);
                before = place.contents().await;
            }
            Err(error) => {
                refused += 1;
                assert_eq!(error.kind, ErrorKind::Invalid, "{at}: {error}");
                assert!(error.message.contains("Nothing was changed."), "{error}");
            }
        }
        if refused < 3 {
            assert_eq!(place.contents().await, before, "{at}");
        }
    }
    // With many small parts, much of the file is names and dates of parts, which stand in it twice.
    assert!(refused > 20, "{refused}");
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&bad, &whole[..length]).unwrap();
        let error = place.backups().restore(&bad, true).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{length}: {error}");
    }
    assert!(place.backups().restore(&folder.path().join("none"), true).await.is_err());
}

/// What is changed in a manifest.
type Change<'c> = &'c dyn Fn(&mut Value);

/// The same backup with its parts and manifest changed, and right checksums again.
fn forge(file: &Path, change: impl Fn(&str, Vec<u8>) -> Vec<u8>, manifest: impl Fn(&mut Value)) -> PathBuf {
    let mut zip = ZipArchive::new(File::open(file).unwrap()).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let mut said: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    let forged = file.with_extension("forged");
    let mut out = ZipWriter::new(File::create(&forged).unwrap());
    let mut add = |name: &str, bytes: &[u8]| {
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    };
    for part in said["parts"].as_array_mut().unwrap() {
        let name = part["name"].as_str().unwrap().to_owned();
        let bytes = change(&name, read(&name));
        let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        (part["size"], part["sha256"]) = (bytes.len().into(), sum.into());
        add(&name, &bytes);
    }
    manifest(&mut said);
    for part in said["parts"].as_array().unwrap().iter().filter(|part| part["name"].as_str().unwrap().contains("..")) {
        add(part["name"].as_str().unwrap(), b"");
    }
    add("manifest.json", said.to_string().as_bytes());
    out.finish().unwrap();
    forged
}

#[tokio::test(flavor = "multi_thread")]
async fn newer_and_foreign_backups_are_refused() {
    let world = lived_in().await;
    let (_folder, file, _) = backed_up(&world).await;
    let place = Place::sqlite().await;
    let before = place.contents().await;
    let refusals: [(&str, ErrorKind, Change<'_>); 5] = [
        ("newer tables", ErrorKind::Conflict, &|said| said["schema"] = (rows::newest() + 1).into()),
        ("newer form", ErrorKind::Conflict, &|said| said["format"] = 2.into()),
        ("a table too few", ErrorKind::Invalid, &|said| drop(said["parts"].as_array_mut().unwrap().remove(1))),
        ("another table", ErrorKind::Invalid, &|said| {
            said["parts"][0]["name"] = "tables/_sqlx_migrations.jsonl".into()
        }),
        ("a file elsewhere", ErrorKind::Invalid, &|said| {
            let sha256: String = Sha256::digest(b"").iter().map(|byte| format!("{byte:02x}")).collect();
            let part = serde_json::json!({ "name": "files/../../escaped", "size": 0, "sha256": sha256 });
            said["parts"].as_array_mut().unwrap().push(part);
        }),
    ];
    for (what, kind, change) in refusals {
        let forged = forge(&file, |_, bytes| bytes, change);
        let error = place.backups().restore(&forged, false).await.unwrap_err();
        assert_eq!(error.kind, kind, "{what}: {error}");
        assert!(error.message.contains("Nothing was changed."), "{what}: {error}");
        assert_eq!(place.contents().await, before, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_stays_unless_it_is_to_be_replaced() {
    let world = lived_in().await;
    let (_folder, file, _) = backed_up(&world).await;
    let other = World::new().await;
    other.member("grace@example.org").await;
    fs::write(other.folder.path().join("notes.txt"), "mine").unwrap();
    let place = Place { store: other.store.clone(), folder: other.folder };
    let before = place.contents().await;
    let error = place.backups().restore(&file, false).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.message.contains("data in the database and files in the data folder"), "{error}");
    assert_eq!(place.contents().await, before);

    // A row that belongs to nobody: found out only when it is put in.
    let orphan = |name: &str, bytes: Vec<u8>| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let row = text.lines().next().filter(|_| name == "tables/interviews.jsonl");
        let stranger = Id::<()>::new(domain::Timestamp::from_millis(1), &crate::support::Counting::default());
        row.map_or(bytes, |row| {
            let mut row: Row = serde_json::from_str(row).unwrap();
            row.insert("owner_id".to_owned(), stranger.to_string().into());
            format!("{}\n", Value::Object(row)).into_bytes()
        })
    };
    let forged = forge(&file, orphan, |_| {});
    place.backups().restore(&forged, true).await.unwrap_err();
    assert_eq!(place.contents().await, before);

    place.backups().restore(&file, true).await.unwrap();
    let after = place.contents().await;
    assert_eq!(after.rows, all_rows(&world.store).await);
    assert!(!after.files.contains_key(Path::new("notes.txt")) && after.files.len() == 2, "{:?}", after.files.keys());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_one_database_goes_into_the_other_and_back() {
    let Some(postgres) = Place::postgres().await else { return };
    let world = lived_in().await;
    let (folder, file, _) = backed_up(&world).await;
    postgres.backups().restore(&file, false).await.unwrap();
    assert_eq!(all_rows(&postgres.store).await, all_rows(&world.store).await);

    let back = folder.path().join("back.backup");
    let manifest = postgres.backups().create(&back).await.unwrap();
    assert_eq!((manifest.database.as_str(), manifest.files()), ("PostgreSQL", 2));
    let again = Place::sqlite().await;
    again.backups().restore(&back, false).await.unwrap();
    assert_eq!(again.contents().await, postgres.contents().await);
    // And over what is there.
    postgres.backups().restore(&back, true).await.unwrap();
    assert_eq!(again.contents().await, postgres.contents().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&format!("sqlite:{}", folder.path().join("test.sqlite").display())).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let error = backups(&store, &folder).create(&elsewhere.path().join("x.backup")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.message.contains("nothing to back up"), "{error}");
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0, "nothing is left");
}
