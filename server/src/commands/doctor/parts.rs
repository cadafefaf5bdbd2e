//! What Lodestar is made of: its folder, database, pages, models and mail.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use inference::models::State;
use server::compose;
use server::config::Config;
use store::{Store, backup};

use super::Finding;

/// The data folder can be written, and by nobody else.
pub fn data_folder(config: &Config) -> Finding {
    let folder = &config.data.dir;
    let shown = folder.display();
    let existing = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    if let Err(error) = probe(existing) {
        let message = format!(
            "{} cannot be written ({error}): give it to the user that runs Lodestar, or choose another data.dir",
            existing.display()
        );
        return Finding::Wrong(message);
    }
    if existing != folder {
        return Finding::Good(format!("{shown} is made at the first start"));
    }
    let mode = fs::metadata(folder).map_or(0, |metadata| metadata.permissions().mode());
    match (mode & 0o002 != 0, mode & 0o005 != 0) {
        (true, _) => Finding::Wrong(format!("every user of this machine can write {shown}: run `chmod 700 {shown}`")),
        (false, true) => Finding::Note(format!("every user of this machine can read {shown}: run `chmod 700 {shown}`")),
        (false, false) => Finding::Good(format!("{shown} can be written, by its owner alone")),
    }
}

/// Writes a file there, and removes it.
fn probe(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&path, b"doctor").and_then(|()| fs::remove_file(&path))
}

/// The database answers, is sound, and its tables are of this version. Answers it, if it can be used.
pub async fn database(config: &Config) -> (Option<Store>, Finding) {
    if config.database_file().is_some_and(|file| !file.exists()) {
        return (None, Finding::Good("SQLite; its file is made at the first start".to_owned()));
    }
    let store = match Store::connect(&config.database_url()).await {
        Ok(store) => store,
        Err(error) => return (None, Finding::Wrong(format!("{} Check database.url.", error.message))),
    };
    let finding = tables(&store).await.unwrap_or_else(|error| Finding::Wrong(error.message));
    (Some(store), finding)
}

async fn tables(store: &Store) -> domain::Result<Finding> {
    let mut connection = store.read().await?;
    if let Some(damage) = store::doctor::damage(&mut connection).await? {
        return Ok(Finding::Wrong(format!("its file is damaged ({damage}): restore a backup")));
    }
    let (kind, newest) = (store.kind(), backup::newest());
    Ok(match backup::version(&mut connection).await? {
        None => Finding::Good(format!("{kind}; its tables are made at the first start")),
        Some(version) if version > newest => Finding::Wrong(format!(
            "its tables are of version {version}, and this Lodestar knows {newest}: run the newer Lodestar that made them"
        )),
        Some(version) if version < newest => Finding::Note(format!(
            "{kind}; its tables are of version {version} and become {newest} at the next start, or by `lodestar migrate`: make a backup before"
        )),
        Some(version) => Finding::Good(format!("{kind}; its tables are of version {version}, the newest")),
    })
}

/// What the pages need is built.
pub fn pages(config: &Config) -> Finding {
    let folder = config.site_dir();
    if folder.join("pkg").is_dir() {
        Finding::Good(format!("their style and scripts are in {}", folder.display()))
    } else {
        let shown = folder.display();
        Finding::Wrong(format!(
            "{shown} does not hold “pkg”: run `make build`, or set http.site_dir to the folder that does"
        ))
    }
}

/// Every model that is configured, has a role or is installed is here and whole.
pub async fn models(config: &Config, store: Option<&Store>) -> Vec<(String, Finding)> {
    let library = match compose::library(config) {
        Ok(library) => library,
        Err(error) => return vec![("manifest".to_owned(), Finding::Wrong(error.to_string()))],
    };
    let listed = library.list().into_iter().filter(|listed| listed.state != State::Absent);
    let mut names: BTreeSet<_> = listed.map(|listed| listed.model.name).collect();
    names.insert(config.models.embedding.clone());
    if config.inference.endpoints.is_empty() {
        names.extend(config.roles().into_values());
        names.extend(chosen(store).await);
    }
    let mut findings = Vec::new();
    for name in names {
        let checked = match library.manifest().model(&name) {
            Ok(_) => library.verify(&name).await.map(|receipt| format!("it is whole: sha256 {}", receipt.sha256)),
            Err(_) => library.locate(&name).map(|_| "a file of your own, which is there".to_owned()),
        };
        findings.push((name, checked.map_or_else(|error| Finding::Wrong(error.message), Finding::Good)));
    }
    findings
}

/// The models that an administrator chose.
async fn chosen(store: Option<&Store>) -> Vec<String> {
    let Some(store) = store else { return Vec::new() };
    let Ok(mut connection) = store.read().await else { return Vec::new() };
    // Where there are no tables yet, nobody chose any.
    if !matches!(backup::version(&mut connection).await, Ok(Some(_))) {
        return Vec::new();
    }
    let roles = store::model::roles(&mut connection).await.unwrap_or_default();
    roles.into_iter().map(|(_, model)| model).filter(|model| !model.is_empty()).collect()
}

/// Mails can leave, if they are to.
pub async fn mail(config: &Config) -> Finding {
    let carrier = match compose::carrier(config) {
        Ok(Some(carrier)) => carrier,
        Ok(None) => {
            let message = "no mail server is configured (mail.smtp): administrators read mails on the page “Mail”";
            return Finding::Good(message.to_owned());
        }
        Err(error) => return Finding::Wrong(error.to_string()),
    };
    match carrier.greet().await {
        Ok(took) => Finding::Good(format!("the mail server answers in {} ms", took.as_millis())),
        Err(reason) => Finding::Wrong(format!("{reason}: check mail.smtp, and that the mail server runs")),
    }
}
