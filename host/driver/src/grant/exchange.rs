//! Token requests: a form goes out, a token or a refusal comes back (RFC 6749 section 5).

use crate::clock::Clock;
use crate::http::{Body, BodyLimits, RetryPolicy, Transport, TransportRequest};
use beacon_contract::{Method, ProfileId, Refused, RefusedStage, RequestId};
use beacon_vault::Secret;
use serde::Deserialize;
use std::sync::Arc;
use url::Url;
use url::form_urlencoded::Serializer;
use zeroize::{Zeroize as _, Zeroizing};

/// The longest description handed on.
const DESCRIPTION_CHARACTERS: usize = 4_096;

/// Tokens as they arrived. No `Debug`: every text in here is a credential.
pub(crate) struct TokenAnswer {
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) id_token: Option<Secret>,
    pub(crate) expires_in: u64,
    pub(crate) scope: Option<String>,
}

/// A refusal before it gets the number of its wish.
#[derive(Debug, Clone)]
pub(crate) struct Denial {
    pub(crate) stage: RefusedStage,
    pub(crate) error: String,
    pub(crate) suberror: Option<String>,
    pub(crate) codes: Vec<u32>,
    pub(crate) description: String,
    pub(crate) correlation_id: Option<String>,
    pub(crate) timestamp: Option<String>,
    pub(crate) status: Option<u16>,
}

impl Denial {
    /// A refusal of our own, before or without an answer.
    pub(crate) fn local(error: &str, description: impl ToString) -> Self {
        Self {
            stage: RefusedStage::Local,
            error: error.to_owned(),
            suberror: None,
            codes: Vec::new(),
            description: description.to_string(),
            correlation_id: None,
            timestamp: None,
            status: None,
        }
    }

    pub(crate) fn into_refused(self, id: RequestId, profile: ProfileId) -> Refused {
        Refused {
            id,
            profile,
            stage: self.stage,
            error: self.error,
            suberror: self.suberror,
            codes: self.codes,
            description: self.description,
            correlation_id: self.correlation_id,
            timestamp: self.timestamp,
            status: self.status,
        }
    }
}

#[derive(Deserialize)]
struct SuccessBody {
    access_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
    #[serde(default)]
    id_token: Option<String>,
    /// Some authorities write the number as text.
    #[serde(default)]
    expires_in: serde_json::Value,
    #[serde(default)]
    scope: Option<String>,
}

#[derive(Deserialize, Default)]
struct ErrorBody {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    suberror: Option<String>,
    #[serde(default)]
    error_codes: Vec<u32>,
    #[serde(default)]
    correlation_id: Option<String>,
    #[serde(default)]
    timestamp: Option<String>,
}

/// A form with values that may be secrets.
pub(crate) type Form<'a> = Vec<(&'a str, &'a str)>;

/// Talks to token and device endpoints.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) retry: RetryPolicy,
    pub(crate) body: BodyLimits,
}

impl Exchange {
    /// Sends a form; the status and the whole body.
    pub(crate) async fn send(&self, url: &Url, form: &Form<'_>) -> Result<(u16, Zeroizing<Vec<u8>>), Denial> {
        let mut encoded = Zeroizing::new(String::new());
        for (name, value) in form {
            if !encoded.is_empty() {
                encoded.push('&');
            }
            let mut pair = Serializer::new(String::new()).append_pair(name, value).finish();
            encoded.push_str(&pair);
            pair.zeroize();
        }
        let mut next_try = 2;
        loop {
            let request = TransportRequest {
                method: Method::Post,
                url: url.clone(),
                headers: vec![
                    ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
                    ("accept".to_owned(), "application/json".to_owned()),
                    ("client-request-id".to_owned(), uuid::Uuid::new_v4().to_string()),
                ],
                authorization: None,
                body: Some(Zeroizing::new(encoded.as_bytes().to_vec())),
            };
            let (outcome, asked) = match self.transport.send(request).await {
                Ok(response) => {
                    let status = response.status;
                    let transient = matches!(status, 429 | 500 | 502 | 503 | 504);
                    let asked = response
                        .header("retry-after")
                        .and_then(|value| crate::http::retry_after_of(value, self.clock.now()));
                    let body = self.collect(response).await;
                    match body {
                        Ok(body) if !transient => return Ok((status, body)),
                        Ok(body) => (Ok((status, body)), asked),
                        Err(denial) => (Err(denial), None),
                    }
                }
                Err(error) if error.may_pass() => (Err(Denial::local(error.code, &error)), None),
                // Repeating changes nothing, and a wrong password for the proxy would lock its account.
                Err(error) => return Err(Denial::local(error.code, &error)),
            };
            let pause = self.retry.pause(next_try, asked, rand::random());
            match pause {
                None => return outcome,
                Some(pause) => tokio::time::sleep(pause).await,
            }
            next_try += 1;
        }
    }

