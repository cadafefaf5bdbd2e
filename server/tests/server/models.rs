//! Models from the network to a role: fetched, cancelled, tried, removed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::account::{Standing, Viewer};
use domain::generation::Quotas;
use domain::model::{Memory, ModelRole, ModelState, ModelView, Tried};
use domain::{ErrorKind, Id, Timestamp};
use futures::{StreamExt, stream};
use inference::models::{Library, Manifest};
use inference::{Engine, Opener, Pool};
use llama::tiny::{self, Tiny};
use llama::{Chat, ChatOptions};
use server::system::{SystemClock, SystemRandom};
use services::generation::{Generation, GenerationOptions};
use services::models::{Models, ModelsOptions};
use sha2::{Digest, Sha256};
use store::Store;
use tempfile::TempDir;

/// A web server that hands out a file slowly, and notes what was asked for.
#[derive(Clone)]
struct Shop {
    file: Arc<Vec<u8>>,
    ranges: Arc<Mutex<Vec<String>>>,
}

async fn hand_out(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let range = headers.get(header::RANGE).map(|range| range.to_str().unwrap().to_owned()).unwrap_or_default();
    shop.ranges.lock().unwrap().push(range.clone());
    let from: usize = range.strip_prefix("bytes=").map_or(0, |rest| rest.trim_end_matches('-').parse().unwrap());
    let (file, all) = (Arc::clone(&shop.file), shop.file.len());
    let pieces = stream::unfold(from, move |at| {
        let file = Arc::clone(&file);
        async move {
            let piece = file.get(at..)?.chunks(20_000).next()?.to_vec();
            tokio::time::sleep(Duration::from_millis(60)).await;
            let next = at + piece.len();
            Some((Ok::<_, std::io::Error>(piece), next))
        }
    });
    let status = if from > 0 { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let content_range = format!("bytes {from}-{}/{all}", all - 1);
    (
        status,
        [(header::CONTENT_LENGTH, (all - from).to_string()), (header::CONTENT_RANGE, content_range)],
        Body::from_stream(pieces),
    )
        .into_response()
}

/// Loads whatever is in the library.
struct Shelf(Library);

impl Opener for Shelf {
    fn memory(&self, model: &str) -> domain::Result<u64> {
        options().memory_need(&self.0.locate(model)?)
    }

    fn open(&self, model: &str) -> domain::Result<Arc<dyn Engine>> {
        Ok(Arc::new(Chat::open(model, self.0.locate(model)?, options())?))
    }
}

fn options() -> ChatOptions {
    ChatOptions { threads: 1, ..ChatOptions::default() }
}

struct Desk {
    folder: TempDir,
    shop: Shop,
    address: String,
    store: Store,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("published.gguf");
        tiny::write(&file, Tiny { template: Some(tiny::CHATML), ..Tiny::default() }).unwrap();
        let shop = Shop { file: Arc::new(std::fs::read(&file).unwrap()), ranges: Arc::default() };
        let router = Router::new().route("/models/tiny.gguf", get(hand_out)).with_state(shop.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/models/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let store = Store::connect(&format!("sqlite:{}", folder.path().join("test.sqlite").display())).await.unwrap();
        store.migrate().await.unwrap();
        Self { folder, shop, address, store }
    }

    fn sha256(&self) -> String {
        Sha256::digest(&*self.shop.file).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The use cases, with a manifest of one model that has this sha256.
    fn models(&self, sha256: &str, limit: u64) -> Models {
        let size = self.shop.file.len();
        let manifest = Manifest::parse(&format!(
            "[[model]]\nname = \"tiny\"\nrole = \"fast\"\nlicence = \"MIT\"\nabout = \"For tests.\"\nencoding = \"Q4_K_M\"\n\
             size = {size}\nmemory = {size}\ncontext = 4096\n\
             [[model.artifact]]\nname = \"tiny.gguf\"\nsize = {size}\nsha256 = \"{sha256}\"\n\
             [[model.source]]\nkind = \"https\"\nfolder = \"{}\"\n",
            self.address
        ));
        let library = Library::new(self.models_folder(), manifest.unwrap());
        let generation = GenerationOptions { quotas: Quotas::default(), kept_bytes: 0, kept_days: 1 };
        let generation = Generation::new(self.store.clone(), Arc::new(SystemClock), generation);
        let options = ModelsOptions {
            host: Arc::new(Pool::new(Arc::new(Shelf(library.clone())), limit)),
            library,
            convert: llama::install,
            process: None,
            remote: None,
            memory: Memory { present: 4_000_000_000, limit, taken: 0 },
            embedding: ("all-MiniLM-L6-v2".to_owned(), 1_000),
            configured: BTreeMap::new(),
            audit: crate::support::audit(&self.store),
        };
        Models::new(self.store.clone(), generation, options)
    }

    fn models_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("models")
    }
}

const ROOM: u64 = 1_000_000_000;

fn viewer(standing: Standing) -> Viewer {
    let id = Id::new(Timestamp::from_millis(0), &SystemRandom);
    Viewer { id, name: "Ada".to_owned(), email: "ada@example.org".to_owned(), standing }
}

async fn model(models: &Models) -> ModelView {
    models.view(&viewer(Standing::Admin)).await.unwrap().models.remove(0)
}

/// Waits until the model's state is as wanted.
async fn until(models: &Models, wanted: impl Fn(&ModelState) -> bool) -> ModelState {
    for _ in 0..1_000 {
        let state = model(models).await.state;
        if wanted(&state) {
            return state;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it stays {:?}", model(models).await.state);
}

fn is_installed(state: &ModelState) -> bool {
    matches!(state, ModelState::Installed(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_shows_how_it_goes_can_be_cancelled_and_goes_on_from_there() {
    let desk = Desk::new().await;
    let (models, admin) = (desk.models(&desk.sha256(), ROOM), viewer(Standing::Admin));
    assert_eq!(model(&models).await.state, ModelState::Absent);
    models.pull(&admin, "tiny").await.unwrap();
    models.pull(&admin, "tiny").await.unwrap();
    let half = until(&models, |state| matches!(state, ModelState::Pulling(pull) if pull.done > 150_000)).await;
    let ModelState::Pulling(half) = half else { panic!("{half:?}") };
    assert_eq!((half.total, half.step.as_str()), (desk.shop.file.len() as u64, "Fetching tiny.gguf"));
    models.cancel(&admin, "tiny").unwrap();
    assert_eq!(model(&models).await.state, ModelState::Absent);
    models.pull(&admin, "tiny").await.unwrap();
    let state = until(&models, is_installed).await;
    assert_eq!(state, ModelState::Installed(desk.sha256()));
    let ranges = desk.shop.ranges.lock().unwrap().clone();
    assert_eq!((ranges.len(), ranges[0].as_str()), (2, ""), "asked twice, it is fetched once: {ranges:?}");
    assert!(ranges[1].starts_with("bytes="), "it goes on: {ranges:?}");
    let left: Vec<_> =
        std::fs::read_dir(desk.models_folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("download")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_bytes_than_the_manifest_knows_are_refused_with_the_reason() {
    let desk = Desk::new().await;
    let (models, admin) = (desk.models(&"0".repeat(64), ROOM), viewer(Standing::Admin));
    models.pull(&admin, "tiny").await.unwrap();
    let state = until(&models, |state| matches!(state, ModelState::Failed(_))).await;
    assert!(matches!(&state, ModelState::Failed(reason) if reason.contains("sha256")), "{state:?}");
    assert!(!Path::new(&desk.models_folder().join("tiny.gguf")).exists());
    assert_eq!(models.pull(&admin, "none").await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_tried_remembered_and_taken_back() {
    let desk = Desk::new().await;
    let (models, admin) = (desk.models(&desk.sha256(), ROOM), viewer(Standing::Admin));
    let error = models.assign(&admin, ModelRole::Fast, Some("tiny")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    assert!(models.try_out(&admin, ModelRole::Fast, "Hello").await.is_err());
    models.pull(&admin, "tiny").await.unwrap();
    until(&models, is_installed).await;

    models.assign(&admin, ModelRole::Fast, Some("tiny")).await.unwrap();
    let view = models.view(&admin).await.unwrap();
    assert!(view.models[0].loaded && view.memory.taken > desk.shop.file.len() as u64, "{view:?}");
    assert_eq!(view.roles[0], (ModelRole::Fast, Some("tiny".to_owned())));
    let parts: Vec<_> = models.try_out(&admin, ModelRole::Fast, " Hello ").await.unwrap().collect().await;
    let Some((Tried::End { read, written, rate, .. }, texts)) = parts.split_last() else { panic!("{parts:?}") };
    assert!(*read > 5 && *written > 0 && *rate > 0.0 && !texts.is_empty(), "{parts:?}");
    let error = models.try_out(&admin, ModelRole::Fast, "  ").await.err().unwrap();
    assert_eq!(error.field.as_deref(), Some("prompt"));
    let view = models.inference(&admin).await.unwrap();
    assert_eq!((view.loaded.len(), view.loaded[0].figures.requests), (1, 1), "{view:?}");

    let error = models.remove(&admin, "tiny").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    // After a restart it has the role again.
    let models = desk.models(&desk.sha256(), ROOM);
    assert!(models.roles().get(ModelRole::Fast).is_none());
    models.begin().await.unwrap();
    assert_eq!(models.roles().get(ModelRole::Fast).unwrap().name(), "tiny");
    models.assign(&admin, ModelRole::Fast, None).await.unwrap();
    assert!(models.roles().get(ModelRole::Fast).is_none());
    models.remove(&admin, "tiny").await.unwrap();
    assert_eq!(model(&models).await.state, ModelState::Absent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_memory_does_not_allow_gets_no_role() {
    let desk = Desk::new().await;
    let (models, admin) = (desk.models(&desk.sha256(), 1_000_000), viewer(Standing::Admin));
    models.pull(&admin, "tiny").await.unwrap();
    until(&models, is_installed).await;
    let error = models.assign(&admin, ModelRole::Fast, Some("tiny")).await.unwrap_err();
    assert!(error.kind == ErrorKind::Invalid && error.message.contains("memory_limit"), "{error}");
    assert!(models.roles().get(ModelRole::Fast).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_kept_out() {
    let desk = Desk::new().await;
    let (models, member) = (desk.models(&desk.sha256(), ROOM), viewer(Standing::Member));
    let refused = [
        models.view(&member).await.map(|_| ()),
        models.inference(&member).await.map(|_| ()),
        models.pull(&member, "tiny").await,
        models.cancel(&member, "tiny"),
        models.remove(&member, "tiny").await,
        models.assign(&member, ModelRole::Fast, None).await,
        models.try_out(&member, ModelRole::Fast, "Hello").await.map(|_| ()),
    ];
    for outcome in refused {
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::Forbidden);
    }
}
