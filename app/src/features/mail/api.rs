//! Server functions of mails. All of them are for administrators; the service sees to it.

use domain::mail::MailsView;
use leptos::prelude::*;

use crate::error::Failure;

/// The latest mails, and how each kind looks.
#[server(endpoint = "mails")]
pub async fn mails() -> Result<MailsView, Failure> {
    let mails = crate::ssr::service::<services::mail::Mails>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(mails.view(&viewer).await?)
}
