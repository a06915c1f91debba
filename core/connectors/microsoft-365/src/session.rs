//! A signed-in run: what every request and every advice needs.

use crate::form::{AUTHORIZATION_CODE, CLIENT_CERTIFICATE, CLIENT_SECRET, DEVICE_CODE};
use crate::names::{Names, defect};
use crate::rules::broken_rules;
use beacon_contract::{Fail, FailKind, GrantKind, Granted, PageOf, Reason, Settings, TableName, TableStatus};
use beacon_entra::{Grants, Permission, explain, permission};
use beacon_graph::{Chain, Need, Object, Trouble, Values as _, read_page};
use beacon_kit::{Response, Rows, Run, failure};
use serde_json::Value;
use std::collections::BTreeMap;

/// How the connection signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// A person is there and may be asked.
    Attended,
    /// Nobody is there: a stored sign-in is used.
    Unattended,
}

pub(crate) struct Session<'r> {
    pub(crate) run: &'r Run,
    pub(crate) names: Names,
    pub(crate) granted: Granted,
    pub(crate) grants: Grants,
    root: String,
    users: &'static Permission,
    organization: &'static Permission,
    groups: &'static Permission,
    sign_ins: &'static Permission,
    reports: &'static Permission,
}

fn grant_kind(settings: &Settings, presence: Presence) -> Option<GrantKind> {
    Some(match (settings.text("flow")?, presence) {
        (CLIENT_SECRET, _) => GrantKind::ClientSecret,
        (CLIENT_CERTIFICATE, _) => GrantKind::ClientCertificate,
        (AUTHORIZATION_CODE | DEVICE_CODE, Presence::Unattended) => GrantKind::RefreshToken,
        (AUTHORIZATION_CODE, Presence::Attended) => GrantKind::AuthorizationCode,
        (DEVICE_CODE, Presence::Attended) => GrantKind::DeviceCode,
        _ => return None,
    })
}

/// Scopes and roles: what the driver read from the answer, and what the token says about itself.
fn held(granted: &Granted) -> Grants {
    let scopes = granted.claims.get("scp").and_then(Value::as_str).unwrap_or_default();
    let roles = granted.claims.get("roles").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    Grants::new(granted.scopes.iter().map(String::as_str).chain(scopes.split_whitespace()).chain(roles))
}

impl<'r> Session<'r> {
    /// Signs in.
    ///
    /// # Errors
    /// Settings that break a rule, or a refusal in plain words.
    pub(crate) async fn open(run: &'r Run, presence: Presence) -> Result<Self, Fail> {
        let names = Names::ALL;
        if let Some(broken) = broken_rules(run.settings()).into_iter().next() {
            return Err(Fail { kind: FailKind::Settings, code: broken.code, arguments: broken.arguments });
        }
        let empty = |field: &str| {
            failure(FailKind::Settings, Reason::new("microsoft_365.setting_missing").with("field", field))
        };
        let kind = grant_kind(run.settings(), presence).ok_or_else(|| empty("flow"))?;
        let root = run.settings().text("graph_root").ok_or_else(|| empty("graph_root"))?.to_owned();
        let mut parameters = BTreeMap::new();
        if kind == GrantKind::AuthorizationCode {
            // Without it a browser that is signed in already would silently take that account.
            parameters.insert("prompt".to_owned(), "select_account".to_owned());
        }
        let granted = run.grant(&names.profile, kind, parameters).await.map_err(|refused| explain(&refused, kind))?;
        let fact = |name| permission(name).ok_or_else(|| defect(&name));
        Ok(Self {
            run,
            names,
            grants: held(&granted),
            granted,
            root,
            users: fact("User.Read.All")?,
            organization: fact("Organization.Read.All")?,
            groups: fact("GroupMember.Read.All")?,
            sign_ins: fact("AuditLog.Read.All")?,
            reports: fact("Reports.Read.All")?,
        })
    }

    /// An address below the Graph root.
    pub(crate) fn url(&self, path_and_query: &str) -> String {
        [self.root.as_str(), path_and_query].concat()
    }

