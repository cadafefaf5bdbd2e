//! Tokens by which programs act for a person: those of a sign-in, which are short-lived and renewed, and personal ones.
//!
//! A token is a prefix that says what it is, so that scanners for leaked secrets find it, and 256 random bits. Only its
//! SHA-256 is stored. All tokens of one sign-in form a family: an exchanged one that is shown again was stolen from
//! somebody, and ends them all (RFC 9700, section 4.14.2).

use std::sync::Arc;

use domain::account::{AccountId, Viewer};
use domain::audit::Action;
use domain::session::SessionId;
use domain::token::{NewPersonalToken, PersonalToken, Scope, TokenId, TokenPair, TokenWish};
use domain::{Clock, Error, ErrorKind, Id, Random, Result, Timestamp};
use store::Store;
use store::account::sessions;
use store::token::{self as rows, Family, Kind};

use crate::account::{SESSION_DAYS, SignedIn};
use crate::audit::Audit;
use crate::secret;

/// Seconds for which an access token works.
const ACCESS_SECONDS: u32 = 15 * 60;
/// Personal tokens that one person may have.
const MOST_PERSONAL: i64 = 50;

const ACCESS: &str = "lodestar_a_";
const REFRESH: &str = "lodestar_r_";
const PERSONAL: &str = "lodestar_p_";

/// The use cases of tokens.
#[derive(Clone)]
pub struct Tokens {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    audit: Audit,
}

/// Whom a token stands for, and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The person.
    pub viewer: Viewer,
    /// What the token may do.
    pub scopes: Vec<Scope>,
    /// The sign-in that it belongs to; none for a personal token, which may not change how one signs in.
    pub session: Option<SessionId>,
}

impl Bearer {
    /// Whether the token may do it.
    ///
    /// # Errors
    /// `Forbidden` naming the scope.
    pub fn may(&self, scope: Scope) -> Result<()> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        let slug = scope.slug();
        Err(Error::new(
            ErrorKind::Forbidden,
            format!("This token may not do that: it lacks the scope “{slug}”. Make one that has it in the settings."),
        ))
    }
}

