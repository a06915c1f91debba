//! Device code (RFC 8628).

use super::endpoint::Endpoints;
use super::exchange::{Denial, Exchange, TokenAnswer, denial};
use super::interaction::{DeviceCode, Interaction};
use beacon_contract::RefusedStage;
use serde::Deserialize;
use std::time::Duration;
use zeroize::{Zeroize as _, Zeroizing};

#[derive(Deserialize)]
struct DeviceBody {
    device_code: String,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    #[serde(default = "default_lifetime")]
    expires_in: u64,
    #[serde(default = "default_interval")]
    interval: u64,
}

const fn default_lifetime() -> u64 {
    900
}

/// RFC 8628 section 3.2: five seconds if the server names none.
const fn default_interval() -> u64 {
    5
}

/// Asks for a code, shows it, and polls until the person is done.
pub(super) async fn obtain(
    exchange: &Exchange,
    endpoints: &Endpoints<'_>,
    interaction: &dyn Interaction,
) -> Result<TokenAnswer, Denial> {
    let setting = |error: super::endpoint::EndpointError| Denial::local("settings", error);
    let (device_endpoint, token_endpoint) = (endpoints.device().map_err(setting)?, endpoints.token().map_err(setting)?);
    let client_id = endpoints.client_id().map_err(setting)?;
    let scopes = endpoints.scopes().map_err(setting)?;
    let (status, body) =
        exchange.send(&device_endpoint, &vec![("client_id", client_id), ("scope", scopes.as_str())]).await?;
    let mut device: DeviceBody =
        serde_json::from_slice(&body).map_err(|_| denial(status, &body, RefusedStage::Device, &[]))?;
    let device_code = Zeroizing::new(device.device_code.clone());
    device.device_code.zeroize();
    let lifetime = Duration::from_secs(device.expires_in.min(3_600));
    let shown = DeviceCode {
        verification_uri: device.verification_uri.clone(),
        user_code: device.user_code.clone(),
        expires_in: lifetime,
    };
    interaction.show(&shown).map_err(|why| Denial::local(why.word(), "nobody signed in"))?;
    let form = vec![
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", client_id),
        ("device_code", device_code.as_str()),
    ];
    let deadline = tokio::time::Instant::now() + lifetime;
    let mut interval = Duration::from_secs(device.interval.clamp(1, 60));
    while tokio::time::Instant::now() < deadline {
        tokio::time::sleep(interval).await;
        match exchange.token(&token_endpoint, &form, RefusedStage::Device).await {
            Err(denial) if denial.error == "authorization_pending" => {}
            // RFC 8628 section 3.5: five seconds more from now on.
            Err(denial) if denial.error == "slow_down" => interval += Duration::from_secs(5),
            outcome => return outcome,
        }
    }
    Err(Denial::local("timed_out", "nobody entered the code in time"))
}
