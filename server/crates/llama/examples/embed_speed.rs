//! Measures the embedding model: `cargo run --release -p llama --example embed_speed -- MODEL.gguf < TEXTS`, one
//! text a line. Prints one line of JSON; `make bench` runs it.
#![allow(clippy::print_stdout, reason = "an example answers on standard output")]

use std::io::{Error, stdin};
use std::time::Instant;

use inference::Embedder;
use llama::{Embedding, EmbeddingOptions};

/// Passes over all texts; the median counts.
const PASSES: usize = 5;
/// Texts that are embedded one by one, as a person's single sentence would be.
const SINGLE: usize = 200;

#[tokio::main]
async fn main() -> Result<(), domain::Error> {
    let Some(path) = std::env::args().nth(1) else {
        return Err(domain::Error::invalid("arguments", "Give the path of an embedding model."));
    };
    let unreadable = |error: Error| domain::Error::invalid("texts", format!("The texts cannot be read: {error}."));
    let texts = stdin().lines().collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    let options = EmbeddingOptions::default();
    let model = Embedding::open("all-MiniLM-L6-v2", path, options)?;
    let tokens: usize = texts.iter().map(|text| model.token_ids(text).len()).sum();

    model.embed(&texts).await?;
    let mut passes = Vec::with_capacity(PASSES);
    for _ in 0..PASSES {
        let began = Instant::now();
        model.embed(&texts).await?;
        passes.push(began.elapsed().as_secs_f64());
    }
    let mut single = Vec::with_capacity(SINGLE);
    for text in texts.iter().cycle().take(if texts.is_empty() { 0 } else { SINGLE }) {
        let began = Instant::now();
        model.embed(std::slice::from_ref(text)).await?;
        single.push(began.elapsed().as_secs_f64());
    }
    let seconds = median(&mut passes);
    println!(
        "{}",
        serde_json::json!({
            "texts": texts.len(),
            "tokens": tokens,
            "threads": options.threads,
            "texts_per_second": texts.len() as f64 / seconds,
            "tokens_per_second": tokens as f64 / seconds,
            "single_text_ms_p50": median(&mut single) * 1_000.0,
        })
    );
    Ok(())
}

/// The middle value; not a number when there is none.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
