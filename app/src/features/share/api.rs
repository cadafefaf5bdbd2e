//! Server functions of sharing.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::interview::Report;
use domain::share::{Mentee, Mentees, Practice, Share, ShareId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// With whom the person shares.
#[server(endpoint = "shares")]
pub async fn shares() -> Result<Vec<Share>, Failure> {
    let shares = crate::ssr::service::<services::share::Shares>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(shares.list(&viewer).await?)
}

/// Lets the mentor with that address see the person's practice. Leads back to the page, which confirms it.
#[server(endpoint = "begin_share")]
pub async fn begin_share(email: String) -> Result<(), Failure> {
    let shares = crate::ssr::service::<services::share::Shares>()?;
    let viewer = crate::ssr::viewer().await?;
    shares.begin(&viewer, &email).await?;
    crate::ssr::redirect("/settings/sharing?done=begun");
    Ok(())
}

/// Ends a share at once. Leads back to the page, which confirms it.
#[server(endpoint = "end_share")]
pub async fn end_share(id: ShareId) -> Result<(), Failure> {
    let shares = crate::ssr::service::<services::share::Shares>()?;
    let viewer = crate::ssr::viewer().await?;
    shares.end(&viewer, id).await?;
    crate::ssr::redirect("/settings/sharing?done=ended");
    Ok(())
}

/// Those who share with the mentor.
#[server(endpoint = "who_shares")]
pub async fn who_shares() -> Result<Mentees, Failure> {
    let shares = crate::ssr::service::<services::share::Shares>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(shares.mentees(&viewer).await?)
}

/// How the practice of somebody who shares with the mentor went.
#[server(endpoint = "shared_practice")]
pub async fn shared_practice(id: String) -> Result<Practice, Failure> {
    let shares = crate::ssr::service::<services::share::Shares>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(shares.practice(&viewer, id.parse()?).await?)
}

/// A report with whose it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MenteeReport {
    /// Whose.
    pub mentee: Mentee,
    /// The report.
    pub report: Report,
}

/// The report of an interview of somebody who shares with the mentor.
#[server(endpoint = "shared_report")]
pub async fn shared_report(id: String, interview: String) -> Result<MenteeReport, Failure> {
    let shares = crate::ssr::service::<services::share::Shares>()?;
    let viewer = crate::ssr::viewer().await?;
    let (mentee, report) = shares.report(&viewer, id.parse()?, interview.parse()?).await?;
    Ok(MenteeReport { mentee, report })
}