impl Tokens {
    /// Tokens kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>, audit: Audit) -> Self {
        Self { store, clock, random, audit }
    }

    /// The first tokens of a sign-in.
    pub async fn begin(&self, signed_in: SignedIn) -> Result<TokenPair> {
        let now = self.clock.now();
        let family = Family {
            id: Id::<Family>::new(now, &*self.random).to_string(),
            owner: signed_in.account,
            session: signed_in.session,
            session_epoch: signed_in.session_epoch,
            expires_at: now.seconds_later(86_400 * SESSION_DAYS),
        };
        let pair = self.pair();
        let kept = pair.clone();
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                rows::insert_family(connection, &family, now).await?;
                put(connection, &family, &kept, now).await
            })
        });
        work.await?;
        Ok(pair)
    }

    /// Exchanges a refresh token for a new pair.
    ///
    /// # Errors
    /// `Unauthenticated` when it is unknown, has ended or was exchanged before; then all tokens of its sign-in end.
    pub async fn refresh(&self, token: &str) -> Result<TokenPair> {
        let (now, hash, pair) = (self.clock.now(), secret::hash(token), self.pair());
        let kept = pair.clone();
        let exchanged = self.store.transaction(move |connection| {
            Box::pin(async move {
                let Some((_, family, spent)) = rows::find(connection, Kind::Refresh, &hash, now).await? else {
                    return Ok(Exchange::Unknown);
                };
                if spent || !rows::spend(connection, &hash).await? {
                    sessions::remove(connection, family.owner, family.session).await?;
                    return Ok(Exchange::Reused(family.owner));
                }
                sessions::touch(connection, family.session, None, now).await?;
                put(connection, &family, &kept, now).await.map(|()| Exchange::Done)
            })
        });
        match exchanged.await? {
            Exchange::Done => Ok(pair),
            Exchange::Unknown => Err(ended()),
            Exchange::Reused(owner) => {
                tracing::warn!(account = %owner, "an exchanged token was shown again; its sign-in has ended");
                self.audit.note(Some(owner), Action::TokenReused, "", None).await;
                Err(ended())
            }
        }
    }

    /// Ends the sign-in of a refresh or an access token. One that has ended already is no error.
    pub async fn end(&self, token: &str) -> Result<()> {
        let (now, hash) = (self.clock.now(), secret::hash(token));
        let kind = if token.starts_with(REFRESH) { Kind::Refresh } else { Kind::Access };
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                match rows::find(connection, kind, &hash, now).await? {
                    Some((_, family, _)) => {
                        sessions::remove(connection, family.owner, family.session).await.map(|_| ())
                    }
                    None => Ok(()),
                }
            })
        });
        work.await
    }

    /// Whom a token stands for.
    ///
    /// # Errors
    /// `Unauthenticated` when it is unknown or has ended.
    pub async fn bearer(&self, token: &str) -> Result<Bearer> {
        let (now, hash) = (self.clock.now(), secret::hash(token));
        let mut connection = self.store.read().await?;
        if token.starts_with(PERSONAL) {
            let (account, token) = rows::find_personal(&mut connection, &hash, now).await?.ok_or_else(ended)?;
            drop(connection);
            self.note_use(&token, now).await;
            return Ok(Bearer { viewer: account.viewer, scopes: token.scopes, session: None });
        }
        let (account, family, _) = rows::find(&mut connection, Kind::Access, &hash, now).await?.ok_or_else(ended)?;
        Ok(Bearer { viewer: account.viewer, scopes: Scope::ALL.into(), session: Some(family.session) })
    }

    /// Makes a personal token.
    ///
    /// # Errors
    /// `Invalid` naming the field, `Forbidden` for the scope of administrators without being one, `Conflict` for too many.
    pub async fn create(&self, viewer: &Viewer, wish: TokenWish) -> Result<NewPersonalToken> {
        let wish = wish.checked()?;
        if wish.scopes.contains(&Scope::Admin) {
            viewer.must_administer("make tokens for administrators")?;
        }
        let now = self.clock.now();
        let token = PersonalToken {
            id: Id::new(now, &*self.random),
            name: wish.name,
            scopes: wish.scopes,
            created_at: now,
            expires_at: now.seconds_later(86_400 * i64::from(wish.days)),
            used_at: None,
        };
        let new = NewPersonalToken { secret: self.token(PERSONAL), token };
        let (owner, hash, token) = (viewer.id, secret::hash(&new.secret), new.token.clone());
        let inserted = self.store.transaction(move |connection| {
            Box::pin(async move { rows::insert_personal(connection, owner, &token, &hash, MOST_PERSONAL).await })
        });
        if inserted.await? {
            self.audit.note(Some(owner), Action::TokenMade, &new.token.name, None).await;
            return Ok(new);
        }
        let message = format!("You have {MOST_PERSONAL} tokens, which is as many as one can have. Remove one first.");
        Err(Error::new(ErrorKind::Conflict, message))
    }

    /// The person's own tokens, newest first.
    pub async fn list(&self, viewer: &Viewer) -> Result<Vec<PersonalToken>> {
        let now = self.clock.now();
        let tokens = rows::personal(&mut *self.store.read().await?, viewer.id).await?;
        Ok(tokens.into_iter().filter(|token| token.expires_at > now).collect())
    }

    /// Ends a personal token at once.
    ///
    /// # Errors
    /// `NotFound` if the person has none like that.
    pub async fn remove(&self, viewer: &Viewer, id: TokenId) -> Result<()> {
        let owner = viewer.id;
        let work = self.store.transaction(move |connection| Box::pin(rows::remove_personal(connection, owner, id)));
        if !work.await? {
            return Err(Error::not_found("token"));
        }
        self.audit.note(Some(owner), Action::TokenEnded, "", None).await;
        Ok(())
    }

    /// Removes what has ended; answers how many rows.
    pub async fn remove_expired(&self) -> Result<u64> {
        let now = self.clock.now();
        self.store.transaction(move |connection| Box::pin(rows::remove_expired(connection, now))).await
    }

    /// Notes the use to the hour, so that not every request writes to the database.
    async fn note_use(&self, token: &PersonalToken, now: Timestamp) {
        if token.used_at.is_some_and(|used| used > now.hours_before(1)) {
            return;
        }
        let id = token.id;
        let noted = self.store.transaction(move |connection| Box::pin(rows::touch_personal(connection, id, now))).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a token could not be noted");
        }
    }

    fn pair(&self) -> TokenPair {
        TokenPair {
            access_token: self.token(ACCESS),
            refresh_token: self.token(REFRESH),
            token_type: "Bearer".to_owned(),
            expires_in: ACCESS_SECONDS,
        }
    }

    fn token(&self, prefix: &str) -> String {
        format!("{prefix}{}", secret::new(&*self.random))
    }
}

/// What came of showing a refresh token.
enum Exchange {
    Done,
    Unknown,
    /// It was exchanged before, by somebody who has this account's tokens.
    Reused(AccountId),
}

/// Keeps a pair of tokens; neither works for longer than their family.
async fn put(connection: &mut store::Connection, family: &Family, pair: &TokenPair, now: Timestamp) -> Result<()> {
    let access_ends = now.seconds_later(i64::from(ACCESS_SECONDS)).min(family.expires_at);
    let (access, refresh) = (secret::hash(&pair.access_token), secret::hash(&pair.refresh_token));
    rows::insert(connection, &family.id, Kind::Access, &access, access_ends).await?;
    rows::insert(connection, &family.id, Kind::Refresh, &refresh, family.expires_at).await
}

fn ended() -> Error {
    Error::new(ErrorKind::Unauthenticated, "This token does not work, or no longer. Sign in again.")
}
