//! The command `lodestar`.
// The type of a page holds the types of all that is on it.
#![recursion_limit = "512"]

mod commands;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match commands::Command::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain, outermost first, each cause on a line of its own.
            let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
            eprintln!("lodestar: {}", causes.join("\n  because: "));
            ExitCode::FAILURE
        }
    }
}
