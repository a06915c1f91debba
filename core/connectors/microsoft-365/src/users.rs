//! The tables `users` and `assignments`, from one pass over `/users`.

use crate::assignments::{self, AssignmentState, License};
use crate::manifest::USERS;
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::{Fail, Reason, TableStatus};
use beacon_graph::{Chain, Flag, Guid, List, Moment, Opaque, Pairs, Words, read_page};
use beacon_kit::{Column, Rows};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

const USER_ID: Column = Column::of("users", "user_id");
const USER_PRINCIPAL_NAME: Column = Column::of("users", "user_principal_name");
const DISPLAY_NAME: Column = Column::of("users", "display_name");
const GIVEN_NAME: Column = Column::of("users", "given_name");
const SURNAME: Column = Column::of("users", "surname");
const MAIL: Column = Column::of("users", "mail");
const ALTERNATE_ADDRESSES: Column = Column::of("users", "alternate_addresses");
const ACCOUNT_ENABLED: Column = Column::of("users", "account_enabled");
const USER_TYPE: Column = Column::of("users", "user_type");
const CREATION_TYPE: Column = Column::of("users", "creation_type");
const EXTERNAL_USER_STATE: Column = Column::of("users", "external_user_state");
const CREATED_AT: Column = Column::of("users", "created_at");
const DEPARTMENT: Column = Column::of("users", "department");
const COMPANY_NAME: Column = Column::of("users", "company_name");
const COST_CENTER: Column = Column::of("users", "cost_center");
const DIVISION: Column = Column::of("users", "division");
const MANAGER_ID: Column = Column::of("users", "manager_id");
const JOB_TITLE: Column = Column::of("users", "job_title");
const OFFICE_LOCATION: Column = Column::of("users", "office_location");
const COUNTRY: Column = Column::of("users", "country");
const USAGE_LOCATION: Column = Column::of("users", "usage_location");
const EMPLOYEE_ID: Column = Column::of("users", "employee_id");
const EMPLOYEE_TYPE: Column = Column::of("users", "employee_type");
const EXTENSION_ATTRIBUTES: Column = Column::of("users", "extension_attributes");
const ON_PREMISES_SYNC_ENABLED: Column = Column::of("users", "on_premises_sync_enabled");
const ON_PREMISES_SAM_ACCOUNT_NAME: Column = Column::of("users", "on_premises_sam_account_name");
const ON_PREMISES_DOMAIN_NAME: Column = Column::of("users", "on_premises_domain_name");

/// The properties of [`User`], in its order: Graph sends only a handful unless it is asked for each by name.
const SELECT: &str = "id,userPrincipalName,displayName,givenName,surname,mail,proxyAddresses,otherMails,\
accountEnabled,userType,creationType,externalUserState,createdDateTime,department,companyName,employeeOrgData,\
jobTitle,officeLocation,country,usageLocation,employeeId,employeeType,onPremisesExtensionAttributes,\
onPremisesSyncEnabled,onPremisesSamAccountName,onPremisesDomainName,assignedLicenses,licenseAssignmentStates";

/// The largest page that Graph gives.
const WHOLE_PAGE: u32 = 999;

/// How many people a preview shows.
const SAMPLE: u32 = 25;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct User<'a> {
    #[serde(borrow)]
    id: Guid<'a>,
    #[serde(borrow)]
    user_principal_name: Words<'a>,
    #[serde(borrow)]
    display_name: Words<'a>,
    #[serde(borrow)]
    given_name: Words<'a>,
    #[serde(borrow)]
    surname: Words<'a>,
    #[serde(borrow)]
    mail: Words<'a>,
    #[serde(borrow)]
    proxy_addresses: List<Words<'a>>,
    #[serde(borrow)]
    other_mails: List<Words<'a>>,
    account_enabled: Flag,
    #[serde(borrow)]
    user_type: Words<'a>,
    #[serde(borrow)]
    creation_type: Words<'a>,
    #[serde(borrow)]
    external_user_state: Words<'a>,
    created_date_time: Moment,
    #[serde(borrow)]
    department: Words<'a>,
    #[serde(borrow)]
    company_name: Words<'a>,
    #[serde(borrow)]
    employee_org_data: Opaque<OrgData<'a>>,
    #[serde(borrow)]
    job_title: Words<'a>,
    #[serde(borrow)]
    office_location: Words<'a>,
    #[serde(borrow)]
    country: Words<'a>,
    #[serde(borrow)]
    usage_location: Words<'a>,
    #[serde(borrow)]
    employee_id: Words<'a>,
    #[serde(borrow)]
    employee_type: Words<'a>,
    #[serde(borrow)]
    on_premises_extension_attributes: Pairs<'a>,
    on_premises_sync_enabled: Flag,
    #[serde(borrow)]
    on_premises_sam_account_name: Words<'a>,
    #[serde(borrow)]
    on_premises_domain_name: Words<'a>,
    #[serde(borrow)]
    assigned_licenses: List<Opaque<License<'a>>>,
    #[serde(borrow)]
    license_assignment_states: List<Opaque<AssignmentState<'a>>>,
    #[serde(borrow)]
    manager: Opaque<Manager<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OrgData<'a> {
    #[serde(borrow)]
    cost_center: Words<'a>,
    #[serde(borrow)]
    division: Words<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Manager<'a> {
    #[serde(borrow)]
    id: Guid<'a>,
}

