//! A tiny model, and what is asked of it.

use std::path::PathBuf;

use domain::model::ModelRole;
use futures::StreamExt;
use inference::{End, Engine, Message, Output, Outputs, Request};
use llama::{
    Chat, ChatOptions,
    tiny::{self, Tiny},
};
use tempfile::TempDir;

pub fn model(tiny: Tiny) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.gguf");
    tiny::write(&path, tiny).unwrap();
    (folder, path)
}

/// One thread: a model so small gains nothing from a second.
pub fn options() -> ChatOptions {
    ChatOptions { threads: 1, ..ChatOptions::default() }
}

pub fn open(tiny: Tiny) -> Chat {
    let (_folder, path) = model(tiny);
    Chat::open("tiny", path, options()).unwrap()
}

pub fn ask(text: &str) -> Request {
    Request {
        max_tokens: 40,
        ..Request::new(ModelRole::Fast, vec![Message::system("Be brief."), Message::user(text)], 7)
    }
}

pub async fn answer(chat: &Chat, request: Request) -> Vec<String> {
    whole(chat.stream(request).await.unwrap()).await.0
}

/// All that comes, and the end.
pub async fn whole(outputs: Outputs) -> (Vec<String>, End) {
    let mut outputs: Vec<_> = outputs.map(|output| output.unwrap()).collect().await;
    let Some(Output::End(end)) = outputs.pop() else { panic!("no end") };
    (outputs.into_iter().filter_map(Output::text).collect(), end)
}

pub fn several(sequences: usize, system_prompts: &[&str]) -> ChatOptions {
    ChatOptions { sequences, system_prompts: system_prompts.iter().map(ToString::to_string).collect(), ..options() }
}

pub fn open_with(tiny: Tiny, options: ChatOptions) -> Chat {
    let (_folder, path) = model(tiny);
    Chat::open("tiny", path, options).unwrap()
}

pub fn greedy(text: &str, max_tokens: u32) -> Request {
    Request { temperature: 0.0, max_tokens, ..ask(text) }
}
