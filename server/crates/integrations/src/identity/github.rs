//! GitHub, which knows OAuth but no ID tokens: its API says who somebody is.

use serde::Deserialize;
use serde_json::json;

use super::http::{Http, Trouble};
use super::{Endpoints, Grant, Identity};

/// GitHub or a GitHub Enterprise Server.
pub(super) struct GitHub {
    site: String,
    api: String,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    primary: bool,
    verified: bool,
}

impl GitHub {
    pub fn new(site: &str, api: &str) -> Self {
        Self { site: site.trim_end_matches('/').to_owned(), api: api.trim_end_matches('/').to_owned() }
    }

    pub fn endpoints(&self) -> Endpoints {
        let page = |name: &str| format!("{}/login/oauth/{name}", self.site);
        Endpoints { authorization: page("authorize"), token: page("access_token"), secret_in_body: true }
    }

    pub async fn identity(&self, http: &Http, access: &str) -> Result<Identity, Trouble> {
        let page = |path: &str| http.get(&format!("{}{path}", self.api)).bearer_auth(access);
        let user: User = http.json(page("/user")).await?;
        let addresses: Vec<Address> = http.json(page("/user/emails")).await?;
        let address = addresses.into_iter().find(|address| address.primary);
        Ok(Identity {
            issuer: self.site.clone(),
            // The login can be changed and then taken by somebody else; the number cannot.
            subject: user.id.to_string(),
            email_verified: address.as_ref().is_some_and(|address| address.verified),
            email: address.map(|address| address.email),
            name: user.name.filter(|name| !name.trim().is_empty()).unwrap_or(user.login),
        })
    }

    pub async fn revoke(&self, http: &Http, (id, secret): (&str, &str), grant: &Grant) -> Result<(), Trouble> {
        let request = http.delete(&format!("{}/applications/{id}/grant", self.api)).basic_auth(id, Some(secret));
        http.success(request.json(&json!({ "access_token": grant.access_token }))).await.map(|_| ())
    }
}
