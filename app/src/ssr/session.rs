//! Signing in and out, and what a browser's session keeps on the server between two requests.

use domain::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;
use services::account::{Accounts, Entry, Halfway, SignedIn};
use services::departures::Departures;

use super::{broken, cookies, note_person, redirect, service, session};

/// Where the session keeps who has done the first step, and the page that they want.
const HALFWAY: &str = "halfway";
/// Where it keeps what a passkey is asked for with, and what to hold the answer against.
pub const PASSKEY: &str = "passkey";
/// The same for a passkey that is to be added.
pub const NEW_PASSKEY: &str = "new-passkey";

/// Lets in whoever did the first step of signing in, or asks for the second. Then leads to `next`, a path on this site,
/// or else to the dashboard; whoever asked to leave is led to where they can stay.
pub async fn enter(entry: Entry, is_new: bool, next: Option<&str>) -> Result<()> {
    match entry {
        Entry::Done(signed_in) => {
            recognise(signed_in, is_new).await?;
            let leaves = service::<Departures>()?.due(signed_in.account).await?.is_some();
            sign_in(signed_in).await?;
            redirect(domain::account::local_path(if leaves { Some("/settings/data") } else { next }));
        }
        Entry::SecondStep(halfway) => {
            session().await?.cycle_id().await.map_err(broken)?;
            keep(HALFWAY, &(&halfway, next)).await?;
            ask_passkey(&halfway).await?;
            redirect("/login/second");
        }
    }
    Ok(())
}

/// Asks for a passkey of the account, if it has any. Pages may be rendered twice for one request, so they ask nothing.
pub async fn ask_passkey(halfway: &Halfway) -> Result<()> {
    match service::<Accounts>()?.ask_passkey(halfway).await? {
        Some(asked) => keep(PASSKEY, &asked).await,
        None => Ok(()),
    }
}

/// Who has done the first step of signing in with this browser, and the page that they want.
pub async fn halfway() -> Result<Option<(Halfway, Option<String>)>> {
    session().await?.get(HALFWAY).await.map_err(broken)
}

/// Starts a signed-in session. Its identifier is renewed, so one planted before is worth nothing.
pub async fn sign_in(signed_in: SignedIn) -> Result<()> {
    let session = session().await?;
    session.clear().await;
    session.cycle_id().await.map_err(broken)?;
    note_person(signed_in.account);
    session.insert(SignedIn::KEY, signed_in).await.map_err(broken)
}

/// Remembers that the account was signed in to with this browser; tells its person of a new one,
/// unless the account `is_new` as well.
pub async fn recognise(signed_in: SignedIn, is_new: bool) -> Result<()> {
    let token = service::<Accounts>()?.recognise(signed_in.account, &cookies::browser(), is_new).await?;
    cookies::keep_browser(&token);
    Ok(())
}

/// Ends the session.
pub async fn sign_out() -> Result<()> {
    let session = session().await?;
    if let Some(signed_in) = session.get::<SignedIn>(SignedIn::KEY).await.map_err(broken)? {
        let accounts = service::<Accounts>()?;
        if let Some(viewer) = accounts.viewer(signed_in).await? {
            accounts.end_session(&viewer, signed_in.session).await?;
        }
    }
    session.flush().await.map_err(broken)
}

/// Keeps something for a later request of this browser, out of its reach.
pub async fn keep(name: &str, value: &impl Serialize) -> Result<()> {
    session().await?.insert(name, value).await.map_err(broken)
}

/// What [`keep`] kept under that name.
pub async fn kept<T: DeserializeOwned>(name: &str) -> Result<Option<T>> {
    session().await?.get(name).await.map_err(broken)
}

/// What [`keep`] kept under that name, once. For answers to forms: a page may be rendered twice for one request.
pub async fn take<T: DeserializeOwned>(name: &str) -> Result<Option<T>> {
    session().await?.remove(name).await.map_err(broken)
}
