//! Named checks against the live service, shared by `consent` and `test`.

use crate::form::LICENCES;
use crate::session::Session;
use crate::tenant::{Identity, identity};
use crate::{groups, manifest};
use beacon_contract::{CheckOutcome, Fail, Reason};
use beacon_entra::{Permission, permission};
use beacon_graph::{Need, Trouble, Unreadable, read_page};
use beacon_kit::Response;

/// What every import needs or uses.
const USED: [&str; 3] = ["User.Read.All", "Organization.Read.All", "GroupMember.Read.All"];

fn refuse(session: &Session<'_>, check: &str, outcome: CheckOutcome, trouble: &Trouble, need: &Need<'_>) {
    session.run.check_result(check, outcome, trouble.reason(need));
}

/// Who signed in.
pub(crate) fn signed_in(session: &Session<'_>) {
    let account = ["preferred_username", "upn", "name", "app_displayname", "oid"].into_iter();
    let account = account.filter_map(|claim| session.claim(claim)).next().unwrap_or("-");
    let code = if session.granted.kind.is_application() {
        "microsoft_365.signed_in_application"
    } else {
        "microsoft_365.signed_in"
    };
    session.run.check_result("sign_in", CheckOutcome::Pass, Reason::new(code).with("account", account));
}

/// What the token says it holds. Only a hint: a probe of the thing itself follows for each.
pub(crate) fn permissions(session: &Session<'_>) {
    if !session.grants.is_known() {
        return;
    }
    let used = || USED.iter().filter_map(|name| permission(name));
    let missing: Vec<&Permission> = used().filter(|permission| !session.grants.include(permission)).collect();
    let list = |names: Vec<&str>| names.join(", ");
    let (outcome, reason) = if missing.is_empty() {
        let names = list(used().map(|permission| permission.name).collect());
        (CheckOutcome::Pass, Reason::new("microsoft_365.permissions_granted").with("permissions", names))
    } else {
        let reason = Reason::new("microsoft_365.permissions_missing")
            .with("permissions", list(missing.iter().map(|permission| permission.name).collect()))
            .with("lost", list(missing.iter().map(|permission| permission.lost).collect()))
            .with("granted_by", beacon_entra::CONSENT_ROLES);
        (CheckOutcome::Warning, reason)
    };
    session.run.check_result("permissions", outcome, reason);
}

/// Whether Graph answers for the tenant that is meant.
///
/// # Errors
/// Another tenant answers: nothing else is worth asking.
pub(crate) async fn tenant(session: &Session<'_>) -> Result<Option<Identity>, Fail> {
    let check = "tenant";
    let response = match session.ask(manifest::ORGANIZATION).await {
        Ok(response) => response,
        Err(trouble) => {
            refuse(session, check, CheckOutcome::Fail, &trouble, &session.need_organization());
            return Ok(None);
        }
    };
    let Some(identity) = identity(&response.body) else {
        session.run.check_result(check, CheckOutcome::Fail, Reason::new("microsoft_365.tenant_hidden"));
        return Ok(None);
    };
    let verified = identity.verify(session);
    let (outcome, reason) = match &verified {
        Ok(()) => {
            let reason = Reason::new("microsoft_365.tenant_read");
            (CheckOutcome::Pass, reason.with("tenant", &identity.name).with("tenant_id", &identity.id))
        }
        Err(fail) => (CheckOutcome::Fail, Reason { code: fail.code.clone(), arguments: fail.arguments.clone() }),
    };
    session.run.check_result(check, outcome, reason);
    verified.map(|()| Some(identity))
}

/// Whether a list can be read; its text may count the items of the page.
async fn list(
    session: &Session<'_>,
    check: &str,
    answer: impl Future<Output = Result<Response, Trouble>>,
    need: Need<'_>,
    without: CheckOutcome,
    pass: &str,
) {
    let counted = answer.await.and_then(|response| {
        let mut count = 0u64;
        let read = read_page(&response.body, |_| count += 1);
        read.map(|_| count).map_err(|Unreadable(detail)| Trouble::Unreadable { detail })
    });
    match counted {
        Ok(count) => {
            session.run.check_result(check, CheckOutcome::Pass, Reason::new(pass).with("count", count));
        }
        Err(trouble) => refuse(session, check, without, &trouble, &need),
    }
}

pub(crate) async fn licences(session: &Session<'_>) {
    let (need, pass) = (session.need_organization(), "microsoft_365.licences_read");
    let answer = session.ask(manifest::SUBSCRIBED_SKUS);
    list(session, "licences.read", answer, need, CheckOutcome::Fail, pass).await;
}

pub(crate) async fn users(session: &Session<'_>) {
    // A property that the least permission does not give, so that the answer proves the right one.
    let path = [manifest::USERS, "?$select=id,department,assignedLicenses&$top=1"].concat();
    let (need, pass) = (session.need_users(), "microsoft_365.users_read");
    list(session, "users.read", session.ask(&path), need, CheckOutcome::Fail, pass).await;
}

pub(crate) async fn subscriptions(session: &Session<'_>) {
    let (need, pass) = (session.need_organization(), "microsoft_365.subscriptions_read");
    let answer = session.ask(manifest::SUBSCRIPTIONS);
    list(session, "subscriptions.read", answer, need, CheckOutcome::Warning, pass).await;
}

/// Asks for the object `id` among groups: the answer is empty, what counts is that there is one.
pub(crate) async fn groups(session: &Session<'_>, id: &str) {
    let (need, pass) = (session.need_groups(), "microsoft_365.groups_read");
    let ids = [id];
    let answer = groups::ask(session, groups::Ids::new(&ids), None);
    list(session, "groups.read", answer, need, CheckOutcome::Warning, pass).await;
}

/// A report that names people and is the shortest of them: only who installed something has a line.
const ONE_REPORT: &str = "/v1.0/reports/getOffice365ActivationsUserDetail";

/// Whether usage reports can be read. Who may consent may not read them by that, and this is when somebody is there to
/// change it. What the report holds is left unread.
pub(crate) async fn usage(session: &Session<'_>) {
    let need = session.need_reports();
    // An application has no choice of permissions: what it was not granted is not wanted.
    let wanted =
        !session.granted.kind.is_application() && session.run.settings().text("permission_set") != Some(LICENCES);
    let trouble = if !need.is_known_missing() {
        one_report(session).await.err()
    } else if wanted {
        Some(need.missing())
    } else {
        return;
    };
    let (outcome, reason) = match trouble {
        None => (CheckOutcome::Pass, Reason::new("microsoft_365.usage_read")),
        Some(trouble) if trouble.is_absent() => (CheckOutcome::Warning, Reason::new("microsoft_365.reports_absent")),
        Some(trouble) => {
            let mut reason = trouble.reason(&need);
            if reason.code == "graph.role_missing" {
                reason = Reason::new("microsoft_365.usage_role_missing");
            }
            (CheckOutcome::Warning, reason)
        }
    };
    session.run.check_result("usage.read", outcome, reason);
}

async fn one_report(session: &Session<'_>) -> Result<(), Trouble> {
    let request = session.run.get(session.url(ONE_REPORT)).slot(&session.names.graph);
    let answer = request.stream().await.map_err(Trouble::Failed)?;
    if answer.status() == 200 { Ok(()) } else { Err(Trouble::of(&answer.whole().await)) }
}
