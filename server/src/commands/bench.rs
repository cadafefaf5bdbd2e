//! `lodestar models bench`: how quick a model is on this machine.

use std::time::{Duration, Instant};

use anyhow::Result;
use domain::model::ModelRole;
use futures::StreamExt;
use inference::{Embedder, Engine, Message, Output, Request, Usage};
use llama::{Chat, ChatOptions, Embedding, EmbeddingOptions};
use server::compose;
use server::config::Config;

/// Measurements, of which the middle one counts.
const RUNS: usize = 3;
/// Tokens that are written in each.
const WRITTEN: u32 = 64;

pub async fn run(config: &Config, name: &str) -> Result<()> {
    let path = compose::library(config)?.locate(name)?;
    let threads = config.model_threads();
    println!("{name}, {threads} threads, median of {RUNS} runs");
    // Which of the two kinds it is, its file knows.
    match Embedding::open(name, &path, EmbeddingOptions { threads, ..EmbeddingOptions::default() }) {
        Ok(model) => embed(&model).await,
        Err(_) => write(&Chat::open(name, &path, ChatOptions { threads, ..ChatOptions::default() })?).await,
    }
}

async fn embed(model: &Embedding) -> Result<()> {
    let texts: Vec<_> = knowledge::bank().questions().iter().map(|question| question.text.clone()).collect();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let began = Instant::now();
        model.embed(&texts).await?;
        times.push(began.elapsed());
    }
    let time = median(times);
    println!("  {} questions of the bank: {:.1} texts/s", texts.len(), texts.len() as f64 / time.as_secs_f64());
    Ok(())
}

async fn write(model: &Chat) -> Result<()> {
    let text =
        "Tell me how you plan a week, what you leave out, and how you notice that the plan was wrong. ".repeat(24);
    let (mut reading, mut writing, mut last) = (Vec::new(), Vec::new(), Usage::default());
    for seed in 0..RUNS {
        // The temperature keeps models of random weights from ending at once.
        let request = Request {
            max_tokens: WRITTEN,
            temperature: 1.0,
            ..Request::new(ModelRole::Fast, vec![Message::user(&*text)], seed as u32)
        };
        let outputs: Vec<_> = model.stream(request).await?.collect().await;
        let Some(Ok(Output::End(end))) = outputs.into_iter().last() else {
            anyhow::bail!("the model failed; the log says why")
        };
        reading.push(end.usage.reading);
        writing.push(end.usage.writing.checked_div(end.usage.written.max(2) - 1).unwrap_or_default());
        last = end.usage;
    }
    let rate = |tokens: u32, time: Duration| f64::from(tokens) / time.as_secs_f64().max(1e-9);
    println!("  reads {:.1} tokens/s (a prompt of {} tokens)", rate(last.prompt, median(reading)), last.prompt);
    println!("  writes {:.1} tokens/s", rate(1, median(writing)));
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
