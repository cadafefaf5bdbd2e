//! Server functions of background tasks. All of them are for administrators; the service sees to it.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::task::TasksView;
use leptos::prelude::*;

use crate::error::Failure;

/// The tasks as they stand.
#[server(endpoint = "tasks")]
pub async fn tasks() -> Result<TasksView, Failure> {
    let tasks = crate::ssr::service::<services::tasks::Tasks>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(tasks.view(&viewer).await?)
}

/// Queues a task again that was given up.
#[server(endpoint = "retry_task")]
pub async fn retry_task(id: String) -> Result<(), Failure> {
    let tasks = crate::ssr::service::<services::tasks::Tasks>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(tasks.retry(&viewer, id.parse()?).await?)
}

/// Removes a task.
#[server(endpoint = "cancel_task")]
pub async fn cancel_task(id: String) -> Result<(), Failure> {
    let tasks = crate::ssr::service::<services::tasks::Tasks>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(tasks.cancel(&viewer, id.parse()?).await?)
}
