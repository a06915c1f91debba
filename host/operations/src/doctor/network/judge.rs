//! What the facts of the network mean. Pure: time is passed in.

use super::{HostFacts, Look, NetworkFacts, Purpose};
use crate::doctor::report::{Cause, Finding};
use crate::trouble::Trouble;
use beacon_contract::Text;
use beacon_driver::{AuthorityFacts, PeerCertificate, SendError, Sight, driver_text};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// A clock that is off by more is worth a look: `Date` has whole seconds, and machines that keep time are within one.
const CLOCK_WARNS: SignedDuration = SignedDuration::from_secs(60);

/// Microsoft refuses signed assertions and tokens of clocks that are further off.
const CLOCK_FAILS: SignedDuration = SignedDuration::from_mins(5);

/// A certificate of a destination is told when less than this is left, or less than a tenth of its life: short ones are
/// renewed late by design.
const ENDS_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// An authority that the operator added is told when less than this is left.
const AUTHORITY_ENDS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The certificate of the page is told when less than this is left.
const OWN_ENDS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What to do about a clock.
const KEEP_TIME: &str = "Let the machine keep its time (systemd-timesyncd, chrony, w32time), then look again.";

/// Authorities that are named in one sentence.
const NAMED: usize = 5;

pub(in crate::doctor) fn judge(facts: &NetworkFacts, now: Timestamp) -> Vec<Finding> {
    let mut findings = authorities(facts, now);
    findings.extend(facts.own.as_ref().map(|found| own(found, now)));
    findings.extend(facts.unknown.iter().map(|(name, trouble)| {
        let looked_at = format!("hosts of {name}");
        Finding::ok(Cause::Module, &trouble.code, looked_at, trouble.title.clone())
            .fails(trouble.advice.clone())
            .of(vec![name.clone()])
    }));
    for host in &facts.hosts {
        findings.extend(reached(host));
        findings.extend(certificate(host, now));
    }
    findings.extend(clock(&facts.hosts));
    merged(findings)
}

/// One finding for a proxy that keeps from all hosts, and not one for each of them.
fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = |one: &&mut Finding| (&one.code, &one.looked_at) == (&finding.code, &finding.looked_at);
        match merged.iter_mut().find(same) {
            None => merged.push(finding),
            Some(present) => {
                present.connections.extend(finding.connections);
                present.connections.sort();
                present.connections.dedup();
            }
        }
    }
    merged
}

fn authorities(facts: &NetworkFacts, now: Timestamp) -> Vec<Finding> {
    let looked_at = "authorities that are trusted beside the platform's (--ca-file)";
    let known = match &facts.authorities {
        Err(trouble) => {
            let found = Finding::ok(Cause::Tls, "tls.ca_file", looked_at, trouble.title.clone());
            return vec![found.fails(trouble.advice.clone())];
        }
        Ok(known) if known.is_empty() => {
            return vec![Finding::ok(Cause::Tls, "tls.no_ca_file", looked_at, "There are none.")];
        }
        Ok(known) => known,
    };
    let ending: Vec<&AuthorityFacts> =
        known.iter().filter(|one| one.not_after.duration_since(now) < AUTHORITY_ENDS).collect();
    if ending.is_empty() {
        let names: Vec<&str> = known.iter().take(NAMED).map(|one| one.name.as_str()).collect();
        let title = format!("{} can be read: {}.", known.len(), names.join(", "));
        return vec![Finding::ok(Cause::Tls, "tls.ca_file", looked_at, title)];
    }
    let told = ending.into_iter().map(|one| {
        let looked_at = format!("authority {}", one.name);
        let next = "Get the next certificate of that authority, and add it to the file before this one ends.";
        if one.not_after <= now {
            let title = format!("It ended on {}: what it signed is not trusted any more.", day(one.not_after));
            Finding::ok(Cause::Tls, "tls.authority_ended", looked_at, title).warns(next)
        } else {
            let title = format!("It ends on {}; what it signed is not trusted then.", day(one.not_after));
            Finding::ok(Cause::Tls, "tls.authority_ends", looked_at, title).warns(next)
        }
    });
    told.collect()
}

