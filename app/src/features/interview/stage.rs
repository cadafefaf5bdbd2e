//! What the interview page knows while it is open, and how that changes: the state that the server
//! told last, and the message that is being spoken.

use std::time::Duration;

use domain::interview::{Author, InterviewView, Message, Status};
use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api;
use super::elsewhere::Heard;
use super::stream::Words;
use crate::error::Failure;

/// The page's state; a handle that can be copied.
#[derive(Clone, Copy)]
pub struct Stage {
    /// The interview as the server told it last.
    pub view: RwSignal<InterviewView>,
    /// The message that is being spoken, if one is.
    pub words: RwSignal<Option<Words>>,
    /// Why the state could not be loaded again.
    pub failure: RwSignal<Option<Failure>>,
    /// Counts the listenings; one that is no longer the latest ends.
    pub(super) listening: StoredValue<u32>,
    /// What was heard of the interview and is not on the page yet.
    pub(super) heard: StoredValue<Heard>,
}

impl Stage {
    /// Shows `view`. A greeting that was `fetched` by this page, and so was never on it, is spoken;
    /// what came with the page as HTML stands there as it is, unless a model is still writing it.
    pub fn new(view: InterviewView, fetched: bool) -> Self {
        let greets = fetched && view.messages.len() == 1;
        let spoken = newest(&view)
            .filter(|message| greets || fetched && message.pending)
            .map(|message| Words::begin(message.turn, ""));
        let stage = Self {
            view: RwSignal::new(view),
            words: RwSignal::new(spoken),
            failure: RwSignal::new(None),
            listening: StoredValue::new(0),
            heard: StoredValue::default(),
        };
        Effect::new(move || stage.begin());
        stage
    }

    /// In the browser: lets seconds pass, and speaks what is not yet said.
    fn begin(self) {
        let second = move || {
            if self.words.with_untracked(Option::is_some) {
                let asks = self.words.try_update(|words| words.as_mut().is_some_and(Words::second));
                if asks == Some(true) {
                    self.ask_for_place();
                }
            }
        };
        if let Ok(seconds) = set_interval_with_handle(second, Duration::from_secs(1)) {
            on_cleanup(move || IntervalHandle::clear(&seconds));
        }
        let pending = self.view.with_untracked(|view| newest(view).filter(|message| message.pending).cloned());
        if let Some(words) = self.words.get_untracked() {
            self.listen(words.turn());
        } else if let Some(message) = pending {
            self.speak(&message);
        }
    }

    /// An action changed the interview: shows how it stands, and speaks what the interviewer says to it.
    pub fn accept(self, view: InterviewView) {
        let known = self.view.with_untracked(|known| known.messages.len());
        let reply = newest(&view).filter(|message| message.turn as usize >= known).cloned();
        self.words.set(reply.as_ref().map(|message| Words::begin(message.turn, "")));
        self.show(view);
        if let Some(message) = reply {
            self.listen(message.turn);
        }
    }

    /// Shows `view` as it is.
    pub(super) fn show(self, view: InterviewView) {
        self.failure.set(None);
        self.view.set(view);
    }

    /// Stops speaking: what is known is shown at once. A model that is still writing is told to leave it.
    pub fn stop(self) {
        let id = self.view.with_untracked(|view| view.id);
        let pending =
            self.view.with_untracked(|view| newest(view).filter(|message| message.pending).map(|message| message.turn));
        self.hush();
        if let Some(turn) = pending {
            let run = self.listening.get_value();
            spawn_local(async move {
                // Should the server not hear it, the model's words come with the next state.
                if let (Ok(view), true) = (api::stop_message(id, turn).await, self.is_latest(run)) {
                    self.show(view);
                }
            });
        }
    }

    /// Has a model say the newest message anew.
    pub fn say_again(self) {
        let newest = self.view.with_untracked(|view| newest(view).map(|message| (view.id, message.turn)));
        let Some((id, turn)) = newest else { return };
        self.hush();
        let run = self.listening.get_value();
        spawn_local(async move {
            let state = api::reword_message(id, turn).await;
            if !self.is_latest(run) {
                return;
            }
            match state {
                Ok(view) => {
                    self.words.set(Some(Words::begin(turn, "")));
                    self.show(view);
                    self.listen(turn);
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Ends every listening; the words that the page has are shown.
    pub(super) fn hush(self) {
        self.listening.update_value(|run| *run += 1);
        self.words.set(None);
    }

    /// Shows `view` as it is, all of it.
    pub(super) fn settled(self, view: InterviewView) {
        self.hush();
        self.show(view);
    }

    /// Asks the server how the interview stands, and shows that.
    pub fn reload(self) {
        let id = self.view.with_untracked(|view| view.id);
        spawn_local(async move {
            let state = api::interview(id.to_string()).await;
            if self.listening.try_get_value().is_none() {
                return;
            }
            match state {
                Ok(view) => self.settled(view),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    fn speak(self, message: &Message) {
        let shown = [Some(message.text.as_str()), message.question.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n\n");
        self.words.set(Some(Words::begin(message.turn, &shown)));
        self.listen(message.turn);
    }

    /// Whether the page is still there and the listening `run` is the latest.
    pub(super) fn is_latest(self, run: u32) -> bool {
        self.listening.try_get_value() == Some(run)
    }
}

/// The newest message, if the interviewer says it.
fn newest(view: &InterviewView) -> Option<&Message> {
    view.messages.last().filter(|message| message.kind.author() == Author::Coach)
}

/// Whether a model is still writing the message at `turn`.
pub(super) fn is_pending(view: &InterviewView, turn: u32) -> bool {
    view.messages.iter().any(|message| message.turn == turn && message.pending)
}

/// Whether the interview goes on.
pub fn is_open(view: &InterviewView) -> bool {
    view.status == Status::Open
}
