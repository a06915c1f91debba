//! Authorization code with PKCE (RFC 6749 section 4.1, RFC 7636, RFC 8252): the part before the token request.

use super::endpoint::Endpoints;
use super::exchange::Denial;
use super::interaction::Interaction;
use super::pkce;
use beacon_contract::RefusedStage;
use std::collections::BTreeMap;
use url::Url;
use zeroize::Zeroizing;

/// What a module may add to the sign-in address.
const PARAMETERS: [&str; 4] = ["claims", "domain_hint", "login_hint", "prompt"];

/// A code and what is needed to redeem it.
pub(super) struct Code {
    pub(super) code: Zeroizing<String>,
    pub(super) verifier: Zeroizing<String>,
    pub(super) redirect_uri: String,
    pub(super) nonce: Zeroizing<String>,
}

/// Sends a person to the sign-in page and reads what comes back.
pub(super) async fn obtain(
    endpoints: &Endpoints<'_>,
    parameters: &BTreeMap<String, String>,
    interaction: &dyn Interaction,
) -> Result<Code, Denial> {
    let setting = |error: super::endpoint::EndpointError| Denial::local("settings", error);
    let mut address = endpoints.authorization().map_err(setting)?;
    let registered = endpoints.text(&endpoints.profile.redirect_uri).map_err(setting)?;
    let attempt = interaction.begin(registered).await.map_err(|why| Denial::local(why.word(), "nobody signed in"))?;
    let redirect_uri = attempt.redirect_uri().to_owned();
    let (verifier, state, nonce) = (pkce::random_text(), pkce::random_text(), pkce::random_text());
    address
        .query_pairs_mut()
        .append_pair("client_id", endpoints.client_id().map_err(setting)?)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("response_mode", "query")
        .append_pair("scope", &endpoints.scopes().map_err(setting)?)
        .append_pair("state", &state)
        .append_pair("nonce", &nonce)
        .append_pair("code_challenge", &pkce::challenge(&verifier))
        .append_pair("code_challenge_method", "S256");
    for (name, value) in parameters {
        if !PARAMETERS.contains(&name.as_str()) {
            return Err(Denial::local("parameter", format!("the module may not set the parameter {name:?}")));
        }
        address.query_pairs_mut().append_pair(name, value);
    }
    let redirected = attempt.wait(address.into()).await.map_err(|why| Denial::local(why.word(), "nobody signed in"))?;
    let code = read_redirect(&redirected, &redirect_uri, &state)?;
    Ok(Code { code, verifier, redirect_uri, nonce })
}

/// Reads the address that the sign-in page redirected to.
fn read_redirect(redirected: &str, redirect_uri: &str, state: &str) -> Result<Zeroizing<String>, Denial> {
    let unreadable = |why: &str| Denial::local("not_the_redirect", why);
    let url = Url::parse(redirected.trim()).map_err(|_| unreadable("this is not an address"))?;
    let expected = Url::parse(redirect_uri).map_err(|_| unreadable("the redirect setting is not an address"))?;
    if url.origin() != expected.origin() || url.path().trim_end_matches('/') != expected.path().trim_end_matches('/') {
        return Err(unreadable("the address does not begin with the redirect address of this connection"));
    }
    let mut values: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    if values.is_empty() {
        let fragment = url.fragment().unwrap_or_default();
        values = url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect();
    }
    // The state is checked before anything else: an answer to another question, even an error, is nobody's business.
    if values.get("state").is_none_or(|given| given != state) {
        return Err(Denial::local("state_mismatch", "the answer belongs to another sign-in attempt"));
    }
    if let Some(error) = values.remove("error") {
        let description = values.remove("error_description").unwrap_or_default();
        let codes = description
            .split("AADSTS")
            .skip(1)
            .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
            .collect();
        let field = |name: &str| {
            let rest = description.split(name).nth(1)?;
            Some(rest.trim_start_matches([':', ' ']).chars().take_while(|c| !c.is_whitespace()).take(64).collect())
        };
        return Err(Denial {
            stage: RefusedStage::Authorize,
            error: error.chars().take(100).collect(),
            suberror: values.remove("error_subcode"),
            codes,
            correlation_id: field("Correlation ID"),
            timestamp: field("Timestamp"),
            description: description.chars().take(4_096).collect(),
            status: None,
        });
    }
    let code = values.remove("code").filter(|code| !code.is_empty());
    code.map(Zeroizing::new).ok_or_else(|| unreadable("the address holds neither a code nor an error"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_codes_and_errors_are_told_apart() {
        let redirect = "http://localhost:5000";
        for (address, expected) in [
            ("http://localhost:5000/?code=abc&state=S&session_state=x#", Ok("abc")),
            (" http://localhost:5000/#code=abc&state=S ", Ok("abc")),
            ("http://localhost:5000/?code=abc&state=other", Err("state_mismatch")),
            ("http://localhost:5000/?code=abc", Err("state_mismatch")),
            ("http://localhost:5000/?error=access_denied&error_subcode=cancel&state=S", Err("access_denied")),
            ("http://localhost:5000/?error=access_denied", Err("state_mismatch")),
            ("http://localhost:5000/?state=S", Err("not_the_redirect")),
            ("http://evil.test/?code=abc&state=S", Err("not_the_redirect")),
            ("http://localhost:5000/other?code=abc&state=S", Err("not_the_redirect")),
            ("abc", Err("not_the_redirect")),
        ] {
            let read = read_redirect(address, redirect, "S").map(|code| code.to_string());
            assert_eq!(read.as_deref().map_err(|denial| denial.error.as_str()), expected, "{address}");
        }
    }

    #[test]
    fn the_numbers_of_a_refusal_are_read() {
        let address = "http://localhost/?error=consent_required&error_description=AADSTS65004%3a+User+declined.+Trace+ID%3a+t+Correlation+ID%3a+c-1+Timestamp%3a+2026-11-22+10%3a00%3a00Z&state=S";
        let denial = read_redirect(address, "http://localhost", "S").expect_err("a refusal");
        assert_eq!((denial.codes.as_slice(), denial.correlation_id.as_deref()), (&[65_004][..], Some("c-1")));
    }
}
