//! `lodestar doctor`: looks at everything that Lodestar needs. To add a check: a line in [`run`] and
//! its function.

mod machine;
mod parts;

use anyhow::Result;
use server::config::Config;

/// What a check found.
pub enum Finding {
    /// As it should be.
    Good(String),
    /// It works; this could be better.
    Note(String),
    /// It does not work; what to do.
    Wrong(String),
}

/// Looks at everything, a line each.
///
/// # Errors
/// If something is wrong.
pub async fn run(config: domain::Result<Config>) -> Result<()> {
    let mut lines = Lines::default();
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            lines.say("configuration", Finding::Wrong(error.message));
            return lines.end();
        }
    };
    lines.say("configuration", Finding::Good("it is valid; `lodestar config check` prints it".to_owned()));
    lines.say("data folder", parts::data_folder(&config));
    let (store, database) = parts::database(&config).await;
    lines.say("database", database);
    lines.say("pages", parts::pages(&config));
    for (model, finding) in parts::models(&config, store.as_ref()).await {
        lines.say(&format!("model {model}"), finding);
    }
    lines.say("mail", parts::mail(&config).await);
    lines.say("clock", machine::clock(store.as_ref()).await);
    lines.say("disk", machine::disk(&config));
    lines.say("memory", machine::memory(&config));
    let (address, serves) = machine::address(config.http.addr).await;
    lines.say("address", address);
    if let Some(address) = config.metrics.addr {
        lines.say("address of the figures", machine::figures(address, serves).await);
    }
    if let Some(store) = store {
        store.close().await;
    }
    lines.end()
}

/// The lines so far.
#[derive(Default)]
struct Lines {
    wrong: u32,
}

impl Lines {
    fn say(&mut self, what: &str, finding: Finding) {
        let (word, text) = match finding {
            Finding::Good(text) => ("OK", text),
            Finding::Note(text) => ("NOTE", text),
            Finding::Wrong(text) => {
                self.wrong += 1;
                ("WRONG", text)
            }
        };
        println!("{word:<6} {what}: {text}");
    }

    fn end(self) -> Result<()> {
        match self.wrong {
            0 => Ok(()),
            1 => anyhow::bail!("one thing is wrong; its line says what to do"),
            count => anyhow::bail!("{count} things are wrong; their lines say what to do"),
        }
    }
}
