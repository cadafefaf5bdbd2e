//! Writes a tiny model of random weights to the path that is given: what the end-to-end tests have
//! where people have a model that makes sense.

use std::{error::Error, path::PathBuf};

use llama::tiny::{self, Tiny};

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::args_os().nth(1).ok_or("Say where to write it.")?.into();
    Ok(tiny::write(&path, Tiny { template: Some(tiny::CHATML), ..Tiny::default() })?)
}
