//! Browsers that people sign in with: of a new one, its person is told.

use domain::Result;
use domain::account::AccountId;
use store::account as accounts;
use store::account::devices as rows;

use super::{Accounts, links};
use crate::mail::{Letter, Link};
use crate::secret;

/// Days after which a browser that did not sign in is forgotten.
pub const KEPT_DAYS: i64 = 400;
/// Hexadecimal digits of what a browser keeps.
const DIGITS: usize = 64;

/// A browser, as its request describes it.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it was given to keep, if it was.
    pub token: Option<String>,
    /// Its `User-Agent`.
    pub agent: String,
}

impl Accounts {
    /// Remembers that the account was signed in to with `browser`; tells the person if that is a new
    /// one, unless the account is new as well. Answers what the browser is to keep from now on.
    pub async fn recognise(&self, account: AccountId, browser: &Browser, is_new: bool) -> Result<String> {
        let now = self.clock.now();
        let kept = browser.token.as_deref().filter(|token| is_token(token));
        let token = kept.map_or_else(|| self.token(), str::to_owned);
        let (hash, letter) = (secret::hash(&token), self.sign_in_letter(browser));
        let (accounts, since) = (self.clone(), now.hours_before(24 * KEPT_DAYS));
        let recognise = self.store.transaction(move |connection| {
            Box::pin(async move {
                if rows::seen(connection, account, &hash, now).await? {
                    return Ok(());
                }
                rows::add(connection, account, &hash, now, since).await?;
                let owner = accounts::by_id(connection, account).await?.filter(|_| !is_new);
                let mail = owner.map(|owner| accounts.write(&(&owner.viewer).into(), &letter)).transpose()?;
                links::save(mail.flatten(), connection).await
            })
        });
        recognise.await?;
        self.wake();
        Ok(token)
    }

    fn sign_in_letter(&self, browser: &Browser) -> Letter {
        Letter::NewSignIn {
            browser: domain::device::words(&browser.agent),
            time: self.clock.now().minute(),
            link: Link::new("/settings#password"),
        }
    }
}

fn is_token(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
