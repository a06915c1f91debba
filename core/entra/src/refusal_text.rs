//! Words for refusals without an AADSTS number of their own.

use crate::aadsts::with_evidence;
use beacon_contract::Text;

const ANSWERED: &[(&str, &str, &str)] = &[
    (
        "entra.unknown",
        "Microsoft refused the sign-in: {error}.",
        "Look the number up at Microsoft, or give number, correlation id and time to Microsoft's support.",
    ),
    (
        "entra.access_denied",
        "The person who signed in did not accept the requested permissions.",
        "Start again and choose Accept, or have an administrator do it.",
    ),
    (
        "entra.consent_required",
        "Nobody with the right to do so has accepted the requested permissions yet.",
        "Have an administrator consent on behalf of the organization.",
    ),
    (
        "entra.interaction_required",
        "Microsoft wants a person to sign in again.",
        "Run the consent of this connection again.",
    ),
    ("entra.sign_in_expired", "The stored sign-in is no longer valid.", "Run the consent of this connection again."),
    (
        "entra.device_code_expired",
        "The device code was not entered in time.",
        "Start again and enter the new code within a quarter of an hour.",
    ),
    (
        "entra.client_refused",
        "Microsoft does not accept this application's id or credential: {error}.",
        "Check client id, tenant, and secret or certificate.",
    ),
    (
        "entra.request_refused",
        "Microsoft does not accept the request as it stands: {error}.",
        "Check the endpoints, the tenant and the application id of this connection.",
    ),
    (
        "entra.temporarily_unavailable",
        "Microsoft's sign-in service is busy or down.",
        "Nothing needs to be changed; try again in a few minutes.",
    ),
];

const LOCAL: &[(&str, &str, &str)] = &[
    (
        "entra.secret_missing",
        "The secret or certificate that this connection signs in with is not stored.",
        "Enter it in the settings of the connection.",
    ),
    (
        "entra.sign_in_missing",
        "Nobody has signed in for this connection yet.",
        "Run the consent of this connection once; later runs need nobody.",
    ),
    ("entra.timed_out", "The sign-in was not finished in time.", "Start the consent again."),
    ("entra.abandoned", "The sign-in was given up before it was finished.", "Start the consent again."),
    (
        "entra.state_mismatch",
        "The answer belongs to another sign-in attempt than the one that waits.",
        "Start the consent again, and use only the newest sign-in address.",
    ),
    (
        "entra.wrong_tenant",
        "The account that signed in belongs to another tenant than this connection.",
        "Sign in with an account of the connection's tenant, or make a new connection for the other tenant.",
    ),
    (
        "entra.unreachable",
        "Microsoft's sign-in service could not be reached: {description}",
        "Check network, proxy and firewall, and that the login address of the connection is right.",
    ),
    (
        "entra.untrusted",
        "The secure connection to Microsoft's sign-in service failed: {description}",
        "If a proxy inspects TLS, name the certificate of its authority with --ca-file.",
    ),
    (
        "entra.cannot_start",
        "The sign-in could not be started: {error}. {description}",
        "Check endpoints, redirect address and credentials in the settings of the connection.",
    ),
];

pub(crate) fn texts() -> impl Iterator<Item = (String, Text)> {
    let answered =
        ANSWERED.iter().map(|(code, title, advice)| ((*code).to_owned(), Text::new(*title, with_evidence(advice))));
    answered.chain(LOCAL.iter().map(|(code, title, advice)| ((*code).to_owned(), Text::new(*title, *advice))))
}
