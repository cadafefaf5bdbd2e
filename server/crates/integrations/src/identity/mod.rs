//! Signing in elsewhere: OpenID Connect (with discovery), and GitHub, which has OAuth alone. The authorization code comes
//! back with PKCE (RFC 7636) and a state; what a provider says of a person counts only once it is checked.

mod github;
mod http;
mod oidc;
mod signatures;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::{Error, ErrorKind, Result};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::url::ParseError;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};

use self::http::Http;
use github::GitHub;
use oidc::Oidc;

/// A provider as the operator configured it.
#[derive(Clone)]
pub struct ProviderOptions {
    /// What people read on its button.
    pub name: String,
    /// The name by which it knows this installation.
    pub client_id: String,
    /// What proves that name.
    pub client_secret: String,
    /// How it is talked to.
    pub kind: ProviderKind,
}

/// How a provider is talked to.
#[derive(Clone)]
pub enum ProviderKind {
    /// OpenID Connect, by discovery at the issuer's address.
    Oidc {
        /// The issuer, exactly as its tokens say.
        issuer: String,
        /// Whether its tokens repeat the nonce, as they must. LinkedIn's do not.
        has_nonce: bool,
    },
    /// GitHub or a GitHub Enterprise Server.
    GitHub {
        /// Where people sign in, such as `https://github.com`.
        site: String,
        /// Its REST API, such as `https://api.github.com`.
        api: String,
    },
}

/// What a person is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// Who they are.
    Identity,
    /// To read their repositories as well. GitHub alone has any.
    Repositories,
}

/// A sign-in that has begun: where to send the browser, and what to hold the answer against, which stays here.
#[derive(Clone, Serialize, Deserialize)]
pub struct Begun {
    /// Where to send the browser.
    pub address: String,
    /// What comes back with the code.
    pub state: String,
    verifier: String,
    nonce: String,
}

/// Who somebody is, as a provider says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Who says so: an address.
    pub issuer: String,
    /// By which name, which never changes and is nobody else's.
    pub subject: String,
    /// Their address, if it is told.
    pub email: Option<String>,
    /// Whether the provider confirmed it.
    pub email_verified: bool,
    /// What they are called; may be empty.
    pub name: String,
}

/// What lets this installation act for a person at a provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Goes with requests.
    pub access_token: String,
    /// Is exchanged for a new one, if it ends.
    pub refresh_token: Option<String>,
    /// Seconds for which the access token works; none for until it is revoked.
    pub expires_in: Option<i64>,
}

/// Clients of all configured providers, by their names in addresses.
#[derive(Clone)]
pub struct Providers(Arc<BTreeMap<String, Provider>>);

struct Provider {
    options: ProviderOptions,
    peer: Peer,
    http: Http,
}

enum Peer {
    Oidc(Oidc),
    GitHub(GitHub),
}

/// What OpenID Connect adds to the answer with the tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

type Tokens = StandardTokenResponse<IdToken, BasicTokenType>;
type Connected = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Where a provider does what.
struct Endpoints {
    authorization: String,
    token: String,
    /// Whether the client's secret goes into the body of requests, or else into their header.
    secret_in_body: bool,
}

impl Providers {
    /// Clients of these providers, none of which is asked anything yet.
    ///
    /// # Errors
    /// `Busy` when HTTPS cannot be set up.
    pub fn new(options: BTreeMap<String, ProviderOptions>) -> Result<Self> {
        let http = Http::new()?;
        let provider = |options: ProviderOptions| {
            let peer = match &options.kind {
                ProviderKind::Oidc { issuer, has_nonce } => Peer::Oidc(Oidc::new(issuer.clone(), *has_nonce)),
                ProviderKind::GitHub { site, api } => Peer::GitHub(GitHub::new(site, api)),
            };
            Provider { options, peer, http: http.clone() }
        };
        Ok(Self(Arc::new(options.into_iter().map(|(slug, options)| (slug, provider(options))).collect())))
    }