fn own(found: &Result<AuthorityFacts, Trouble>, now: Timestamp) -> Finding {
    let looked_at = "the certificate of this beacon's page";
    let next = "Get the next one, put it in the place of the files after --tls-cert and --tls-key, and start the beacon again.";
    match found {
        Err(trouble) => {
            Finding::ok(Cause::Tls, &trouble.code, looked_at, trouble.title.clone()).fails(trouble.advice.clone())
        }
        Ok(one) if one.not_after <= now => {
            let title = format!("It ended on {}: browsers refuse the page.", day(one.not_after));
            Finding::ok(Cause::Tls, "tls.own_ended", looked_at, title).fails(next)
        }
        Ok(one) if one.not_after.duration_since(now) < OWN_ENDS => {
            let title = format!("It ends on {}.", day(one.not_after));
            Finding::ok(Cause::Tls, "tls.own_ends", looked_at, title).warns(next)
        }
        Ok(one) => Finding::ok(Cause::Tls, "tls.own", looked_at, format!("It is valid until {}.", day(one.not_after))),
    }
}

fn looked_at(host: &HostFacts) -> String {
    let by = host.proxy.as_ref().map(|proxy| format!(" by the proxy {proxy}")).unwrap_or_default();
    format!("{} ({}){by}", host.origin, host.purpose.label())
}

/// Whether a host answers.
fn reached(host: &HostFacts) -> Vec<Finding> {
    let place = looked_at(host);
    let found = match &host.look {
        Look::NotInTime => {
            Finding::ok(Cause::Network, "network.not_looked_at", place, "There was no time left for it.")
                .warns("Look again when the other hosts answer: those that do not took all of it.")
        }
        Look::Unready(trouble) => {
            let cause = match trouble.code.as_str() {
                "http.client" => Cause::Tls,
                code if code.starts_with("vault.") => Cause::Keys,
                _ => Cause::Network,
            };
            Finding::ok(cause, &trouble.code, place, trouble.title.clone()).fails(trouble.advice.clone())
        }
        Look::Seen { sight, .. } => match &sight.answer {
            Ok(answered) => {
                let title = format!("It answers (HTTP {}).", answered.status);
                Finding::ok(Cause::Network, "network.reached", place, title)
            }
            // A server that wants a client certificate may end the conversation without one, and is there all the same.
            Err(error) if is_destination(host) && error.code == "http.cut" && sight.certificate.is_some() => {
                let title = "It is there, and ends conversations without a client certificate.";
                Finding::ok(Cause::Network, "network.reached", place, title)
            }
            Err(error) => return refused(host, error, sight),
        },
    };
    let by_proxy = host.proxy.as_ref().filter(|_| found.code == "network.reached");
    let by_proxy = by_proxy.map(|proxy| {
        Finding::ok(Cause::Proxy, "proxy.lets_through", format!("proxy {proxy}"), "It lets requests through.")
    });
    by_proxy.into_iter().chain([found.of(host.connections.clone())]).collect()
}

fn is_destination(host: &HostFacts) -> bool {
    matches!(host.purpose, Purpose::Destination(_))
}

