//! The person who consented: a delegated connection reads as long as they exist, and what they may read. Each run looks
//! at both, and warns by name.

use crate::expiring::is_delegated;
use crate::trouble::Trouble;
use beacon_contract::{FailKind, Granted};
use beacon_package::{Consenter, TableReport, Warning};
use beacon_store::Connection;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Scopes that are about the sign-in itself and not about data; answers name them or not.
const ABOUT_THE_SIGN_IN: [&str; 5] = ["openid", "profile", "email", "offline_access", "user.read"];

/// How a connector says that an account lacks a role for something it has a permission for.
const ROLE_MISSING: &str = "role_missing";

/// What the warnings are called.
const FEWER_PERMISSIONS: &str = "consent.fewer_permissions";
const LACKS_ROLE: &str = "consent.person_may_not_read";

/// Who consented, and what they granted then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConsentingPerson {
    pub(crate) consenter: Consenter,
    lost: Vec<String>,
}

impl ConsentingPerson {
    /// The person behind the grants of a run; `None` for a connection that signs in as an application.
    pub(crate) fn of(connection: &Connection, grants: &[Granted]) -> Option<Self> {
        if !is_delegated(connection) {
            return None;
        }
        let text = |name: &str| grants.iter().find_map(|granted| granted.claims.get(name).and_then(Value::as_str));
        let account =
            connection.consented_account.as_deref().or_else(|| text("preferred_username")).or_else(|| text("upn"));
        let consenter = Consenter { id: text("oid").map(str::to_owned), account: account?.to_owned() };
        let now: BTreeSet<String> =
            grants.iter().flat_map(|granted| &granted.scopes).map(|scope| short(scope)).collect();
        let lost =
            |scope: &&String| !now.contains(&short(scope)) && !ABOUT_THE_SIGN_IN.contains(&short(scope).as_str());
        // An answer without any scope says nothing about them.
        let lost = connection.granted_scopes.iter().filter(|_| !now.is_empty()).filter(lost);
        Some(Self { consenter, lost: lost.cloned().collect() })
    }

    /// What the person may not read any more.
    pub(crate) fn warnings(&self, tables: &BTreeMap<String, TableReport>) -> Vec<Warning> {
        let account = &self.consenter.account;
        let mut warnings = Vec::new();
        if !self.lost.is_empty() {
            let permissions = self.lost.join(", ");
            let text = format!(
                "{account} consented to more than is granted now. Missing: {permissions}. Sign in and consent again."
            );
            warnings.push(warning(FEWER_PERMISSIONS, text, account, ("permissions", permissions)));
        }
        let tables: Vec<&str> =
            tables.iter().filter(|(_, report)| lacks_role(report)).map(|(name, _)| name.as_str()).collect();
        if !tables.is_empty() {
            let tables = tables.join(", ");
            let text = format!(
                "{account}, who consented to this connection, may not read {tables}. Give the account the role that is \
                 named there, or let somebody who has it consent."
            );
            warnings.push(warning(LACKS_ROLE, text, account, ("tables", tables)));
        }
        warnings
    }
}

/// Whether a table, or some of what it is read from, was refused for want of a role.
fn lacks_role(report: &TableReport) -> bool {
    let Some(why) = &report.reason else { return false };
    let cause = why.reason.arguments.get("cause").map(String::as_str).unwrap_or_default();
    why.reason.code.ends_with(ROLE_MISSING) || cause.ends_with(ROLE_MISSING)
}

fn warning(code: &str, text: String, account: &str, what: (&str, String)) -> Warning {
    let arguments = [("account".to_owned(), account.to_owned()), (what.0.to_owned(), what.1)];
    Warning { code: code.to_owned(), text, arguments: BTreeMap::from(arguments) }
}

/// A scope without its resource: answers spell it with and without.
fn short(scope: &str) -> String {
    scope.rsplit('/').next().unwrap_or(scope).to_ascii_lowercase()
}

/// Says whose consent is needed, if that is what a run failed for.
pub(crate) fn named(trouble: Trouble, connection: &Connection) -> Trouble {
    let person = connection.consented_account.as_ref().filter(|_| is_delegated(connection));
    match person {
        Some(account) if trouble.kind == FailKind::Consent && !trouble.unexpected => {
            trouble.with(format!("The person who consented: {account}"))
        }
        _ => trouble,
    }
}
