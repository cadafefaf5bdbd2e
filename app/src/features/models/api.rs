//! Server functions of models. All of them are for administrators; the service sees to it.

// `#[server]` makes a struct of every function's arguments, whose fields cannot be documented.
#![allow(missing_docs)]

use domain::model::{InferenceView, ModelsView};
use leptos::prelude::*;
use leptos::server_fn::codec::{StreamingText, TextStream};

use crate::error::Failure;

/// Which models there are, and which has which role.
#[server(endpoint = "models")]
pub async fn models() -> Result<ModelsView, Failure> {
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(models.view(&viewer).await?)
}

/// What the models do.
#[server(endpoint = "inference")]
pub async fn inference() -> Result<InferenceView, Failure> {
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(models.inference(&viewer).await?)
}

/// Begins to fetch a model.
#[server(endpoint = "pull_model")]
pub async fn pull_model(model: String) -> Result<(), Failure> {
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(models.pull(&viewer, &model).await?)
}

/// Stops fetching a model.
#[server(endpoint = "cancel_pull")]
pub async fn cancel_pull(model: String) -> Result<(), Failure> {
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(models.cancel(&viewer, &model)?)
}

/// Removes a model from the machine.
#[server(endpoint = "remove_model")]
pub async fn remove_model(model: String) -> Result<(), Failure> {
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(models.remove(&viewer, &model).await?)
}

/// Gives the role with the slug `role` to a model; to the built-in coach if `model` is empty.
#[server(endpoint = "give_role")]
pub async fn give_role(role: String, model: String) -> Result<(), Failure> {
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    let model = Some(model.as_str()).filter(|model| !model.is_empty());
    Ok(models.assign(&viewer, role.parse()?, model).await?)
}

/// Has the model of the role with the slug `role` answer `prompt`: a [`domain::model::Tried`] in
/// JSON on each line, as it comes.
#[server(output = StreamingText, endpoint = "try_model")]
pub async fn try_model(role: String, prompt: String) -> Result<TextStream<Failure>, Failure> {
    use futures::StreamExt;
    let models = crate::ssr::service::<services::models::Models>()?;
    let viewer = crate::ssr::viewer().await?;
    let parts = models.try_out(&viewer, role.parse()?, &prompt).await?;
    let line = |part| serde_json::to_string(&part).map(|json| json + "\n").unwrap_or_default();
    Ok(TextStream::new(parts.map(move |part| Ok(line(part)))))
}
