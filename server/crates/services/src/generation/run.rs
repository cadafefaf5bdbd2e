//! What one request took, written down once however it ends.

use std::sync::Arc;

use domain::Result;
use domain::generation::Consumption;
use inference::{End, Output, Reason, Request};
use store::generation::{self, Answer, Use};
use tokio::runtime::Handle;
use tracing::Instrument;

use super::Parts;
use super::kept::account;
use super::turns::Turn;

/// Characters of a token, about: what a prompt is counted by when nobody says how many tokens it
/// has. Vocabularies of today's models have some four characters of English to a token.
const CHARACTERS: usize = 4;

/// The answer is to be kept.
pub(super) struct Keep {
    hash: String,
    text: String,
    turn: Turn,
}

impl Keep {
    /// For the request with this hash.
    pub(super) fn new(hash: String, turn: Turn) -> Self {
        Self { hash, text: String::new(), turn }
    }
}

/// A request that a model answers. When it is dropped before its end, what came so far counts.
pub(super) struct Run(Option<Open>);

struct Open {
    parts: Arc<Parts>,
    /// Without what it took.
    used: Use,
    /// Tokens of the prompt, about.
    prompt: u64,
    /// Texts that came: a token each, about.
    texts: u64,
    keep: Option<Keep>,
}

impl Run {
    /// The request as it goes to the model; its tokens count for the day on which it begins.
    pub(super) fn new(parts: &Arc<Parts>, model: &str, request: &Request, keep: Option<Keep>) -> Self {
        let characters: usize = request.messages.iter().map(|message| message.content.chars().count()).sum();
        let prompt = characters.div_ceil(CHARACTERS) as u64;
        Self(Some(Open { parts: Arc::clone(parts), used: used(parts, model, request), prompt, texts: 0, keep }))
    }

    /// Takes note of a part of the answer.
    pub(super) fn see(&mut self, output: &Result<Output>) {
        match (output, &mut self.0) {
            (Ok(Output::Text(text)), Some(open)) => {
                open.texts += 1;
                open.keep.iter_mut().for_each(|keep| keep.text.push_str(text));
            }
            (Ok(Output::End(end)), _) => self.settle(Some(end)),
            (Err(_), _) => self.settle(None),
            (Ok(Output::Waiting(_)), _) | (_, None) => {}
        }
    }

    fn settle(&mut self, end: Option<&End>) {
        if let Some(open) = self.0.take() {
            open.settle(end);
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.settle(None);
    }
}

impl Open {
    fn settle(mut self, end: Option<&End>) {
        let usage = end.map(|end| end.usage).unwrap_or_default();
        // Not every server counts; and of what has no end, only what came is known.
        let estimate = if self.texts > 0 { self.prompt } else { 0 };
        let prompt = if usage.prompt > 0 { u64::from(usage.prompt) } else { estimate };
        self.used.consumption = Consumption {
            requests: 1,
            repeats: 0,
            unfinished: u64::from(end.is_none_or(|end| matches!(end.reason, Reason::Late(_)))),
            prompt,
            reused: u64::from(usage.reused),
            written: if usage.written > 0 { u64::from(usage.written) } else { self.texts },
        };
        let is_done = end.is_some_and(|end| end.reason == Reason::Done);
        // PostgreSQL has no text with a zero in it.
        let keep = self.keep.take().filter(|keep| is_done && !keep.text.is_empty() && !keep.text.contains('\0'));
        let prompt = u32::try_from(prompt).unwrap_or(u32::MAX);
        let (kept, turn) =
            keep.map(|keep| (Kept::New(keep.hash, Answer { text: keep.text, prompt }), keep.turn)).unzip();
        write_down(&self.parts, self.used, kept, turn);
    }
}

/// Counts a request that was answered with the kept answer of `hash`, whose prompt has this many
/// tokens.
pub(super) fn count_repeat(parts: &Arc<Parts>, model: &str, request: &Request, hash: String, prompt: u32) {
    let tokens = u64::from(prompt);
    let consumption = Consumption { requests: 1, repeats: 1, prompt: tokens, reused: tokens, ..Consumption::default() };
    let used = Use { consumption, ..used(parts, model, request) };
    write_down(parts, used, Some(Kept::Used(hash)), None);
}

fn used(parts: &Parts, model: &str, request: &Request) -> Use {
    Use {
        day: parts.clock.now().start_of_day(),
        owner: account(request),
        feature: request.feature.to_owned(),
        model: model.to_owned(),
        consumption: Consumption::default(),
    }
}

/// What becomes of a kept answer.
enum Kept {
    /// It is new.
    New(String, Answer),
    /// It was used again.
    Used(String),
}

/// Saves in a task of its own, because a stream may be dropped where nothing can be waited for. It
/// is tried once: what failed half-way may have been saved, and must not count twice. The turn ends
/// when all is saved, so that whoever waits for it finds the answer.
fn write_down(parts: &Arc<Parts>, used: Use, kept: Option<Kept>, turn: Option<Turn>) {
    let Ok(runtime) = Handle::try_current() else {
        tracing::warn!(feature = used.feature, "what a request took is not counted: the server is stopping");
        return;
    };
    parts.writing.send_modify(|writing| *writing += 1);
    let parts = Arc::clone(parts);
    let saving = async move {
        let (now, consumption, feature) = (parts.clock.now(), used.consumption, used.feature.clone());
        let saved = parts.store.transaction(move |connection| {
            Box::pin(async move {
                generation::add_use(connection, &used).await?;
                match kept {
                    Some(Kept::New(hash, answer)) => {
                        generation::keep_answer(connection, used.owner, &hash, &answer, now).await
                    }
                    Some(Kept::Used(hash)) => generation::touch_answer(connection, &hash, now).await,
                    None => Ok(()),
                }
            })
        });
        if let Err(error) = saved.await {
            tracing::warn!(%error, feature, ?consumption, "what a request took is not counted");
        }
        drop(turn);
        parts.writing.send_modify(|writing| *writing -= 1);
    };
    runtime.spawn(saving.in_current_span());
}
