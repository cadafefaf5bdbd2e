//! OpenID Connect: discovery, ID tokens, and the page that says more of a person.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use oauth2::url::form_urlencoded;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::http::{Http, Trouble};
use super::signatures::{ALGORITHMS, RING};
use super::{Endpoints, Grant, Identity};

/// How long what a provider says of itself counts.
const FRESH: Duration = Duration::from_secs(3_600);
/// How long an unknown key is taken for unknown before the provider is asked again.
const UNKNOWN: Duration = Duration::from_secs(60);
/// One issuer, and what is known of it.
pub(super) struct Oidc {
    issuer: String,
    has_nonce: bool,
    known: Mutex<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    provider: Arc<Metadata>,
    keys: Arc<JwkSet>,
    since: Instant,
}

/// What a provider says of itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// What an ID token says (OpenID Connect Core 1.0, sections 2 and 5.1).
#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: serde_json::Value,
    azp: Option<String>,
    nonce: Option<String>,
    #[serde(flatten)]
    person: Person,
}

#[derive(Default, Deserialize)]
struct Person {
    sub: Option<String>,
    email: Option<String>,
    email_verified: Option<Truth>,
    name: Option<String>,
}

/// Some providers say it as a word.
#[derive(Deserialize)]
#[serde(untagged)]
enum Truth {
    Flag(bool),
    Word(String),
}

impl Truth {
    fn holds(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Word(word) => word == "true",
        }
    }
}

impl Oidc {
    pub fn new(issuer: String, has_nonce: bool) -> Self {
        // An earlier one may have installed it.
        let _ = RING.install_default();
        Self { issuer, has_nonce, known: Mutex::default() }
    }

    pub async fn endpoints(&self, http: &Http) -> Result<Endpoints, Trouble> {
        let provider = self.known(http, FRESH).await?.provider;
        let methods = &provider.token_endpoint_auth_methods_supported;
        Ok(Endpoints {
            authorization: provider.authorization_endpoint.clone(),
            token: provider.token_endpoint.clone(),
            // Without a word on it, the header counts (OpenID Connect Discovery 1.0, section 3).
            secret_in_body: methods.iter().any(|method| method == "client_secret_post"),
        })
    }

    /// Who the person is, once the token's signature, issuer, audience, times and nonce hold.
    pub async fn identity(
        &self,
        http: &Http,
        client: &str,
        token: &str,
        nonce: &str,
        access: &str,
    ) -> Result<Identity, Trouble> {
        let claims = self.claims(http, client, token).await?;
        if claims.aud.as_array().is_some_and(|all| all.len() > 1) && claims.azp.as_deref() != Some(client) {
            return Err(Trouble("the ID token is for several clients and names another one".to_owned()));
        }
        match claims.nonce {
            Some(told) if told != nonce => return Err(Trouble("the ID token answers another request".to_owned())),
            None if self.has_nonce => return Err(Trouble("the ID token has no nonce".to_owned())),
            _ => {}
        }
        let mut person = claims.person;
        let provider = self.known(http, FRESH).await?.provider;
        if let (None, Some(page)) = (&person.email, &provider.userinfo_endpoint) {
            let told: Person = http.json(http.get(page).bearer_auth(access)).await?;
            if told.sub.as_deref() != Some(&claims.sub) {
                return Err(Trouble("the page about the person is about somebody else".to_owned()));
            }
            person = Person { name: person.name.or_else(|| told.name.clone()), ..told };
        }
        Ok(Identity {
            issuer: self.issuer.clone(),
            subject: claims.sub,
            email_verified: person.email_verified.as_ref().is_some_and(Truth::holds),
            email: person.email,
            name: person.name.unwrap_or_default(),
        })
    }

    async fn claims(&self, http: &Http, client: &str, token: &str) -> Result<Claims, Trouble> {
        let wrong = |error: jsonwebtoken::errors::Error| Trouble(format!("the ID token does not hold: {error}"));
        let header = decode_header(token).map_err(wrong)?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(Trouble(format!("the ID token is signed by {:?}", header.alg)));
        }
        let mut known = self.known(http, FRESH).await?;
        if find(&known.keys, header.kid.as_deref()).is_none() {
            // Keys change now and then.
            known = self.known(http, UNKNOWN).await?;
        }
        let key = find(&known.keys, header.kid.as_deref());
        let key = key.ok_or_else(|| Trouble("the ID token is signed with an unknown key".to_owned()))?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[client]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        decode(token, &DecodingKey::from_jwk(key).map_err(wrong)?, &validation).map(|token| token.claims).map_err(wrong)
    }

    pub async fn revoke(&self, http: &Http, (id, secret): (&str, &str), grant: &Grant) -> Result<(), Trouble> {
        let provider = self.known(http, FRESH).await?.provider;
        let Some(endpoint) = &provider.revocation_endpoint else { return Ok(()) };
        // With a refresh token, what came of it ends as well (RFC 7009, section 2.1).
        let token = grant.refresh_token.as_ref().unwrap_or(&grant.access_token);
        let form = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).finish();
        let request = http.post(endpoint).basic_auth(id, Some(secret)).body(form);
        let request = request.header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        http.success(request).await.map(|_| ())
    }

    /// What the provider says of itself, asked for again when that is older than `age`.
    async fn known(&self, http: &Http, age: Duration) -> Result<Known, Trouble> {
        let mut known = self.known.lock().await;
        if let Some(known) = known.as_ref().filter(|known| known.since.elapsed() < age) {
            return Ok(known.clone());
        }
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let provider: Metadata = http.json(http.get(&address)).await?;
        if provider.issuer != self.issuer {
            return Err(Trouble(format!("{} says that it is {}", self.issuer, provider.issuer)));
        }
        let keys = http.json(http.get(&provider.jwks_uri)).await?;
        let new = Known { provider: Arc::new(provider), keys: Arc::new(keys), since: Instant::now() };
        Ok(known.insert(new).clone())
    }
}

/// The key with this identifier; without one, the only key that there is.
fn find<'k>(keys: &'k JwkSet, kid: Option<&str>) -> Option<&'k jsonwebtoken::jwk::Jwk> {
    match (kid, &keys.keys[..]) {
        (Some(kid), _) => keys.find(kid),
        (None, [only]) => Some(only),
        _ => None,
    }
}
