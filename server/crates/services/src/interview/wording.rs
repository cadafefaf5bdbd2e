//! What the coach says, word by word: the built-in wording, or a model's where one is configured.
//!
//! The built-in wording is saved with the message before anything else happens, so a model can
//! only replace it, never be missed. A model's text is written once, by a task that goes on when
//! its reader leaves; every reader gets it from the beginning.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::Result;
use domain::account::Viewer;
use domain::event::Topic;
use domain::interview::{InterviewId, Message, MessageKind};
use domain::model::Place;
use futures::stream::{self, BoxStream, StreamExt};
use inference::{Deadlines, Engine, Output, Request, Roles};
use serde_json::json;
use store::Store;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use tracing::Instrument;

use super::prompt;
use super::session::Session;
use crate::events::Events;

/// Time between two words of the built-in coach: brisk reading speed.
const PACE: Duration = Duration::from_millis(22);
/// How long a model may say nothing: neither a word nor where the message stands in the queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a message may wait for its first word in all. Whoever does not want to wait stops it.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// Longest wording that is taken from a model, in characters.
const LONGEST: usize = 600;
/// What no wording has any use for: it would be the work of somebody else's text.
const ADDRESSES: [&str; 2] = ["://", "www."];

/// A text that is being written.
#[derive(Clone, Default)]
struct Live {
    text: String,
    /// Where it stands while it waits for others.
    place: Option<Place>,
    done: bool,
}

type Lives = Arc<Mutex<HashMap<(InterviewId, u32), Writing>>>;

struct Writing {
    live: watch::Receiver<Live>,
    task: tokio::task::AbortHandle,
    /// Who writes it.
    model: String,
}

pub(super) struct Wordsmith {
    store: Store,
    roles: Roles,
    events: Events,
    lives: Lives,
}

impl Wordsmith {
    pub(super) fn new(store: Store, roles: Roles, events: Events) -> Self {
        Self { store, roles, events, lives: Lives::default() }
    }

    /// The model that words what the coach says, if there is one.
    fn coach(&self) -> Option<Arc<dyn Engine>> {
        self.roles.get(prompt::role())
    }

    /// Leaves the wording of the interviewer's new messages to the model, if there is one.
    pub(super) fn claim(&self, session: &mut Session) {
        if self.coach().is_some() {
            session.leave_wording_open();
        }
    }

    /// The name of that model.
    pub(super) fn model(&self) -> Option<String> {
        self.coach().map(|coach| coach.name().to_owned())
    }

    /// Has the model word the interviewer's last message, if that waits for it.
    pub(super) fn begin(&self, session: &Session, viewer: &Viewer) {
        let turn = session.messages.last().map_or(0, |message| message.turn);
        self.begin_with(session, viewer, turn);
    }

    /// The same; another `seed` makes for other words.
    pub(super) fn begin_with(&self, session: &Session, viewer: &Viewer, seed: u32) {
        let Some((coach, message)) =
            self.coach().zip(session.messages.last().filter(|message| message.pending).cloned())
        else {
            return;
        };
        let key = (session.row.id, message.turn);
        let answer = session
            .messages
            .iter()
            .rev()
            .find(|message| message.kind == MessageKind::Answer)
            .map(|message| message.text.as_str());
        let request = prompt::request(&message, &session.row.setup, viewer, answer.unwrap_or_default(), seed);
        let (sender, live) = watch::channel(Live::default());
        let (store, lives) = (self.store.clone(), self.lives.clone());
        let (events, owner) = (self.events.clone(), viewer.id);
        let model = coach.name().to_owned();
        // The entry must be there before the task can remove it.
        let mut entries = lock(&self.lives);
        let writing = async move {
            let words = async { write(&*coach, request.map_err(|mistake| mistake.to_string())?, &sender).await };
            let words = match words.await {
                Ok(text) => Some((text, coach.name().to_owned())),
                Err(reason) => {
                    tracing::warn!(model = coach.name(), reason, "the built-in wording is used");
                    None
                }
            };
            if let Err(error) = settle(&store, key, words).await {
                tracing::warn!(%error, "a wording could not be saved; the built-in one stays");
            }
            sender.send_modify(|live| {
                if live.text.is_empty() {
                    live.text = message.text;
                }
                live.done = true;
            });
            lock(&lives).remove(&key);
            let (id, turn) = key;
            events.publish(owner, Topic::Interview(id), "worded", json!({ "turn": turn })).await;
        };
        // What it logs belongs to the request that began it.
        let task = tokio::spawn(writing.in_current_span());
        entries.insert(key, Writing { live, task: task.abort_handle(), model });
    }

