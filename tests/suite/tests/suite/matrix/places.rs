//! The columns of the matrix: what is asked, and what an import without the answer amounts to.

use beacon_simulator::{FaultKind, FaultRule, LoggedRequest};

/// What hangs on an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The whole run.
    SignIn,
    /// Mandatory tables that begin with it.
    Mandatory,
    /// The rest of mandatory tables.
    MandatoryRest,
    /// A table that a run can do without.
    Optional,
    /// The rest of such a table.
    OptionalRest,
    /// All reports of a table.
    Reports,
    /// One of several reports of a table.
    OneReport,
    /// No table: it chooses a way or words a warning.
    Aside,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) part: Part,
    /// The tables that it fills.
    pub(super) tables: &'static [&'static str],
    paths: &'static [&'static str],
    query: Option<&'static str>,
    page: Option<u64>,
}

const fn place(
    name: &'static str,
    part: Part,
    tables: &'static [&'static str],
    paths: &'static [&'static str],
) -> Place {
    Place { name, part, tables, paths, query: None, page: None }
}

const fn page(mut place: Place, query: Option<&'static str>, number: u64) -> Place {
    place.query = query;
    place.page = Some(number);
    place
}

const LIST: &[&str] = &["/v1.0/users"];
const PEOPLE: &[&str] = &["users", "assignments"];
/// What only one of the two passes over the people asks for.
const IN_FULL: Option<&str> = Some("userPrincipalName");
const SIGN_INS: Option<&str> = Some("signInActivity");

pub(super) const SIGN_IN: Place = place("sign-in", Part::SignIn, &[], &["*/oauth2/v2.0/token"]);
pub(super) const TENANT: Place = place("tenant", Part::Mandatory, &["tenant"], &["/v1.0/organization"]);
pub(super) const PRODUCTS: Place =
    place("products", Part::Mandatory, &["products", "product_plans", "applications"], &["/v1.0/subscribedSkus"]);
pub(super) const SUBSCRIPTIONS: Place =
    place("subscriptions", Part::Optional, &["subscriptions"], &["/v1.0/directory/subscriptions"]);
pub(super) const USERS: Place = page(place("users", Part::Mandatory, PEOPLE, LIST), IN_FULL, 1);
pub(super) const USERS_REST: Place = page(place("users, page 2", Part::MandatoryRest, PEOPLE, LIST), IN_FULL, 2);
pub(super) const COUNT: Place = place("$count", Part::Aside, &[], &["/v1.0/users/$count"]);
pub(super) const GROUPS: Place = place("groups", Part::Optional, &["groups"], &["/v1.0/directoryObjects/getByIds"]);
pub(super) const SIGN_INS_FIRST: Place = page(place("sign_ins", Part::Optional, &["sign_ins"], LIST), SIGN_INS, 1);
pub(super) const SIGN_INS_REST: Place =
    page(place("sign_ins, page 2", Part::OptionalRest, &["sign_ins"], LIST), SIGN_INS, 2);
pub(super) const USAGE: Place =
    place("usage", Part::OneReport, &["usage"], &["/v1.0/reports/getTeamsUserActivityUserDetail*"]);
pub(super) const ACTIVATIONS: Place =
    place("activations", Part::Reports, &["activations"], &["/v1.0/reports/getOffice365ActivationsUserDetail*"]);
pub(super) const STORAGE: Place = place(
    "storage",
    Part::Reports,
    &["storage"],
    &["/v1.0/reports/getMailboxUsageDetail*", "/v1.0/reports/getOneDriveUsageAccountDetail*"],
);
pub(super) const FILES: Place =
    place("report files", Part::Reports, &["usage", "activations", "storage"], &["/data/v1.0/download"]);
pub(super) const SETTINGS: Place = place("report settings", Part::Aside, &[], &["/v1.0/admin/reportSettings"]);

/// Every column, in the order of an import.
pub(super) const PLACES: [Place; 15] = [
    SIGN_IN,
    TENANT,
    PRODUCTS,
    SUBSCRIPTIONS,
    USERS,
    USERS_REST,
    COUNT,
    GROUPS,
    SIGN_INS_FIRST,
    SIGN_INS_REST,
    USAGE,
    ACTIVATIONS,
    STORAGE,
    FILES,
    SETTINGS,
];

impl Place {
    /// Rules that let a fault happen here.
    pub(super) fn rules(&self, fault: &FaultKind, always: bool) -> Vec<FaultRule> {
        let rule = |path: &&str| {
            let rule = FaultRule { page: self.page, ..FaultRule::once(path, fault.clone()) };
            let rule = self.query.map_or(rule.clone(), |query| rule.with_query(query));
            if always { rule.always() } else { rule }
        };
        self.paths.iter().map(rule).collect()
    }

    /// Whether this fault struck a request of this place.
    pub(super) fn was_struck(&self, request: &LoggedRequest, fault: &FaultKind) -> bool {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let is_here = |wanted: &&str| match (wanted.strip_prefix('*'), wanted.strip_suffix('*')) {
            (Some(end), _) => path.ends_with(end),
            (None, Some(start)) => path.starts_with(start),
            (None, None) => path == *wanted,
        };
        let continues = query.contains("skiptoken=");
        request.faults.contains(&fault.name())
            && self.paths.iter().any(is_here)
            && self.page.is_none_or(|page| continues == (page > 1))
            && self.query.is_none_or(|text| query.contains(text))
    }

    /// Whether it is a list that Graph gives page by page.
    pub(super) fn is_paged(&self) -> bool {
        self.page.is_some() || self.name == SUBSCRIPTIONS.name
    }

    /// Whether the answer is a page of a list, of one or more.
    pub(super) fn is_list(&self) -> bool {
        self.is_paged() || [TENANT.name, PRODUCTS.name, GROUPS.name].contains(&self.name)
    }

    /// Whether Graph answers with a redirect instead of a body.
    pub(super) fn redirects(&self) -> bool {
        [USAGE.name, ACTIVATIONS.name, STORAGE.name].contains(&self.name)
    }

    /// Whether Graph answers, not another site.
    pub(super) fn is_graph(&self) -> bool {
        ![SIGN_IN.name, FILES.name].contains(&self.name)
    }
}
