//! Server functions of the dashboard.

use leptos::prelude::*;

use crate::error::Failure;

/// What to do next and how practice went so far.
#[server(endpoint = "dashboard")]
pub async fn dashboard() -> Result<domain::dashboard::Dashboard, Failure> {
    let interviews = crate::ssr::service::<services::interview::Interviews>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(interviews.dashboard(&viewer).await?)
}