    /// Stops writing the message. What was written stays, for it has been read; where nothing was,
    /// the built-in wording does.
    pub(super) async fn stop(&self, id: InterviewId, turn: u32) -> Result<()> {
        let writing = lock(&self.lives).remove(&(id, turn));
        let words = writing.and_then(|writing| {
            writing.task.abort();
            let text = writing.live.borrow().text.trim().to_owned();
            is_printable(&text).then(|| (format!("{text} …"), writing.model))
        });
        settle(&self.store, (id, turn), words).await
    }

    /// Waits until nobody is writing the message any more.
    pub(super) async fn settled(&self, id: InterviewId, turn: u32) {
        let live = lock(&self.lives).get(&(id, turn)).map(|writing| writing.live.clone());
        if let Some(mut live) = live {
            // Whoever wrote it may be gone without a word: then nothing more comes either.
            let _ = live.wait_for(|live| live.done).await;
        }
    }

    /// Where a message stands that waits for the model.
    pub(super) fn place(&self, id: InterviewId, turn: u32) -> Option<Place> {
        lock(&self.lives).get(&(id, turn)).and_then(|writing| writing.live.borrow().place)
    }

    /// The words of a message: its text as it is written, then its question.
    pub(super) fn words(&self, id: InterviewId, message: Message) -> BoxStream<'static, String> {
        let question =
            stream::iter(message.question.into_iter().flat_map(|question| paced_words(&format!("\n\n{question}"))))
                .then(pace);
        let live = message
            .pending
            .then(|| lock(&self.lives).get(&(id, message.turn)).map(|writing| writing.live.clone()))
            .flatten();
        match live {
            Some(live) => pieces(live).chain(question).boxed(),
            // Not pending, or pending since before a restart: what is saved is what there is.
            None => stream::iter(paced_words(&message.text)).then(pace).chain(question).boxed(),
        }
    }
}

/// The words of `text`, each with the white space before it.
fn paced_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for character in text.chars() {
        match words.last_mut() {
            Some(word) if !(character.is_whitespace() && word.chars().any(|c| !c.is_whitespace())) => {
                word.push(character)
            }
            _ => words.push(character.to_string()),
        }
    }
    words
}

async fn pace(word: String) -> String {
    tokio::time::sleep(PACE).await;
    word
}

/// What a text gains, until it is done.
fn pieces(live: watch::Receiver<Live>) -> BoxStream<'static, String> {
    WatchStream::new(live)
        .scan((0, false), |(sent, done), live| {
            if *done {
                return futures::future::ready(None);
            }
            let piece = live.text[*sent..].to_owned();
            (*sent, *done) = (live.text.len(), live.done);
            futures::future::ready(Some(piece))
        })
        .filter(|piece| futures::future::ready(!piece.is_empty()))
        .boxed()
}

/// Writes with the model, and says why when nothing good comes of it.
async fn write(coach: &dyn Engine, request: Request, sender: &watch::Sender<Live>) -> Result<String, String> {
    let deadlines = Deadlines { first: LONGEST_WAIT, ..Deadlines::default() };
    let request = Request { deadlines, ..request };
    let late = |_| format!("nothing for {} s", PATIENCE.as_secs());
    let mut outputs =
        tokio::time::timeout(PATIENCE, coach.stream(request)).await.map_err(late)?.map_err(|error| error.message)?;
    let mut text = String::new();
    while let Some(output) = tokio::time::timeout(PATIENCE, outputs.next()).await.map_err(late)? {
        let piece = match output.map_err(|error| error.message)? {
            Output::Waiting(place) => {
                sender.send_modify(|live| live.place = Some(place));
                continue;
            }
            Output::Text(piece) => piece,
            Output::End(_) => break,
        };
        sender.send_if_modified(|live| live.place.take().is_some());
        let room = LONGEST.saturating_sub(text.chars().count());
        text.extend(piece.chars().filter(|character| !character.is_control() || *character == '\n').take(room));
        if ADDRESSES.iter().any(|address| text.contains(address)) {
            return Err("an address in it".to_owned());
        }
        // Readers see nothing until there is something to read.
        if is_printable(&text) {
            sender.send_modify(|live| live.text.clone_from(&text));
        }
        if room == 0 {
            break;
        }
    }
    let text = text.trim();
    if is_printable(text) { Ok(text.to_owned()) } else { Err("nothing printable".to_owned()) }
}

fn is_printable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

async fn settle(store: &Store, (id, turn): (InterviewId, u32), words: Option<(String, String)>) -> Result<()> {
    store.transaction(move |connection| Box::pin(store::interview::settle_message(connection, id, turn, words))).await
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The map stays whole even if a holder panicked: every change to it is a single call.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