/// Mail addresses of `proxyAddresses` (`smtp:` for an alias, `SMTP:` for the primary one; SIP and X500 stay out) and
/// `otherMails`, in ASCII lower case.
fn addresses<'u>(user: &'u User<'_>) -> Vec<Cow<'u, str>> {
    let smtp = |address: &'u str| {
        let (kind, address) = address.split_once(':')?;
        kind.eq_ignore_ascii_case("smtp").then_some(address)
    };
    let proxies = user.proxy_addresses.0.iter().filter_map(Words::get).filter_map(smtp);
    let others = user.other_mails.0.iter().filter_map(Words::get);
    let lower = |address: &'u str| {
        let upper = address.bytes().any(|byte| byte.is_ascii_uppercase());
        if upper { Cow::Owned(address.to_ascii_lowercase()) } else { Cow::Borrowed(address) }
    };
    proxies.chain(others).filter(|address| !address.is_empty()).map(lower).collect()
}

impl User<'_> {
    fn fill(&self, rows: &mut Rows, user_id: &str) {
        rows.text(USER_ID, Some(user_id));
        rows.text(USER_PRINCIPAL_NAME, self.user_principal_name.get());
        rows.text(DISPLAY_NAME, self.display_name.get());
        rows.text(GIVEN_NAME, self.given_name.get());
        rows.text(SURNAME, self.surname.get());
        rows.text(MAIL, self.mail.get());
        rows.list(ALTERNATE_ADDRESSES, sorted(addresses(self).iter().map(Cow::as_ref)));
        rows.boolean(ACCOUNT_ENABLED, self.account_enabled.0);
        rows.text(USER_TYPE, self.user_type.get());
        rows.text(CREATION_TYPE, self.creation_type.get());
        rows.text(EXTERNAL_USER_STATE, self.external_user_state.get());
        rows.integer(CREATED_AT, self.created_date_time.0);
        rows.text(DEPARTMENT, self.department.get());
        rows.text(COMPANY_NAME, self.company_name.get());
        rows.text(COST_CENTER, self.employee_org_data.0.cost_center.get());
        rows.text(DIVISION, self.employee_org_data.0.division.get());
        rows.text(MANAGER_ID, self.manager.0.id.get());
        rows.text(JOB_TITLE, self.job_title.get());
        rows.text(OFFICE_LOCATION, self.office_location.get());
        rows.text(COUNTRY, self.country.get());
        rows.text(USAGE_LOCATION, self.usage_location.get());
        rows.text(EMPLOYEE_ID, self.employee_id.get());
        rows.text(EMPLOYEE_TYPE, self.employee_type.get());
        let extensions = &self.on_premises_extension_attributes.0;
        rows.map(EXTENSION_ATTRIBUTES, extensions.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        rows.boolean(ON_PREMISES_SYNC_ENABLED, self.on_premises_sync_enabled.0);
        rows.text(ON_PREMISES_SAM_ACCOUNT_NAME, self.on_premises_sam_account_name.get());
        rows.text(ON_PREMISES_DOMAIN_NAME, self.on_premises_domain_name.get());
        rows.end_row();
    }
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
            let next = read_page(&page.body, |Opaque(user): Opaque<User<'_>>| match user.id.get() {
                Some(id) => {
                    user.fill(&mut users, id);
                    let (held, states) = (&user.assigned_licenses.0, &user.license_assignment_states.0);
                    assignments::fill(&mut licences, &mut groups, id, held, states);
                }
                None => nameless += 1,
            })?;
            session.run.emit(&mut users);
            session.run.emit(&mut licences);
            session.drop_nameless(&names.users, nameless);
            Ok(next.filter(|_| extent == Extent::Whole).map(Cow::into_owned))
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