    /// Their names in addresses and for people.
    pub fn names(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(slug, provider)| (slug.clone(), provider.options.name.clone())).collect()
    }

    /// Whether this one has repositories to be read.
    pub fn has_repositories(&self, slug: &str) -> bool {
        self.0.get(slug).is_some_and(|provider| matches!(provider.peer, Peer::GitHub(_)))
    }

    /// Begins a sign-in that leads back to `redirect`.
    ///
    /// # Errors
    /// `NotFound` for no provider, `Busy` when it does not answer.
    pub async fn begin(&self, slug: &str, wanted: Wanted, redirect: &str) -> Result<Begun> {
        let provider = self.provider(slug)?;
        let client = provider.client(Some(redirect)).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random().secret().clone();
        let mut request = client.authorize_url(CsrfToken::new_random).set_pkce_challenge(challenge);
        for scope in provider.scopes(wanted) {
            request = request.add_scope(Scope::new((*scope).to_owned()));
        }
        if matches!(provider.peer, Peer::Oidc(_)) {
            request = request.add_extra_param("nonce", nonce.clone());
        }
        let (address, state) = request.url();
        let (state, verifier) = (state.secret().clone(), verifier.secret().clone());
        Ok(Begun { address: address.into(), state, verifier, nonce })
    }

    /// Exchanges the code that came back for who the person is, and what lets this installation act for them.
    ///
    /// # Errors
    /// `Forbidden` when what the provider says does not hold, `Busy` when it does not answer.
    pub async fn finish(&self, slug: &str, begun: Begun, code: &str, redirect: &str) -> Result<(Identity, Grant)> {
        let provider = self.provider(slug)?;
        let client = provider.client(Some(redirect)).await?;
        let exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
            .request_async(&provider.http);
        let tokens = exchange.await.map_err(|error| provider.refused(&error))?;
        let identity = match &provider.peer {
            Peer::Oidc(oidc) => {
                let id_token = tokens.extra_fields().id_token.as_deref();
                let id_token = id_token.ok_or_else(|| provider.refused(&"there is no ID token"))?;
                let access = tokens.access_token().secret();
                oidc.identity(&provider.http, &provider.options.client_id, id_token, &begun.nonce, access).await
            }
            Peer::GitHub(github) => github.identity(&provider.http, tokens.access_token().secret()).await,
        };
        Ok((identity.map_err(|error| provider.refused(&error))?, grant(&tokens)))
    }

    /// Exchanges a refresh token for a new grant; none if it does not work any more.
    ///
    /// # Errors
    /// `Busy` when the provider does not answer.
    pub async fn refresh(&self, slug: &str, refresh_token: &str) -> Result<Option<Grant>> {
        let provider = self.provider(slug)?;
        let (client, token) = (provider.client(None).await?, RefreshToken::new(refresh_token.to_owned()));
        match client.exchange_refresh_token(&token).request_async(&provider.http).await {
            Ok(tokens) => {
                let grant = grant(&tokens);
                // One that was not replaced goes on working (RFC 6749, section 6).
                let refresh_token = grant.refresh_token.or_else(|| Some(refresh_token.to_owned()));
                Ok(Some(Grant { refresh_token, ..grant }))
            }
            Err(oauth2::RequestTokenError::ServerResponse(error)) => {
                tracing::info!(provider = slug, %error, "a grant does not work any more");
                Ok(None)
            }
            Err(error) => Err(provider.silent(&error)),
        }
    }

    /// Has the provider forget a grant. One that knows no way to forget is not asked.
    ///
    /// # Errors
    /// `Busy` when it does not answer.
    pub async fn revoke(&self, slug: &str, grant: &Grant) -> Result<()> {
        let provider = self.provider(slug)?;
        let ProviderOptions { client_id, client_secret, .. } = &provider.options;
        let credentials = (client_id.as_str(), client_secret.as_str());
        let revoked = match &provider.peer {
            Peer::Oidc(oidc) => oidc.revoke(&provider.http, credentials, grant).await,
            Peer::GitHub(github) => github.revoke(&provider.http, credentials, grant).await,
        };
        revoked.map_err(|error| provider.silent(&error))
    }

    fn provider(&self, slug: &str) -> Result<&Provider> {
        self.0.get(slug).ok_or_else(|| Error::not_found("sign-in provider"))
    }
}

impl Provider {
    fn scopes(&self, wanted: Wanted) -> &'static [&'static str] {
        match (&self.peer, wanted) {
            (Peer::Oidc(_), _) => &["openid", "email", "profile"],
            (Peer::GitHub(_), Wanted::Identity) => &["read:user", "user:email"],
            // There is no narrower one that reads private repositories.
            (Peer::GitHub(_), Wanted::Repositories) => &["read:user", "user:email", "repo"],
        }
    }

    async fn client(&self, redirect: Option<&str>) -> Result<Connected> {
        let endpoints = match &self.peer {
            Peer::Oidc(oidc) => oidc.endpoints(&self.http).await,
            Peer::GitHub(github) => Ok(github.endpoints()),
        };
        let endpoints = endpoints.map_err(|error| self.silent(&error))?;
        let wrong = |error: ParseError| self.silent(&error);
        let in_body = if endpoints.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        let client = Client::new(ClientId::new(self.options.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.options.client_secret.clone()))
            .set_auth_type(in_body)
            .set_auth_uri(AuthUrl::new(endpoints.authorization).map_err(wrong)?)
            .set_token_uri(TokenUrl::new(endpoints.token).map_err(wrong)?);
        Ok(match redirect {
            Some(redirect) => client.set_redirect_uri(RedirectUrl::new(redirect.to_owned()).map_err(wrong)?),
            None => client,
        })
    }

    /// What the provider says does not hold. The cause is for the operator.
    fn refused(&self, cause: &dyn std::fmt::Display) -> Error {
        let name = &self.options.name;
        tracing::warn!(provider = name, %cause, "a sign-in by a provider was refused");
        Error::new(ErrorKind::Forbidden, format!("{name} did not confirm who you are. Please try again."))
    }

    fn silent(&self, cause: &dyn std::fmt::Display) -> Error {
        let name = &self.options.name;
        tracing::warn!(provider = name, %cause, "a sign-in provider does not answer as it should");
        let message = format!("{name} does not answer just now. Try again in a moment, or sign in another way.");
        Error::new(ErrorKind::Busy, message)
    }
}

fn grant(tokens: &Tokens) -> Grant {
    Grant {
        access_token: tokens.access_token().secret().clone(),
        refresh_token: tokens.refresh_token().map(|token| token.secret().clone()),
        expires_in: tokens.expires_in().and_then(|time| time.as_secs().try_into().ok()),
    }
}
