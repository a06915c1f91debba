//! From a refusal to what a person should do.

use crate::aadsts;
use beacon_contract::{Fail, FailKind, GrantKind, Reason, Refused, RefusedStage};

/// What a refused grant of `kind` asks of the person.
///
/// `error`, `suberror`, stage and status decide; the AADSTS number only chooses the words. Arguments: `error`,
/// `description`, `codes`, `correlation_id`, `timestamp`, the last three `-` where Microsoft gave none, and the three
/// in one as `evidence`; without an answer of Microsoft also `message`, which is the description.
#[must_use]
pub fn explain(refused: &Refused, kind: GrantKind) -> Fail {
    let (fail_kind, general) = decide(refused, kind);
    let known = || refused.codes.iter().find_map(|number| aadsts::text_code(*number));
    let code = match refused.stage {
        // What happened at a proxy has words of the host's own, which say who has to change what.
        RefusedStage::Local => Some(refused.error.clone()).filter(|error| error.starts_with("proxy.")),
        _ => known(),
    };
    let or_dash = |value: &Option<String>| value.as_deref().unwrap_or("-").to_owned();
    let numbers = refused.codes.iter().map(|number| format!("AADSTS{number}"));
    let codes = numbers.reduce(|all, next| all + ", " + &next).unwrap_or_else(|| "-".to_owned());
    let (id, time) = (or_dash(&refused.correlation_id), or_dash(&refused.timestamp));
    let reason = Reason::new(code.unwrap_or_else(|| general.to_owned()))
        .with("error", &refused.error)
        .with("description", &refused.description)
        .with("evidence", format!("{codes}, correlation id {id}, {time}"))
        .with("codes", codes)
        .with("correlation_id", id)
        .with("timestamp", time);
    let Reason { code, arguments } = match refused.stage {
        RefusedStage::Local => reason.with("message", &refused.description),
        _ => reason,
    };
    Fail { kind: fail_kind, code, arguments }
}

fn decide(refused: &Refused, kind: GrantKind) -> (FailKind, &'static str) {
    if refused.stage == RefusedStage::Local {
        return local(&refused.error, kind);
    }
    if refused.status.is_some_and(|status| status == 429 || status >= 500) {
        return (FailKind::Retry, "entra.temporarily_unavailable");
    }
    match (refused.error.as_str(), refused.suberror.as_deref()) {
        ("temporarily_unavailable" | "server_error", _) => (FailKind::Retry, "entra.temporarily_unavailable"),
        ("invalid_grant", Some("consent_required")) | ("consent_required", _) => {
            (FailKind::Consent, "entra.consent_required")
        }
        // Client credentials have no session that could end: what is invalid is the registration or a policy.
        ("invalid_grant", _) if kind.is_application() => (FailKind::Settings, "entra.client_refused"),
        ("invalid_grant", Some("basic_action" | "additional_action" | "message_only")) => {
            (FailKind::Consent, "entra.interaction_required")
        }
        ("invalid_grant", _) => (FailKind::Consent, "entra.sign_in_expired"),
        ("interaction_required" | "login_required", _) => (FailKind::Consent, "entra.interaction_required"),
        ("access_denied" | "permission_denied" | "authorization_declined", _) => {
            (FailKind::Consent, "entra.access_denied")
        }
        ("expired_token" | "bad_verification_code" | "code_expired", _) => {
            (FailKind::Consent, "entra.device_code_expired")
        }
        ("invalid_client" | "unauthorized_client", _) => (FailKind::Settings, "entra.client_refused"),
        (
            "invalid_request"
            | "invalid_scope"
            | "invalid_resource"
            | "invalid_tenant"
            | "invalid_instance"
            | "unsupported_grant_type"
            | "unsupported_response_type",
            _,
        ) => (FailKind::Settings, "entra.request_refused"),
        _ if refused.stage == RefusedStage::Token => (FailKind::Settings, "entra.unknown"),
        _ => (FailKind::Consent, "entra.unknown"),
    }
}