/// Why a host does not answer.
fn refused(host: &HostFacts, error: &SendError, sight: &Sight) -> Vec<Finding> {
    let place = looked_at(host);
    let message = error.message.trim_end_matches('.');
    let found = |cause, title: String, next: &str| {
        vec![Finding::ok(cause, error.code, place.clone(), title).fails(next).of(host.connections.clone())]
    };
    if error.code.starts_with("proxy.") {
        let arguments = BTreeMap::from([("message".to_owned(), error.message.clone())]);
        let text = driver_text(error.code).unwrap_or_else(|| Text::new("The proxy refused ({message}).", ""));
        let Text { title, advice } = text.filled(&arguments);
        // What concerns a host is told for each; the rest once for the proxy.
        let of_host = matches!(error.code, "proxy.host_refused" | "proxy.host_not_reached" | "proxy.status");
        let proxy = host.proxy.as_ref().filter(|_| !of_host).map(|proxy| format!("proxy {proxy}"));
        let place = proxy.unwrap_or(place);
        return vec![Finding::ok(Cause::Proxy, error.code, place, title).fails(advice).of(host.connections.clone())];
    }
    match error.code {
        "http.name_not_found" => found(
            Cause::Network,
            format!("Its name leads nowhere ({message})."),
            "Check the name server of this machine, and the name itself if somebody typed it. Behind a proxy, set the \
             proxy: `beacon proxy set`.",
        ),
        "egress.address" => found(
            Cause::Network,
            "Its name leads only to private, loopback, link-local or reserved addresses.".to_owned(),
            "If that is right, grant the address with --allow-address; if not, look who answers for that name here.",
        ),
        "egress.not_a_name" => found(
            Cause::Proxy,
            format!("It is not asked for behind a proxy: {message}."),
            "Write a full host name, or name the host in the list of hosts without proxy.",
        ),
        "http.unreachable" => found(
            Cause::Network,
            format!("No connection ({message})."),
            "Let this machine through to that host at its port: docs/proxies.md lists all hosts that are needed. If a \
             proxy leads out, set it: `beacon proxy set`.",
        ),
        "http.timeout" => found(
            Cause::Network,
            format!("No answer ({message})."),
            "A firewall that drops packets looks like this: let this machine through to that host, or set the proxy.",
        ),
        "http.tls" => {
            let shown = sight.certificate.as_ref();
            let issuer = shown.map_or_else(String::new, |one| format!(" It shows a certificate of {}.", one.issuer));
            let inspected = "If your own network inspects TLS, that is whose certificate it is: get the authority's certificate from \
                 whoever runs it, and name that file with --ca-file. If not, do not go on: somebody else answers.";
            let next = match outside_of_life(host) {
                Some(_) => format!(
                    "Look at the clock of this machine first: by it the certificate is not valid now. {inspected}"
                ),
                None => inspected.to_owned(),
            };
            found(Cause::Tls, format!("No trusted connection ({message}).{issuer}"), &next)
        }
        _ => found(
            Cause::Network,
            format!("The conversation failed ({message})."),
            "Try again later. If it stays, show this to whoever runs the network.",
        ),
    }
}

/// Who vouches for a host, and how long.
fn certificate(host: &HostFacts, now: Timestamp) -> Option<Finding> {
    let Look::Seen { sight, .. } = &host.look else { return None };
    let seen = sight.certificate.as_ref()?;
    // One that is not trusted is told with the failure.
    if sight.answer.as_ref().is_err_and(|error| error.code == "http.tls") {
        return None;
    }
    let place = looked_at(host);
    let (left, life) = (seen.not_after.duration_since(now), seen.not_after.duration_since(seen.not_before));
    let soon = ENDS_SOON.min(life.checked_div(10).unwrap_or(ENDS_SOON));
    let (issuer, until) = (&seen.issuer, day(seen.not_after));
    Some(if is_destination(host) && left < soon {
        let title = format!("Its certificate, by {issuer}, ends on {until}.");
        Finding::ok(Cause::Tls, "tls.ends_soon", place, title).warns("Have whoever runs that server renew it.")
    } else if seen.by_extra_authority {
        let title = format!(
            "Its certificate, until {until}, is trusted because the authority of {issuer} was added: what stands between \
             here and there may read what is sent."
        );
        Finding::ok(Cause::Tls, "tls.by_added_authority", place, title)
    } else {
        Finding::ok(
            Cause::Tls,
            "tls.trusted",
            place,
            format!("Its certificate, by {issuer}, is trusted, until {until}."),
        )
    })
}

