//! Listening to the interviewer: a message's words as they come, through broken connections.

use std::time::Duration;

use domain::ErrorKind;
use futures::StreamExt;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api;
use super::stage::{Stage, is_pending};
use super::stream::Words;
use crate::wait::sleep;

impl Stage {
    /// Follows the words of the message at `turn` until all of it is there.
    pub(super) fn listen(self, turn: u32) {
        self.listening.update_value(|run| *run += 1);
        let run = self.listening.get_value();
        spawn_local(async move {
            let complete = self.hear(run, turn).await;
            if !self.is_latest(run) {
                return;
            }
            if self.view.with_untracked(|view| is_pending(view, turn)) {
                self.settle(run, turn, complete).await;
            } else {
                // The whole text has been here from the start.
                self.hush();
            }
        });
    }

    /// Asks where the message that is to be spoken stands, if a model has yet to begin with it.
    pub(super) fn ask_for_place(self) {
        let (id, run) = (self.view.with_untracked(|view| view.id), self.listening.get_value());
        let turn = self.words.with_untracked(|words| words.as_ref().map(Words::turn));
        let Some(turn) = turn.filter(|turn| self.view.with_untracked(|view| is_pending(view, *turn))) else { return };
        spawn_local(async move {
            // Should it fail, the words' own connection says so.
            let Ok(place) = api::message_place(id, turn).await else { return };
            if self.is_latest(run) {
                self.words.update(|words| words.iter_mut().for_each(|words| words.stand(place)));
            }
        });
    }

    /// Takes the words as they come; whether they came to their end.
    async fn hear(self, run: u32, turn: u32) -> bool {
        let id = self.view.with_untracked(|view| view.id);
        let Ok(stream) = api::message_words(id, turn).await else { return false };
        let mut chunks = stream.into_inner();
        while let Some(chunk) = chunks.next().await {
            let Ok(chunk) = chunk else { return false };
            if !self.is_latest(run) {
                return false;
            }
            self.words.update(|words| words.iter_mut().for_each(|words| words.hear(&chunk)));
        }
        true
    }

    /// A model was writing the message: asks how it stands now, after growing pauses while the
    /// connection is broken, until the server has the whole message or goes on speaking it.
    async fn settle(self, run: u32, turn: u32, complete: bool) {
        let id = self.view.with_untracked(|view| view.id);
        let mut waits = !complete;
        loop {
            if waits {
                self.words.update(|words| words.iter_mut().for_each(Words::interrupt));
                let pause =
                    self.words.with_untracked(|words| words.as_ref().map_or(Duration::from_secs(1), Words::pause));
                sleep(pause).await;
            }
            waits = true;
            let state = if self.is_latest(run) { api::interview(id.to_string()).await } else { return };
            if !self.is_latest(run) {
                return;
            }
            match state {
                Ok(view) if !is_pending(&view, turn) => return self.settled(view),
                Ok(view) if !complete => {
                    self.show(view);
                    self.words.update(|words| words.iter_mut().for_each(Words::again));
                    return self.listen(turn);
                }
                Err(failure)
                    if !matches!(failure.0.kind, ErrorKind::Busy | ErrorKind::TooMany | ErrorKind::Unexpected) =>
                {
                    self.hush();
                    return self.failure.set(Some(failure));
                }
                Ok(_) | Err(_) => {}
            }
        }
    }
}