fn local(error: &str, kind: GrantKind) -> (FailKind, &'static str) {
    match error {
        "slot_empty" if kind.is_application() => (FailKind::Settings, "entra.secret_missing"),
        "slot_empty" => (FailKind::Consent, "entra.sign_in_missing"),
        "timed_out" => (FailKind::Consent, "entra.timed_out"),
        "abandoned" => (FailKind::Consent, "entra.abandoned"),
        "state_mismatch" => (FailKind::Consent, "entra.state_mismatch"),
        "wrong_tenant" => (FailKind::Consent, "entra.wrong_tenant"),
        "http.unreachable" | "http.name_not_found" | "http.timeout" | "http.cut" => {
            (FailKind::Retry, "entra.unreachable")
        }
        "http.tls" => (FailKind::Settings, "entra.untrusted"),
        "proxy.unreachable" | "proxy.silent" | "proxy.cut" | "proxy.host_not_reached" => {
            (FailKind::Retry, "entra.unreachable")
        }
        _ => (FailKind::Settings, "entra.cannot_start"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_contract::RequestId;
    use std::collections::BTreeMap;

    fn refused(stage: RefusedStage, error: &str, suberror: Option<&str>, codes: &[u32]) -> Refused {
        Refused {
            id: RequestId(1),
            profile: "graph".parse().expect("an id"),
            stage,
            error: error.to_owned(),
            suberror: suberror.map(str::to_owned),
            codes: codes.to_vec(),
            description: String::new(),
            correlation_id: None,
            timestamp: None,
            status: None,
        }
    }

    #[test]
    fn words_follow_the_number_and_decisions_never_do() {
        use FailKind::{Consent, Retry, Settings};
        use GrantKind::{AuthorizationCode, ClientSecret, DeviceCode, RefreshToken};
        use RefusedStage::{Authorize, Device, Local, Token};
        for (stage, error, suberror, codes, kind, expected) in [
            (Token, "invalid_client", None, &[7_000_215][..], ClientSecret, (Settings, "aadsts.7000215")),
            (Token, "invalid_client", None, &[7_000_222], ClientSecret, (Settings, "aadsts.7000222")),
            (Token, "invalid_client", None, &[999_999_999], ClientSecret, (Settings, "entra.client_refused")),
            (Token, "invalid_grant", Some("bad_token"), &[50173], RefreshToken, (Consent, "aadsts.50173")),
            (Token, "invalid_grant", Some("consent_required"), &[65001], RefreshToken, (Consent, "aadsts.65001")),
            (Token, "invalid_grant", None, &[123], RefreshToken, (Consent, "entra.sign_in_expired")),
            (Token, "invalid_grant", Some("message_only"), &[53003], ClientSecret, (Settings, "aadsts.53003")),
            (Token, "invalid_request", None, &[90002], ClientSecret, (Settings, "aadsts.90002")),
            (Token, "unauthorized_client", None, &[1, 700_016], ClientSecret, (Settings, "aadsts.700016")),
            (Token, "temporarily_unavailable", None, &[90033], RefreshToken, (Retry, "aadsts.90033")),
            (Token, "new_error", None, &[], RefreshToken, (Settings, "entra.unknown")),
            (Authorize, "access_denied", None, &[65004], AuthorizationCode, (Consent, "aadsts.65004")),
            (Authorize, "access_denied", None, &[], AuthorizationCode, (Consent, "entra.access_denied")),
            (Device, "expired_token", None, &[], DeviceCode, (Consent, "entra.device_code_expired")),
            (Local, "slot_empty", None, &[], ClientSecret, (Settings, "entra.secret_missing")),
            (Local, "slot_empty", None, &[], RefreshToken, (Consent, "entra.sign_in_missing")),
            (Local, "wrong_tenant", None, &[65001], AuthorizationCode, (Consent, "entra.wrong_tenant")),
            (Local, "http.unreachable", None, &[], RefreshToken, (Retry, "entra.unreachable")),
            (Local, "http.tls", None, &[], RefreshToken, (Settings, "entra.untrusted")),
            (Local, "proxy.unreachable", None, &[], RefreshToken, (Retry, "proxy.unreachable")),
            (Local, "proxy.credentials_refused", None, &[], RefreshToken, (Settings, "proxy.credentials_refused")),
            (Local, "odd", None, &[], RefreshToken, (Settings, "entra.cannot_start")),
        ] {
            let fail = explain(&refused(stage, error, suberror, codes), kind);
            assert_eq!((fail.kind, fail.code.as_str()), expected, "{stage:?} {error} {suberror:?} {codes:?}");
        }
    }

    #[test]
    fn a_busy_service_is_never_a_reason_to_change_settings() {
        let mut busy = refused(RefusedStage::Token, "invalid_client", None, &[]);
        busy.status = Some(503);
        assert_eq!(explain(&busy, GrantKind::ClientSecret).kind, FailKind::Retry);
    }

    #[test]
    fn every_code_has_a_text_whose_placeholders_are_filled() {
        let texts: BTreeMap<_, _> = crate::texts().into_iter().collect();
        let fail = explain(&refused(RefusedStage::Token, "x", None, &[1, 2]), GrantKind::RefreshToken);
        for (code, text) in &texts {
            let filled = text.filled(&fail.arguments);
            assert!(!filled.title.contains('{') && !filled.advice.contains('{'), "{code}: {filled:?}");
        }
        for stage in [RefusedStage::Local, RefusedStage::Token, RefusedStage::Authorize] {
            for error in [
                "slot_empty",
                "timed_out",
                "abandoned",
                "state_mismatch",
                "wrong_tenant",
                "unreachable",
                "x",
                "invalid_grant",
                "interaction_required",
                "access_denied",
                "expired_token",
                "invalid_client",
                "invalid_request",
                "server_error",
                "consent_required",
            ] {
                for kind in [GrantKind::RefreshToken, GrantKind::ClientSecret] {
                    let code = explain(&refused(stage, error, None, &[]), kind).code;
                    assert!(texts.contains_key(&code), "{code} has no text");
                }
            }
        }
    }
}