    async fn collect(&self, response: crate::http::RawResponse) -> Result<Zeroizing<Vec<u8>>, Denial> {
        match Body::receive(response, &self.body).await {
            Ok(Body::Memory(bytes)) => Ok(Zeroizing::new(bytes)),
            Ok(Body::File(..)) => {
                Err(Denial::local("unreadable_answer", "the answer of the token endpoint is too long"))
            }
            Err(error) => Err(Denial::local(error.code(), &error)),
        }
    }

    /// Sends a token request and reads the answer.
    pub(crate) async fn token(&self, url: &Url, form: &Form<'_>, stage: RefusedStage) -> Result<TokenAnswer, Denial> {
        let (status, body) = self.send(url, form).await?;
        if status == 200
            && let Ok(success) = serde_json::from_slice::<SuccessBody>(&body)
        {
            let expires_in = success.expires_in.as_u64().or_else(|| success.expires_in.as_str()?.parse().ok());
            return Ok(TokenAnswer {
                access_token: success.access_token.into(),
                refresh_token: success.refresh_token.map(Secret::from),
                id_token: success.id_token.map(Secret::from),
                expires_in: expires_in.unwrap_or(3_600),
                scope: success.scope,
            });
        }
        let secrets: Vec<&str> = form.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| *value).collect();
        Err(denial(status, &body, stage, &secrets))
    }
}

fn is_secret(parameter: &str) -> bool {
    matches!(
        parameter,
        "client_secret" | "client_assertion" | "code" | "code_verifier" | "refresh_token" | "device_code"
    )
}

/// Reads an error answer. What it repeats of our own secrets is taken out.
pub(crate) fn denial(status: u16, body: &[u8], stage: RefusedStage, secrets: &[&str]) -> Denial {
    let error: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
    let unreadable = error.error.is_empty();
    let description = secrets
        .iter()
        .filter(|secret| !secret.is_empty())
        .fold(error.error_description, |text, secret| text.replace(secret, "[removed]"));
    Denial {
        stage,
        error: if unreadable { "unreadable_answer".to_owned() } else { error.error.chars().take(100).collect() },
        suberror: error.suberror,
        codes: error.error_codes,
        description: description.chars().take(DESCRIPTION_CHARACTERS).collect(),
        correlation_id: error.correlation_id,
        timestamp: error.timestamp,
        status: Some(status),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echoed_secret_is_taken_out() {
        let body = br#"{"error":"invalid_grant","error_description":"AADSTS9002313: code=s3cret is bad","error_codes":[9002313]}"#;
        let denial = denial(400, body, RefusedStage::Token, &["s3cret", ""]);
        assert_eq!(denial.description, "AADSTS9002313: code=[removed] is bad");
        assert_eq!(denial.codes, [9_002_313]);
    }

    #[test]
    fn an_answer_of_a_gateway_is_named_as_such() {
        let denial = denial(502, b"<html>Bad gateway</html>", RefusedStage::Token, &[]);
        assert_eq!((denial.error.as_str(), denial.status), ("unreadable_answer", Some(502)));
    }
}