    /// A text of the token's claims.
    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        self.granted.claims.get(name).and_then(Value::as_str)
    }

    /// The tenant that the token belongs to, in lower case.
    pub(crate) fn token_tenant(&self) -> Option<String> {
        self.claim("tid").map(str::to_ascii_lowercase)
    }

    fn need(&self, permission: &'static Permission) -> Need<'_> {
        Need { permission, grants: &self.grants, application: self.granted.kind.is_application() }
    }

    pub(crate) fn need_users(&self) -> Need<'_> {
        self.need(self.users)
    }

    pub(crate) fn need_organization(&self) -> Need<'_> {
        self.need(self.organization)
    }

    pub(crate) fn need_groups(&self) -> Need<'_> {
        self.need(self.groups)
    }

    pub(crate) fn need_sign_ins(&self) -> Need<'_> {
        self.need(self.sign_ins)
    }

    pub(crate) fn need_reports(&self) -> Need<'_> {
        self.need(self.reports)
    }

    /// Sends one request that is no page of a table.
    pub(crate) async fn ask(&self, path_and_query: &str) -> Result<Response, Trouble> {
        let request = self.run.get(self.url(path_and_query)).header("accept", "application/json");
        let response = request.slot(&self.names.graph).send().await.map_err(Trouble::Failed)?;
        if response.is_success() { Ok(response) } else { Err(Trouble::of(&response)) }
    }

    /// Rows for a table of the manifest.
    pub(crate) fn rows(&self, place: &PageOf) -> Result<Rows, Fail> {
        self.run.rows(&place.table, &place.chain).ok_or_else(|| defect(&place.table))
    }

    /// Declares items without an id; they cannot be rows.
    pub(crate) fn drop_nameless(&self, place: &PageOf, count: u64) {
        self.run.drops(place, count, Reason::new("microsoft_365.item_without_id"));
    }

    /// Ends the tables that a mandatory list fills; tells whether they are complete.
    ///
    /// # Errors
    /// Without a right, without a single page, or after a cancellation nothing useful came: the run fails. A list
    /// that broke later is partial.
    pub(crate) fn end_mandatory(
        &self,
        tables: &[&PageOf],
        pages: u64,
        read: Result<(), Trouble>,
        need: &Need<'_>,
    ) -> Result<bool, Fail> {
        let all = read.is_ok();
        let end = |status, reason: Option<Reason>| {
            tables.iter().for_each(|place| self.run.table_end(&place.table, status, reason.clone()));
        };
        match read {
            Ok(()) => end(TableStatus::Complete, None),
            Err(trouble) if trouble.is_denied() || pages == 0 || self.run.is_cancelled() => {
                return Err(trouble.fail(need));
            }
            Err(trouble) => end(TableStatus::Partial, Some(trouble.reason(need))),
        }
        Ok(all)
    }

    /// Reads a list into a table that a run can do without. `fill` makes the row of an item that has an id.
    ///
    /// # Errors
    /// Only by a defect; whatever Graph refuses is the table's own reason.
    pub(crate) async fn read_list(
        &self,
        place: &PageOf,
        path_and_query: &str,
        need: &Need<'_>,
        fill: fn(&mut Rows, Object<'_>, &str),
    ) -> Result<(), Fail> {
        let mut rows = self.rows(place)?;
        let mut chain = Chain::new(self.run, &self.names.graph, place, self.url(path_and_query));
        let read = chain
            .read_to_end(|page| {
                let mut nameless = 0;
                let next = read_page(&page.body, |item| match item.guid("id") {
                    Some(id) => fill(&mut rows, item, &id),
                    None => nameless += 1,
                })?;
                self.run.emit(&mut rows);
                self.drop_nameless(place, nameless);
                Ok(next)
            })
            .await;
        self.end_optional(&place.table, chain.pages(), read, need);
        Ok(())
    }

    /// Ends a table that a run can do without.
    pub(crate) fn end_optional(&self, table: &TableName, pages: u64, read: Result<(), Trouble>, need: &Need<'_>) {
        let (status, reason) = match read {
            Ok(()) => (TableStatus::Complete, None),
            Err(trouble) if pages == 0 => (TableStatus::Skipped, Some(trouble.reason(need))),
            Err(trouble) => (TableStatus::Partial, Some(trouble.reason(need))),
        };
        self.run.table_end(table, status, reason);
    }
}
