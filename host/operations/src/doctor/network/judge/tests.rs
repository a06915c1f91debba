use super::judge;
use crate::doctor::network::{HostFacts, Look, NetworkFacts, Purpose};
use crate::doctor::report::{Cause, Finding, Level};
use crate::trouble::Trouble;
use beacon_contract::FailureKind;
use beacon_driver::{Answered, AuthorityFacts, PeerCertificate, SendError, Sight};
use jiff::{SignedDuration, Timestamp};

fn now() -> Timestamp {
    "2027-05-01T12:00:00Z".parse().unwrap()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

fn seen(answer: Result<Answered, SendError>, certificate: Option<PeerCertificate>) -> Look {
    Look::Seen { sight: Sight { answer, certificate }, asked_at: now(), answered_at: now() }
}

fn answered(date: Option<Timestamp>) -> Result<Answered, SendError> {
    Ok(Answered { status: 404, date })
}

fn failed(code: &'static str) -> Result<Answered, SendError> {
    let message = "what the library said".to_owned();
    Err(SendError { kind: FailureKind::Other, code, message, request_sent: false })
}

fn certificate(life: i64, left: i64, by_extra_authority: bool) -> Option<PeerCertificate> {
    let issuer = "Corporate Inspection".to_owned();
    let not_after = now() + days(left);
    Some(PeerCertificate { issuer, not_before: not_after - days(life), not_after, by_extra_authority })
}

fn host(purpose: Purpose, look: Look) -> HostFacts {
    let connections = vec!["Contoso".to_owned()];
    HostFacts { origin: "https://host.example".to_owned(), purpose, proxy: None, connections, look }
}

fn nothing() -> NetworkFacts {
    NetworkFacts { authorities: Ok(Vec::new()), own: None, unknown: Vec::new(), hosts: Vec::new() }
}

fn of(hosts: Vec<HostFacts>) -> Vec<Finding> {
    judge(&NetworkFacts { hosts, ..nothing() }, now())
}

fn bad(findings: &[Finding]) -> Vec<(&str, Level, Cause)> {
    let bad = findings.iter().filter(|one| one.level > Level::Ok);
    bad.map(|one| (one.code.as_str(), one.level, one.cause)).collect()
}

#[test]
fn each_failure_has_its_cause_and_a_next_step() {
    for (code, cause) in [
        ("http.name_not_found", Cause::Network),
        ("http.unreachable", Cause::Network),
        ("http.timeout", Cause::Network),
        ("http.cut", Cause::Network),
        ("egress.address", Cause::Network),
        ("egress.not_a_name", Cause::Proxy),
        ("http.tls", Cause::Tls),
        ("proxy.unreachable", Cause::Proxy),
        ("proxy.credentials_refused", Cause::Proxy),
        ("proxy.host_refused", Cause::Proxy),
    ] {
        let found = of(vec![host(Purpose::Data, seen(failed(code), None))]);
        assert_eq!(bad(&found), [(code, Level::Failure, cause)]);
        assert!(found.iter().all(|one| one.level == Level::Ok || one.next_step.len() > 20), "{found:#?}");
    }
}

#[test]
fn a_proxy_that_keeps_from_everything_is_told_once_and_a_refused_host_each_time() {
    let behind = |origin: &str, code| HostFacts {
        origin: origin.to_owned(),
        proxy: Some("http://proxy.example:8080".to_owned()),
        ..host(Purpose::Data, seen(failed(code), None))
    };
    let both = |code| of(vec![behind("https://a.example", code), behind("https://b.example", code)]);
    assert_eq!(bad(&both("proxy.credentials_refused")).len(), 1);
    assert_eq!(bad(&both("proxy.host_refused")).len(), 2);
}

#[test]
fn who_vouches_for_a_host_is_named() {
    let found = of(vec![host(Purpose::Data, seen(failed("http.tls"), certificate(90, 60, false)))]);
    let tls = found.iter().find(|one| one.code == "http.tls").unwrap();
    assert!(tls.title.contains("Corporate Inspection"), "{}", tls.title);
    let found = of(vec![host(Purpose::Data, seen(answered(None), certificate(90, 60, true)))]);
    let added = found.iter().find(|one| one.code == "tls.by_added_authority").unwrap();
    assert!(added.level == Level::Ok && added.title.contains("Corporate Inspection"), "{added:?}");
}

#[test]
fn a_certificate_of_a_destination_is_told_in_time_and_a_short_one_not_always() {
    for (life, left, told) in [(365, 13, true), (365, 15, false), (90, 8, true), (90, 10, false), (6, 3, false)] {
        let purpose = Purpose::Destination("Archive".to_owned());
        let found = of(vec![host(purpose, seen(answered(None), certificate(life, left, false)))]);
        assert_eq!(bad(&found).iter().any(|(code, ..)| *code == "tls.ends_soon"), told, "{life} {left}");
    }
}

#[test]
fn the_clock_is_held_against_the_sign_in_host() {
    for (seconds, expected) in [
        (0, None),
        (-59, None),
        (60, None),
        (63, Some(("clock.off", Level::Warning, Cause::Clock))),
        (-90, Some(("clock.off", Level::Warning, Cause::Clock))),
        (-301, Some(("clock.wrong", Level::Failure, Cause::Clock))),
        (7_200, Some(("clock.wrong", Level::Failure, Cause::Clock))),
    ] {
        // This clock is ahead by as much as the host's date is behind.
        let date = now() - SignedDuration::from_secs(seconds);
        let found = of(vec![host(Purpose::SignIn, seen(answered(Some(date)), None))]);
        assert_eq!(bad(&found).first().copied(), expected, "{seconds}");
    }
    let found = of(vec![host(Purpose::SignIn, seen(answered(None), None))]);
    assert_eq!(bad(&found), [("clock.not_known", Level::Warning, Cause::Clock)]);
    assert!(of(Vec::new()).iter().all(|one| one.cause != Cause::Clock));
}

#[test]
fn a_clock_outside_of_the_lives_of_refused_certificates_is_wrong() {
    let refused = |life, left| host(Purpose::SignIn, seen(failed("http.tls"), certificate(life, left, false)));
    let wrong = ("clock.wrong", Level::Failure, Cause::Clock);
    let unknown = ("clock.not_known", Level::Warning, Cause::Clock);
    for (hosts, expected) in [
        // Years behind, and years ahead.
        (vec![refused(90, 1_000)], Some(wrong)),
        (vec![refused(90, -1_000)], Some(wrong)),
        // Somebody else answers.
        (vec![refused(90, 60)], Some(unknown)),
        (vec![refused(90, -1_000), refused(90, 60)], Some(unknown)),
        // Another sign-in host told the time.
        (vec![refused(90, -1), host(Purpose::SignIn, seen(answered(Some(now())), None))], None),
    ] {
        let found = of(hosts);
        assert_eq!(bad(&found).into_iter().find(|(.., cause)| *cause == Cause::Clock), expected);
    }
    let next = |left| of(vec![refused(90, left)]).into_iter().find(|one| one.code == "http.tls").unwrap().next_step;
    assert!(next(-1).starts_with("Look at the clock") && next(60).starts_with("If your own network"));
}

#[test]
fn added_authorities_are_read_and_their_end_is_told() {
    let judged = |authorities| judge(&NetworkFacts { authorities, ..nothing() }, now());
    let authority = |left| AuthorityFacts { name: "Corporate".to_owned(), not_after: now() + days(left) };
    assert!(bad(&judged(Ok(vec![authority(31)]))).is_empty());
    let found = judged(Ok(vec![authority(29), authority(400)]));
    assert_eq!(bad(&found), [("tls.authority_ends", Level::Warning, Cause::Tls)]);
    assert_eq!(bad(&judged(Ok(vec![authority(-1)]))), [("tls.authority_ended", Level::Warning, Cause::Tls)]);
    let unreadable = Trouble::settings("http.client", "no certificate", "Name a file with certificates.");
    assert_eq!(bad(&judged(Err(unreadable))), [("tls.ca_file", Level::Failure, Cause::Tls)]);
}

#[test]
fn the_end_of_the_page_s_own_certificate_is_told() {
    for (left, expected) in [
        (31, None),
        (29, Some(("tls.own_ends", Level::Warning, Cause::Tls))),
        (0, Some(("tls.own_ended", Level::Failure, Cause::Tls))),
    ] {
        let own = AuthorityFacts { name: "beacon.example.com".to_owned(), not_after: now() + days(left) };
        let found = judge(&NetworkFacts { own: Some(Ok(own)), ..nothing() }, now());
        assert_eq!(bad(&found).first().copied(), expected, "{left}");
    }
}
