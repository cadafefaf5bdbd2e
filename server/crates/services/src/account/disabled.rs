//! People whom an administrator keeps out.

use domain::audit::Action;
use domain::{Result, people};
use store::account::Account;

use super::Accounts;
use crate::limits::ClientAddress;

impl Accounts {
    /// Lets the person of an account in who has shown that it is theirs, unless an administrator keeps them out.
    ///
    /// # Errors
    /// `Forbidden` for a disabled account, saying whom to ask.
    pub(super) async fn let_in(&self, account: &Account, from: ClientAddress) -> Result<()> {
        let admitted = people::let_in(account.disabled);
        if admitted.is_err() {
            self.audit.note(Some(account.viewer.id), Action::SignInFailed, "disabled", Some(from)).await;
        }
        admitted
    }
}
