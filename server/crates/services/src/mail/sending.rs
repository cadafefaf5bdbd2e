//! Sending one mail, in the background.

use std::sync::Arc;

use async_trait::async_trait;
use domain::Clock;
use domain::mail::{MailId, MailState};
use integrations::mail::{Carrier, Letter, Undelivered};
use store::Store;
use store::mail as rows;

use crate::tasks::{Done, Trouble, Work};

/// The kind of these tasks; the payload is the mail's identifier.
pub(super) const SEND: &str = "send-mail";

/// What sends mails.
pub(super) struct Sending {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) carrier: Arc<dyn Carrier>,
}

impl Sending {
    async fn settle(&self, id: MailId, state: MailState, reason: Option<String>) -> domain::Result<()> {
        let now = self.clock.now();
        let settle = self.store.transaction(move |connection| {
            Box::pin(async move { rows::settle(connection, id, state, reason.as_deref(), now).await })
        });
        settle.await
    }
}

fn id(payload: &str) -> Option<MailId> {
    serde_json::from_str(payload).ok()
}

#[async_trait]
impl Work for Sending {
    async fn run(&self, payload: &str) -> Result<Done, Trouble> {
        let id = id(payload).ok_or_else(|| Trouble::Lasting("The task names no mail.".to_owned()))?;
        let letter = rows::letter(&mut *self.store.read().await?, id).await?;
        let Some(letter) = letter.filter(|letter| letter.state != MailState::Sent) else { return Ok(Done::Once) };
        let (Some(text), Some(html)) = (letter.text, letter.html) else {
            return Err(Trouble::Lasting("The mail is so old that its words were removed.".to_owned()));
        };
        if letter.state != MailState::Waiting {
            self.settle(id, MailState::Waiting, None).await?;
        }
        let letter = Letter {
            id: id.to_string(),
            recipient: letter.recipient,
            subject: letter.subject,
            text,
            html,
            written_at: letter.created_at,
        };
        match self.carrier.carry(&letter).await {
            Ok(()) => {
                self.settle(id, MailState::Sent, None).await?;
                Ok(Done::Once)
            }
            Err(Undelivered::Later(reason)) => Err(Trouble::Passing(reason)),
            Err(Undelivered::Never(reason)) => Err(Trouble::Lasting(reason)),
        }
    }

    async fn given_up(&self, payload: &str, reason: &str) {
        let Some(id) = id(payload) else { return };
        if let Err(error) = self.settle(id, MailState::Failed, Some(reason.to_owned())).await {
            tracing::warn!(%id, %error, "that a mail could not be sent could not be noted");
        }
    }
}
