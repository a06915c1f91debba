//! Words about Graph.

use beacon_contract::Text;

const ANSWERED: &[(&str, &str, &str)] = &[
    (
        "graph.permission_missing",
        "The permission {permission} is missing; without it there are no {lost}.",
        "Have {granted_by} consent to {permission} for this application, then try again.",
    ),
    (
        "graph.permission_pending",
        "The permission {permission} is granted, and Microsoft refuses nevertheless.",
        "New grants can take some minutes to arrive everywhere. Try again; if it stays, consent once more.",
    ),
    (
        "graph.role_missing",
        "The account that signed in may not read this itself.",
        "Give it the role {role}, or use an application with secret or certificate.",
    ),
    (
        "graph.not_licensed",
        "The tenant does not have the subscription that this needs.",
        "Nothing can be done here without Entra ID P1 or the service in question.",
    ),
    (
        "graph.token_refused",
        "Microsoft Graph does not accept the sign-in any more: {message}",
        "Run the consent of this connection again.",
    ),
    (
        "graph.page_token_expired",
        "The list took so long to read that Microsoft forgot where it stood, more than once.",
        "Run the import again at a quieter time.",
    ),
    (
        "graph.not_found",
        "Microsoft Graph does not know what was asked for: {message}",
        "Check the cloud and the Graph address of the connection.",
    ),
    (
        "graph.unavailable",
        "Microsoft Graph answered {status} several times.",
        "Nothing needs to be changed; try again later.",
    ),
    (
        "graph.throttled",
        "Microsoft Graph asks to slow down for longer than this run may last.",
        "Try again later, at a time when nothing else reads this tenant.",
    ),
    (
        "graph.unexpected_status",
        "Microsoft Graph answered {status} {error}: {message}",
        "Try again; if it stays, report it with the request id.",
    ),
];

const UNANSWERED: &[(&str, &str, &str)] = &[
    (
        "graph.continuation_stuck",
        "The list did not end: Microsoft Graph led back to a page that was read before.",
        "Run the import again. What was read so far is kept.",
    ),
    (
        "graph.unreadable",
        "The answer is not what Microsoft Graph sends: {detail}",
        "Check whether a proxy answers in its place, then try again.",
    ),
    (
        "graph.request_forbidden",
        "The host does not let this request out ({cause}): {message}",
        "Check the Graph address of the connection, or have the operator allow it.",
    ),
    (
        "graph.unreachable",
        "Microsoft Graph could not be reached: {message}",
        "Check network, proxy and firewall, then try again.",
    ),
    (
        "graph.tls",
        "The secure connection failed: {message}",
        "If a proxy inspects TLS, name the certificate of its authority with --ca-file.",
    ),
    ("graph.proxy", "The proxy refused: {message}", "Check the proxy and its user name and password."),
    ("graph.timeout", "There was no complete answer in time: {message}", "Try again later."),
    ("graph.cut", "The connection broke again and again: {message}", "Check network and proxy, then try again."),
    ("graph.too_large", "An answer was larger than allowed: {message}", "Try again; if it stays, report it."),
    (
        "graph.malformed",
        "An answer was not proper HTTP: {message}",
        "Check whether a proxy changes answers, then try again.",
    ),
    ("graph.no_answer", "The request failed ({cause}): {message}", "Try again; if it stays, report it."),
];

/// The texts of all codes of this crate.
#[must_use]
pub fn texts() -> Vec<(&'static str, Text)> {
    let with_id = |advice: &str| format!("{advice} (request id {id})", id = "{request_id}");
    let answered = ANSWERED.iter().map(|(code, title, advice)| (*code, Text::new(*title, with_id(advice))));
    answered.chain(UNANSWERED.iter().map(|(code, title, advice)| (*code, Text::new(*title, *advice)))).collect()
}
