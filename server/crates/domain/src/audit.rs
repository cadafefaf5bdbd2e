//! What matters for security, and what administrators did.

use serde::{Deserialize, Serialize};

use crate::{Error, Id, Result, Timestamp};

/// Marks the identifier of an entry.
pub struct Entry;
/// The identifier of an entry; later entries have greater ones.
pub type EntryId = Id<Entry>;

/// Declares the actions with their stored words and their names.
macro_rules! actions {
    ($($member:ident = $slug:literal, $name:literal;)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $(#[doc = $name] $member,)+ }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The word that is stored.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$member => $slug),+ }
            }

            /// What people read.
            pub fn name(self) -> &'static str {
                match self { $(Self::$member => $name),+ }
            }
        }
    };
}

actions!(
    Registered = "registered", "Opened an account";
    SignedIn = "signed_in", "Signed in";
    SignInFailed = "sign_in_failed", "Failed to sign in";
    SignedOut = "signed_out", "Signed out";
    PasswordChanged = "password_changed", "Changed the password";
    SecondStepOn = "second_step_on", "Added a second step of signing in";
    SecondStepOff = "second_step_off", "Removed a second step of signing in";
    RecoveryCodesMade = "recovery_codes_made", "Made new recovery codes";
    IdentityLinked = "identity_linked", "Linked a sign-in provider";
    IdentityUnlinked = "identity_unlinked", "Unlinked a sign-in provider";
    TokenMade = "token_made", "Made a token";
    TokenEnded = "token_ended", "Ended a token";
    TokenReused = "token_reused", "Showed an exchanged token again";
    DataExported = "data_exported", "Downloaded their data";
    LeaveAsked = "leave_asked", "Asked to remove their account";
    LeaveTakenBack = "leave_taken_back", "Kept their account";
    AccountRemoved = "account_removed", "An account was removed";
    AdministratorMade = "administrator_made", "Became an administrator";
    PlanChanged = "plan_changed", "Changed somebody's plan";
    StandingChanged = "standing_changed", "Changed somebody's standing";
    AccountDisabled = "account_disabled", "Disabled an account";
    AccountEnabled = "account_enabled", "Enabled an account";
    ShareBegun = "share_begun", "Began to share their practice";
    ShareEnded = "share_ended", "Ended sharing their practice";
    ModelPulled = "model_pulled", "Fetched a model";
    ModelRemoved = "model_removed", "Removed a model";
    RoleGiven = "role_given", "Gave a model a role";
);

impl Action {
    /// The action with this word.
    ///
    /// # Errors
    /// `Invalid` if there is none.
    pub fn parse(slug: &str) -> Result<Self> {
        let unknown = || Error::invalid("action", "There is no such action. Choose one of the list.");
        Self::ALL.iter().copied().find(|action| action.slug() == slug).ok_or_else(unknown)
    }
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its identifier.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// Whose account did it; none for nobody, the command line, or somebody who has left.
    pub actor: Option<Actor>,
    /// What.
    pub action: Action,
    /// To what, in a word or two; may be empty.
    pub subject: String,
    /// Whose account was changed, where it was somebody else's.
    pub about: Option<Actor>,
    /// The network address that it came from; empty where there is none.
    pub network: String,
}

/// Who did something, or to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// The account.
    pub id: crate::account::AccountId,
    /// Its address.
    pub email: String,
}

/// Which entries are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only these.
    pub action: Option<Action>,
    /// Only of the account with this address.
    pub email: Option<String>,
    /// Only those before this one.
    pub before: Option<EntryId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_have_words_of_their_own() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.slug()), Ok(*action));
            assert_eq!(serde_json::to_value(action).unwrap(), action.slug());
        }
        assert!(Action::parse("anything").is_err());
    }
}
