//! Passkeys (WebAuthn): what is asked of the browser, and what it answers.

use std::sync::Arc;

use domain::account::Viewer;
use domain::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use store::account::second_step::StoredPasskey;
use url::{Host, Url};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential, Uuid,
    Webauthn, WebauthnBuilder,
};

/// The product's name on the browser's own dialogs.
const NAME: &str = "Lodestar";

/// Asks for passkeys and checks them, for one site.
#[derive(Clone)]
pub struct Passkeys(Arc<Webauthn>);

/// What was asked of a browser, to hold its answer against. It stays on the server.
#[derive(Clone, Serialize, Deserialize)]
pub struct PasskeyTask(Asked);

#[derive(Clone, Serialize, Deserialize)]
enum Asked {
    Add { name: String, state: PasskeyRegistration },
    Show(PasskeyAuthentication),
}

impl Passkeys {
    /// Passkeys for the site at this address; none where browsers know none: they want a name instead of a number, and
    /// HTTPS unless that name is `localhost`.
    pub fn of(site: &str) -> Option<Self> {
        let site = Url::parse(site).ok()?;
        let Some(Host::Domain(host)) = site.host() else { return None };
        if site.scheme() != "https" && host != "localhost" {
            return None;
        }
        let built = WebauthnBuilder::new(host, &site).and_then(|builder| builder.rp_name(NAME).build());
        built
            .inspect_err(|error| tracing::warn!(%error, "there are no passkeys for this site"))
            .ok()
            .map(|w| Self(Arc::new(w)))
    }

    /// Asks for a new passkey, which none of the `known` ones may be. Answers what the browser is told, as JSON.
    pub(super) fn ask_new(
        &self,
        viewer: &Viewer,
        name: String,
        known: &[StoredPasskey],
    ) -> Result<(String, PasskeyTask)> {
        let id: Uuid = viewer.id.to_string().parse().map_err(|_| Error::not_found("account"))?;
        let known = keys(known).iter().map(|key| key.cred_id().clone()).collect();
        let (options, state) = self
            .0
            .start_passkey_registration(id, &viewer.email, &viewer.name, Some(known))
            .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))?;
        Ok((json(&options.public_key)?, PasskeyTask(Asked::Add { name, state })))
    }

    /// The name and the public key, as JSON, of the passkey that the browser answered with.
    pub(super) fn added(&self, task: PasskeyTask, response: &str) -> Result<(String, String)> {
        let Asked::Add { name, state } = task.0 else { return Err(refused()) };
        let response: RegisterPublicKeyCredential = serde_json::from_str(response).map_err(|_| refused())?;
        let key = self.0.finish_passkey_registration(&response, &state).map_err(log)?;
        Ok((name, json(&key)?))
    }

    /// Asks for one of the passkeys. Answers what the browser is told, as JSON.
    pub(super) fn ask(&self, known: &[StoredPasskey]) -> Result<(String, PasskeyTask)> {
        let (options, state) = self.0.start_passkey_authentication(&keys(known)).map_err(log)?;
        Ok((json(&options.public_key)?, PasskeyTask(Asked::Show(state))))
    }

    /// Which of the `known` passkeys the browser answered with, and what is stored of it from now on.
    pub(super) fn shown<'k>(
        &self,
        task: PasskeyTask,
        response: &str,
        known: &'k [StoredPasskey],
    ) -> Result<(&'k StoredPasskey, String)> {
        let Asked::Show(state) = task.0 else { return Err(refused()) };
        let response: PublicKeyCredential = serde_json::from_str(response).map_err(|_| refused())?;
        let result = self.0.finish_passkey_authentication(&response, &state).map_err(log)?;
        let used = known.iter().zip(keys(known)).find(|(_, key)| key.cred_id() == result.cred_id());
        let (stored, mut key) = used.ok_or_else(refused)?;
        key.update_credential(&result);
        Ok((stored, json(&key)?))
    }
}

fn keys(stored: &[StoredPasskey]) -> Vec<Passkey> {
    stored.iter().filter_map(|stored| serde_json::from_str(&stored.credential).ok()).collect()
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
}

fn log(error: webauthn_rs::prelude::WebauthnError) -> Error {
    tracing::info!(%error, "a passkey was refused");
    refused()
}

fn refused() -> Error {
    Error {
        field: Some("passkey".to_owned()),
        ..Error::new(ErrorKind::Invalid, "This passkey was not accepted. Try once more, or use another second step.")
    }
}
