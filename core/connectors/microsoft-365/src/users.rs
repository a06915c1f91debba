//! The tables `users` and `assignments`, from one pass over `/users`.

use crate::assignments;
use crate::manifest::USERS;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::{Fail, Reason, TableStatus};
use beacon_graph::{Chain, Object, read_page};
use beacon_kit::{Column, Rows};
use std::borrow::Cow;
use std::collections::BTreeSet;

const USER_ID: Column = Column::of("users", "user_id");
const ALTERNATE_ADDRESSES: Column = Column::of("users", "alternate_addresses");
const ACCOUNT_ENABLED: Column = Column::of("users", "account_enabled");
const CREATED_AT: Column = Column::of("users", "created_at");
const COST_CENTER: Column = Column::of("users", "cost_center");
const DIVISION: Column = Column::of("users", "division");
const MANAGER_ID: Column = Column::of("users", "manager_id");
const EXTENSION_ATTRIBUTES: Column = Column::of("users", "extension_attributes");
const ON_PREMISES_SYNC_ENABLED: Column = Column::of("users", "on_premises_sync_enabled");

/// Columns that are a text of the same meaning.
const TEXTS: [(Column, &str); 18] = [
    (Column::of("users", "user_principal_name"), "userPrincipalName"),
    (Column::of("users", "display_name"), "displayName"),
    (Column::of("users", "given_name"), "givenName"),
    (Column::of("users", "surname"), "surname"),
    (Column::of("users", "mail"), "mail"),
    (Column::of("users", "user_type"), "userType"),
    (Column::of("users", "creation_type"), "creationType"),
    (Column::of("users", "external_user_state"), "externalUserState"),
    (Column::of("users", "department"), "department"),
    (Column::of("users", "company_name"), "companyName"),
    (Column::of("users", "job_title"), "jobTitle"),
    (Column::of("users", "office_location"), "officeLocation"),
    (Column::of("users", "country"), "country"),
    (Column::of("users", "usage_location"), "usageLocation"),
    (Column::of("users", "employee_id"), "employeeId"),
    (Column::of("users", "employee_type"), "employeeType"),
    (Column::of("users", "on_premises_sam_account_name"), "onPremisesSamAccountName"),
    (Column::of("users", "on_premises_domain_name"), "onPremisesDomainName"),
];

/// The properties that [`fill`] reads: Graph sends only a handful unless it is asked for each by name.
const SELECT: &str = "id,userPrincipalName,displayName,givenName,surname,mail,proxyAddresses,otherMails,\
accountEnabled,userType,creationType,externalUserState,createdDateTime,department,companyName,employeeOrgData,\
jobTitle,officeLocation,country,usageLocation,employeeId,employeeType,onPremisesExtensionAttributes,\
onPremisesSyncEnabled,onPremisesSamAccountName,onPremisesDomainName,assignedLicenses,licenseAssignmentStates";

/// The largest page that Graph gives.
const WHOLE_PAGE: u32 = 999;

/// How many people a preview shows.
const SAMPLE: u32 = 25;

/// Mail addresses of `proxyAddresses` (`smtp:` for an alias, `SMTP:` for the primary one; SIP and X500 stay out) and
/// `otherMails`, in ASCII lower case.
fn addresses<'v>(user: Object<'v>) -> Vec<Cow<'v, str>> {
    let smtp = |address: &'v str| {
        let (kind, address) = address.split_once(':')?;
        kind.eq_ignore_ascii_case("smtp").then_some(address)
    };
    let lower = |address: &'v str| {
        let upper = address.bytes().any(|byte| byte.is_ascii_uppercase());
        if upper { Cow::Owned(address.to_ascii_lowercase()) } else { Cow::Borrowed(address) }
    };
    let all = user.texts("proxyAddresses").filter_map(smtp).chain(user.texts("otherMails"));
    all.filter(|address| !address.is_empty()).map(lower).collect()
}

fn fill(rows: &mut Rows, user: Object<'_>, user_id: &str) {
    let organization = user.object("employeeOrgData");
    rows.text(USER_ID, Some(user_id));
    rows.list(ALTERNATE_ADDRESSES, sorted(addresses(user).iter().map(Cow::as_ref)));
    for (column, property) in TEXTS {
        rows.text(column, user.text(property));
    }
    rows.boolean(ACCOUNT_ENABLED, user.flag("accountEnabled"));
    rows.integer(CREATED_AT, user.moment("createdDateTime"));
    rows.text(COST_CENTER, organization.text("costCenter"));
    rows.text(DIVISION, organization.text("division"));
    rows.text(MANAGER_ID, user.object("manager").guid("id").as_deref());
    rows.map(EXTENSION_ATTRIBUTES, user.object("onPremisesExtensionAttributes").pairs());
    rows.boolean(ON_PREMISES_SYNC_ENABLED, user.flag("onPremisesSyncEnabled"));
    rows.end_row();
}

/// How much of the directory is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everybody.
    Whole,
    /// The first few.
    Sample,
}

/// Reads people and their assignments; returns the groups that assign licences.
///
/// # Errors
/// The run cannot go on without people.
pub(crate) async fn read(session: &Session<'_>, extent: Extent) -> Result<BTreeSet<String>, Fail> {
    let names = &session.names;
    let (mut users, mut licences) = (session.rows(&names.users)?, session.rows(&names.assignments)?);
    let mut groups = BTreeSet::new();
    let top = if extent == Extent::Whole { WHOLE_PAGE } else { SAMPLE };
    let root = session.url(&format!("{USERS}?$select={SELECT}&$top={top}&$expand=manager($select=id)"));
    let mut chain = Chain::new(session.run, &names.graph, &names.users, root);
    let read = chain
        .read_to_end(|page| {
            if page.first {
                groups.clear();
            }
            let mut nameless = 0;
            let next = read_page(&page.body, |user| match user.guid("id") {
                Some(id) => {
                    fill(&mut users, user, &id);
                    assignments::fill(&mut licences, &mut groups, &id, user);
                }
                None => nameless += 1,
            })?;
            session.run.emit(&mut users);
            session.run.emit(&mut licences);
            session.drop_nameless(&names.users, nameless);
            Ok(next.filter(|_| extent == Extent::Whole))
        })
        .await;
    let tables = [&names.users, &names.assignments];
    if extent == Extent::Sample && read.is_ok() {
        let sample = || Some(Reason::new("microsoft_365.sample"));
        tables.iter().for_each(|place| session.run.table_end(&place.table, TableStatus::Partial, sample()));
    } else {
        session.end_mandatory(&tables, chain.pages(), read, &session.need_users())?;
    }
    Ok(groups)
}
