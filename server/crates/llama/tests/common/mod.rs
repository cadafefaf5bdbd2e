//! What several test files need.

use std::path::PathBuf;

use inference::models::{Library, Manifest};
use serde::Deserialize;

/// A text with what the published model makes of it, computed in 32 bits from the safetensors.
#[derive(Deserialize)]
pub struct Golden {
    pub text: String,
    pub token_ids: Vec<i32>,
    pub embedding: Vec<f32>,
}

pub fn golden() -> Vec<Golden> {
    serde_json::from_str(include_str!("../fixtures/minilm-golden.json")).unwrap()
}

/// The file of an installed model, in `$LODESTAR_TEST_MODELS` or where `make models` puts it.
pub fn installed(name: &str) -> PathBuf {
    let folder = std::env::var_os("LODESTAR_TEST_MODELS").map(PathBuf::from);
    let folder =
        folder.unwrap_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/lodestar/models"));
    let library = Library::new(&folder, Manifest::built_in().unwrap());
    library
        .path(name)
        .unwrap_or_else(|error| panic!("{error} For the tests, run `make models`; they look in {}.", folder.display()))
}

pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
