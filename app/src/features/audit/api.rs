//! Server functions of the audit log.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::audit::{Action, AuditEntry, AuditFilter};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// A page of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// Newest first.
    pub entries: Vec<AuditEntry>,
    /// Whether more follow.
    pub more: bool,
}

/// What is looked for, as the address of the page says it; empty for anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Slug of an [`Action`].
    pub action: String,
    /// Address of an account.
    pub email: String,
    /// The last entry of the page before.
    pub before: String,
}

impl AuditQuery {
    /// The filter, if every value is one.
    pub fn checked(self) -> domain::Result<AuditFilter> {
        let given = |text: String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(AuditFilter {
            action: given(self.action).map(|slug| Action::parse(&slug)).transpose()?,
            email: given(self.email),
            before: given(self.before).map(|id| id.parse()).transpose()?,
        })
    }
}

/// The latest entries that fit.
#[server(endpoint = "audit_log")]
pub async fn audit_log(query: AuditQuery) -> Result<AuditView, Failure> {
    let audit = crate::ssr::service::<services::audit::Audit>()?;
    let viewer = crate::ssr::viewer().await?;
    let (entries, more) = audit.list(&viewer, &query.checked()?, 50).await?;
    Ok(AuditView { entries, more })
}
