//! Telling a server.

use crate::digest::Digest;
use crate::error::NotifyError;
use crate::signature::SigningKey;
use beacon_contract::FailKind;
use beacon_delivery::{DeliveryError, UploadOptions, described, is_permitted, new_client, server_address};
use beacon_driver::{Sender, SentBody, SentRequest};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Where requests go. Path and query may hold a token: no `Debug`, `Display`, `Serialize`.
pub struct WebhookAddress(Url);

/// A server that is told. It holds a secret: no `Debug`, `Display`, `Clone`, `Serialize`.
pub struct Webhook {
    address: WebhookAddress,
    sender: Sender,
    key: SigningKey,
}

impl WebhookAddress {
    /// The address of a text. Always `https`; plain `http` only to an address of this very machine, written as a number,
    /// because a name could lead elsewhere.
    ///
    /// # Errors
    /// [`NotifyError::WebhookAddress`] with the rule that was broken.
    pub fn new(text: &str) -> Result<Self, NotifyError> {
        server_address(text).map(Self).map_err(|rule| NotifyError::WebhookAddress { rule })
    }

    /// The server alone, which may be shown.
    #[must_use]
    pub fn origin(&self) -> String {
        let (host, port) = (self.0.host_str().unwrap_or_default(), self.0.port_or_known_default().unwrap_or_default());
        format!("{}://{host}:{port}", self.0.scheme())
    }

    /// All of it, to be sealed.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl Webhook {
    /// A server, with a client of its own.
    ///
    /// # Errors
    /// [`NotifyError::Line`] if the address is not granted, or authorities cannot be read.
    pub fn new(address: WebhookAddress, key: SigningKey, options: UploadOptions) -> Result<Self, NotifyError> {
        if !is_permitted(&address.0, &options.addresses) {
            return Err(NotifyError::AddressNotGranted { place: address.origin() });
        }
        let sender = new_client(options, None, address.0.scheme() != "https")?;
        Ok(Self { address, sender, key })
    }

    /// Tells it. It has heard it once it answers with a status of 200 to 299.
    ///
    /// # Errors
    /// [`NotifyError`]; the receiver knows by the id if it comes again.
    pub async fn tell(&self, digest: &Digest, now: Timestamp) -> Result<(), NotifyError> {
        // A digest is made of strings and numbers, which are always JSON.
        let body = serde_json::to_vec(digest).unwrap_or_default();
        let seconds = now.as_second();
        let request = SentRequest {
            method: "POST",
            url: self.address.0.clone(),
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("webhook-id", digest.id.clone()),
                ("webhook-timestamp", seconds.to_string()),
                ("webhook-signature", self.key.sign(&digest.id, seconds, &body)),
            ],
            authorization: None,
            body: SentBody::of(body),
        };
        let place = self.address.origin();
        let Ok(answer) = timeout(PATIENCE, self.sender.send(request)).await else {
            let message = format!("no answer within {} seconds", PATIENCE.as_secs());
            let (code, kind) = ("delivery.timeout", FailKind::Retry);
            return Err(DeliveryError::Line { place, code, kind, message }.into());
        };
        let status = answer.map_err(|error| described(error, place.clone()))?.status;
        if (200..300).contains(&status) { Ok(()) } else { Err(NotifyError::Refused { place, status }) }
    }
}

#[cfg(test)]
mod tests {
    use super::WebhookAddress;

    #[test]
    fn an_address_shows_its_server_and_nothing_else() {
        let origin = |text: &str| WebhookAddress::new(text).ok().map(|address| address.origin());
        assert_eq!(
            origin("https://hooks.example.com/T0/s3cret?sig=1"),
            Some("https://hooks.example.com:443".to_owned())
        );
        assert_eq!(origin("http://127.0.0.1:8080/x"), Some("http://127.0.0.1:8080".to_owned()));
        for text in ["hooks.example.com", "http://hooks.example.com/", "ftp://a.example/", "https://u:p@a.example/"] {
            assert_eq!(origin(text), None, "{text}");
        }
    }
}