/// The clock of this machine against the one of the sign-in host that was told most precisely.
fn clock(hosts: &[HostFacts]) -> Option<Finding> {
    let sign_in: Vec<&HostFacts> = hosts.iter().filter(|host| host.purpose == Purpose::SignIn).collect();
    let told = sign_in.iter().filter_map(|host| match &host.look {
        Look::Seen { sight, asked_at, answered_at } => {
            let date = sight.answer.as_ref().ok()?.date?;
            Some((answered_at.duration_since(*asked_at), ahead(date, *asked_at, *answered_at), &host.origin))
        }
        _ => None,
    });
    let Some((_, ahead, origin)) = told.min_by_key(|(took, ..)| *took) else {
        sign_in.first()?;
        if let Some(wrong) = wrong_by_certificates(&sign_in) {
            return Some(wrong);
        }
        let title = "It is not known whether it is right: no sign-in host told its time.";
        let found = Finding::ok(Cause::Clock, "clock.not_known", "the clock of this machine", title);
        return Some(found.warns("Look again when a sign-in host answers."));
    };
    let place = format!("the clock of this machine against that of {origin}");
    let off = ahead.abs();
    let word = if ahead.is_positive() { "ahead" } else { "behind" };
    let title = format!("It is {} {word}.", length(off));
    Some(if off > CLOCK_FAILS {
        Finding::ok(Cause::Clock, "clock.wrong", place, title).fails(KEEP_TIME)
    } else if off > CLOCK_WARNS {
        Finding::ok(Cause::Clock, "clock.off", place, title).warns(KEEP_TIME)
    } else {
        Finding::ok(Cause::Clock, "clock.right", place, "It is right to the minute.")
    })
}

/// A clock that is far off lets no certificate be trusted, so that nobody tells the time: then the lives of the certificates
/// do, if it lies outside of all that were refused.
fn wrong_by_certificates(sign_in: &[&HostFacts]) -> Option<Finding> {
    let refused = sign_in.iter().filter(|host| is_untrusted(host));
    let outside = refused.map(|host| Some((host, outside_of_life(host)?))).collect::<Option<Vec<_>>>()?;
    let (host, (asked_at, certificate)) = outside.into_iter().next()?;
    let title = format!(
        "It says {}, and the certificate of that host is valid from {} until {}.",
        day(asked_at),
        day(certificate.not_before),
        day(certificate.not_after)
    );
    let place = format!("the clock of this machine against the certificate of {}", host.origin);
    Some(Finding::ok(Cause::Clock, "clock.wrong", place, title).fails(KEEP_TIME))
}

/// Whether the certificate of a host was refused.
fn is_untrusted(host: &HostFacts) -> bool {
    matches!(&host.look, Look::Seen { sight: Sight { answer: Err(error), .. }, .. } if error.code == "http.tls")
}

/// When a host was asked, if by this machine's clock that is before or after the life of the certificate that was refused.
fn outside_of_life(host: &HostFacts) -> Option<(Timestamp, &PeerCertificate)> {
    let Look::Seen { sight, asked_at, .. } = &host.look else { return None };
    let certificate = sight.certificate.as_ref().filter(|_| is_untrusted(host))?;
    let is_alive = (certificate.not_before..=certificate.not_after).contains(asked_at);
    (!is_alive).then_some((*asked_at, certificate))
}

/// How far this machine's clock is ahead, at least: the host wrote its time, in whole seconds, between the two moments.
fn ahead(date: Timestamp, asked_at: Timestamp, answered_at: Timestamp) -> SignedDuration {
    let second = SignedDuration::from_secs(1);
    let (before, after) = (asked_at.duration_since(date) - second, answered_at.duration_since(date));
    if before.is_positive() {
        before
    } else if after.is_negative() {
        after
    } else {
        SignedDuration::ZERO
    }
}

fn length(duration: SignedDuration) -> String {
    match duration.as_secs() {
        seconds @ ..120 => format!("{seconds} seconds"),
        seconds @ 120..7_200 => format!("{} minutes", seconds / 60),
        seconds => format!("{} hours", seconds / 3_600),
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests;
