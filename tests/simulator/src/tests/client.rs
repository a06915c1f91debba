//! A small HTTP client for the tests: trusts the simulation, follows nothing by itself.

use crate::{Decision, Simulator, SimulatorOptions};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::{Client, Response};
use serde_json::Value;
use std::io::Write as _;
use url::Url;

pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const REDIRECT: &str = "http://localhost:5123";
pub(super) const SCOPES: &str = "openid profile offline_access User.Read.All Organization.Read.All Directory.Read.All";

pub(super) struct Bench {
    pub(super) simulator: Simulator,
    pub(super) http: Client,
}

impl Bench {
    pub(super) async fn start(users: u64) -> Self {
        Self::with(SimulatorOptions::with_users(users)).await
    }

    pub(super) async fn with(options: SimulatorOptions) -> Self {
        let simulator = Simulator::start(options).await.unwrap();
        let authority = reqwest::Certificate::from_pem(simulator.ca_pem().as_bytes()).unwrap();
        let http = Client::builder()
            .tls_certs_only([authority])
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { simulator, http }
    }

    pub(super) fn tenant(&self) -> String {
        self.simulator.tenant_id().to_string()
    }

    pub(super) async fn post(&self, url: &str, form: &[(&str, &str)]) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        request.send().await.unwrap()
    }

    /// Calls the token endpoint of a tenant segment; answers status and body.
    pub(super) async fn token_at(&self, tenant: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let response = self.post(&format!("{}/{tenant}/oauth2/v2.0/token", self.simulator.login_origin()), form).await;
        let status = response.status().as_u16();
        (status, json(response).await)
    }

    pub(super) async fn token(&self, form: &[(&str, &str)]) -> (u16, Value) {
        self.token_at(&self.tenant(), form).await
    }

    /// A token call that must be refused; answers the AADSTS number, the `error` word and the status.
    pub(super) async fn refusal(&self, form: &[(&str, &str)]) -> (u64, String, u16) {
        let (status, body) = self.token(form).await;
        refusal(status, &body)
    }

    pub(super) async fn application_token(&self) -> String {
        self.application_token_for("https://graph.microsoft.com/.default").await
    }

    /// A token of the tenant's own application, which is given these permissions before.
    pub(super) async fn application_token_with(&self, permissions: &[&str]) -> String {
        let own = self.simulator.own_client_id();
        let add = |known: &mut crate::AppRegistration| {
            known.application_permissions.extend(permissions.iter().map(|name| (*name).to_owned()));
        };
        self.simulator.edit_registration(own, add).unwrap();
        self.simulator.grant_consent(own);
        self.application_token().await
    }

    pub(super) async fn application_token_for(&self, scope: &str) -> String {
        let (client, secret) = (self.simulator.own_client_id().to_string(), self.simulator.own_client_secret());
        let (status, body) = self
            .token(&[
                ("grant_type", "client_credentials"),
                ("client_id", &client),
                ("client_secret", &secret),
                ("scope", scope),
            ])
            .await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// The authorize address of the vendor's application.
    pub(super) fn authorize(&self, extra: &[(&str, &str)]) -> String {
        let challenge =
            BASE64_URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes()));
        let client = self.simulator.vendor_client_id().to_string();
        let mut parameters = vec![
            ("client_id", client.as_str()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("scope", SCOPES),
            ("state", "s t"),
            ("nonce", "n-1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in extra {
            parameters.retain(|(known, _)| known != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let address = format!("{}/organizations/oauth2/v2.0/authorize", self.simulator.login_origin());
        Url::parse_with_params(&address, parameters).unwrap().into()
    }

    /// A code for the administrator.
    pub(super) fn code(&self) -> String {
        let administrator = self.simulator.administrator();
        let redirect = self.simulator.sign_in(&self.authorize(&[]), &administrator, Decision::Accept).unwrap();
        parameter(&redirect, "code").unwrap()
    }

    /// A token of the vendor's application for a person; everybody has consented to everything.
    pub(super) async fn delegated_token(&self, account: &str, scope: &str) -> String {
        self.simulator.grant_consent(self.simulator.vendor_client_id());
        let address = self.authorize(&[("scope", scope)]);
        let redirect = self.simulator.sign_in(&address, account, Decision::Accept).unwrap();
        let (status, body) = self.redeem(&parameter(&redirect, "code").unwrap()).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// The address that a report function redirects to.
    pub(super) async fn link(&self, token: &str, target: &str) -> String {
        let redirect = self.graph(token, target).await;
        assert_eq!(redirect.status(), 302, "{target}");
        redirect.headers()["location"].to_str().unwrap().to_owned()
    }

    pub(super) async fn redeem(&self, code: &str) -> (u16, Value) {
        let client = self.simulator.vendor_client_id().to_string();
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &client),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
            ("client_info", "1"),
        ])
        .await
    }

    pub(super) async fn refresh(&self, refresh_token: &str) -> (u16, Value) {
        let client = self.simulator.vendor_client_id().to_string();
        self.token(&[("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", refresh_token)]).await
    }

    /// Asks Graph; the target begins with a slash.
    pub(super) async fn graph(&self, token: &str, target: &str) -> Response {
        let url = format!("{}{target}", self.simulator.graph_origin());
        self.http.get(url).bearer_auth(token).send().await.unwrap()
    }

    /// The items of a list, following its links.
    pub(super) async fn all_pages(&self, token: &str, target: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(format!("{}{target}", self.simulator.graph_origin()));
        while let Some(url) = next {
            let body = json(self.http.get(url).bearer_auth(token).send().await.unwrap()).await;
            items.extend(body["value"].as_array().unwrap().iter().cloned());
            next = body["@odata.nextLink"].as_str().map(str::to_owned);
        }
        items
    }

    pub(super) async fn graph_json(&self, token: &str, target: &str) -> (u16, Value) {
        let response = self.graph(token, target).await;
        let status = response.status().as_u16();
        (status, json(response).await)
    }
}

pub(super) async fn json(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

/// What gzip packed.
pub(super) fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut decoder = flate2::write::GzDecoder::new(Vec::new());
    decoder.write_all(packed).unwrap();
    decoder.finish().unwrap()
}

pub(super) fn refusal(status: u16, body: &Value) -> (u64, String, u16) {
    (body["error_codes"][0].as_u64().unwrap_or_default(), body["error"].as_str().unwrap_or_default().to_owned(), status)
}

/// A parameter of a redirect's query.
pub(super) fn parameter(address: &str, name: &str) -> Option<String> {
    let address = Url::parse(address).unwrap();
    address.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
