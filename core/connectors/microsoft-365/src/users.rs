//! The tables `users` and `assignments`, from one pass over `/users`.

use crate::assignments;
use crate::groups::{self, Answers};
use crate::manifest::USERS;
use crate::parts::{self, Parts, SAMPLED};
use crate::session::Session;
use crate::sorted::sorted;
use beacon_contract::{Fail, NoteLevel, PageOf, Reason, TableStatus};
use beacon_graph::{Chain, Object, Trouble, Values as _, read_page};
use beacon_kit::{Column, Rows, join_all, join2};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher as _};

const USER_ID: Column = Column::of("users", "user_id");
const ALTERNATE_ADDRESSES: Column = Column::of("users", "alternate_addresses");
const COST_CENTER: Column = Column::of("users", "cost_center");
const DIVISION: Column = Column::of("users", "division");
const MANAGER_ID: Column = Column::of("users", "manager_id");

/// What becomes of a property.
enum Becomes {
    Text(Column),
    YesOrNo(Column),
    Moment(Column),
    Pairs(Column),
    /// `costCenter` and `division` within it.
    Organization,
    /// `otherMails` and `proxyAddresses` are one column; read with the second of them.
    Addresses,
    /// Read by `assignments`, or with another property.
    Elsewhere,
}

const fn text(column: &str) -> Becomes {
    Becomes::Text(Column::of("users", column))
}

/// Every property that is asked for, beside `id`: Graph sends only a handful unless it is asked for each by name. In
/// the order in which Graph sends them, so that each is found where the last one ended.
const PROPERTIES: [(&str, Becomes); 27] = [
    ("accountEnabled", Becomes::YesOrNo(Column::of("users", "account_enabled"))),
    ("companyName", text("company_name")),
    ("country", text("country")),
    ("createdDateTime", Becomes::Moment(Column::of("users", "created_at"))),
    ("creationType", text("creation_type")),
    ("department", text("department")),
    ("displayName", text("display_name")),
    ("employeeId", text("employee_id")),
    ("employeeOrgData", Becomes::Organization),
    ("employeeType", text("employee_type")),
    ("externalUserState", text("external_user_state")),
    ("givenName", text("given_name")),
    ("jobTitle", text("job_title")),
    ("mail", text("mail")),
    ("officeLocation", text("office_location")),
    ("onPremisesDomainName", text("on_premises_domain_name")),
    ("onPremisesExtensionAttributes", Becomes::Pairs(Column::of("users", "extension_attributes"))),
    ("onPremisesSamAccountName", text("on_premises_sam_account_name")),
    ("onPremisesSyncEnabled", Becomes::YesOrNo(Column::of("users", "on_premises_sync_enabled"))),
    ("otherMails", Becomes::Elsewhere),
    ("proxyAddresses", Becomes::Addresses),
    ("surname", text("surname")),
    ("usageLocation", text("usage_location")),
    ("userPrincipalName", text("user_principal_name")),
    ("userType", text("user_type")),
    ("assignedLicenses", Becomes::Elsewhere),
    ("licenseAssignmentStates", Becomes::Elsewhere),
];

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
    let other = user.texts("otherMails");
    let all = other.chain(user.texts("proxyAddresses").filter_map(smtp));
    all.filter(|address| !address.is_empty()).map(lower).collect()
}

fn fill(rows: &mut Rows, user: Object<'_>, user_id: &str) {
    rows.text(USER_ID, Some(user_id));
    for (property, becomes) in &PROPERTIES {
        match becomes {
            Becomes::Text(column) => rows.text(*column, user.text(property)),
            Becomes::YesOrNo(column) => rows.boolean(*column, user.flag(property)),
            Becomes::Moment(column) => rows.integer(*column, user.moment(property)),
            Becomes::Pairs(column) => rows.map(*column, user.object(property).pairs()),
            Becomes::Organization => {
                let organization = user.object(property);
                rows.text(COST_CENTER, organization.text("costCenter"));
                rows.text(DIVISION, organization.text("division"));
            }
            Becomes::Addresses => {
                rows.list(ALTERNATE_ADDRESSES, sorted(addresses(user).iter().map(Cow::as_ref)));
            }
            Becomes::Elsewhere => {}
        }
    }
    rows.text(MANAGER_ID, user.object("manager").guid("id").as_deref());
    rows.end_row();
}

/// One list of people, or one part of it, with what was learned on the way.
struct Listing<'s, 'r> {
    session: &'s Session<'r>,
    users: PageOf,
    assignments: PageOf,
    root: String,
    /// Groups that assign licences.
    groups: BTreeSet<String>,
    /// A fingerprint of each id, to count people who came in two parts once.
    ids: Vec<u64>,
    /// Some of their principal names, for the plan of the next run.
    names: Vec<String>,
    pages: u64,
}

impl<'s, 'r> Listing<'s, 'r> {
    fn new(session: &'s Session<'r>, users: PageOf, top: u32, filter: Option<&str>) -> Self {
        let assignments = PageOf { table: session.names.assignments.table.clone(), chain: users.chain.clone() };
        let filter = filter.map(|filter| format!("&$filter={filter}")).unwrap_or_default();
        let select: Vec<&str> = PROPERTIES.iter().map(|(property, _)| *property).collect();
        let select = select.join(",");
        let query = format!("{USERS}?$select=id,{select}&$top={top}&$expand=manager($select=id){filter}");
        let root = session.url(&query);
        Self {
            session,
            users,
            assignments,
            root,
            groups: BTreeSet::new(),
            ids: Vec::new(),
            names: Vec::new(),
            pages: 0,
        }
    }

    /// Reads to the end, or only the first page.
    async fn read(&mut self, to_end: bool) -> Result<Result<(), Trouble>, Fail> {
        let Self { session, users, assignments, root, groups, ids, names, pages } = self;
        let (mut people, mut licences) = (session.rows(users)?, session.rows(assignments)?);
        let mut chain = Chain::new(session.run, &session.names.graph, users, root.clone());
        let read = chain
            .read_to_end(|page| {
                if page.first {
                    groups.clear();
                    ids.clear();
                    names.clear();
                }
                let mut nameless = 0;
                let next = read_page(&page.body, |user| match user.guid("id") {
                    Some(id) => {
                        fill(&mut people, user, &id);
                        assignments::fill(&mut licences, groups, &id, user);
                        if ids.len() % SAMPLED == 0 {
                            names.extend(user.text("userPrincipalName").map(str::to_ascii_lowercase));
                        }
                        let mut hasher = DefaultHasher::new();
                        hasher.write(id.as_bytes());
                        ids.push(hasher.finish());
                    }
                    None => nameless += 1,
                })?;
                session.run.emit(&mut people);
                session.run.emit(&mut licences);
                session.drop_nameless(users, nameless);
                Ok(next.filter(|_| to_end))
            })
            .await;
        *pages = chain.pages();
        Ok(read)
    }
}

/// What reading people leads to.
pub(crate) struct People {
    /// What Graph answers about the groups that assign licences.
    pub(crate) groups: Answers,
    /// How the next run may read them.
    pub(crate) parts: Parts,
    /// Whether everybody was read.
    pub(crate) all: bool,
}

/// Reads the first few, for a preview.
///
/// # Errors
/// The run cannot go on without people.
pub(crate) async fn sample(session: &Session<'_>) -> Result<(), Fail> {
    let tables = [&session.names.users, &session.names.assignments];
    let mut listing = Listing::new(session, session.names.users.clone(), SAMPLE, None);
    let read = listing.read(false).await?;
    if read.is_ok() {
        let sample = || Some(Reason::new("microsoft_365.sample"));
        tables.iter().for_each(|place| session.run.table_end(&place.table, TableStatus::Partial, sample()));
        return Ok(());
    }
    session.end_mandatory(&tables, listing.pages, read, &session.need_users()).map(drop)
}

/// Reads everybody and their assignments: a large tenant in parts, side by side. Where the parts do not add up to what
/// the service counts before and after, one plain list decides.
///
/// # Errors
/// The run cannot go on without people.
pub(crate) async fn read(session: &Session<'_>) -> Result<People, Fail> {
    let mut parts = parts::choose(session).await;
    if parts.are_several() {
        if let Some(people) = read_parts(session, &parts).await? {
            return Ok(people);
        }
        session.run.note(NoteLevel::Information, Reason::new("microsoft_365.read_as_a_whole"));
        parts = parts.given_up();
    }
    let mut listing = Listing::new(session, session.names.users.clone(), WHOLE_PAGE, None);
    let read = listing.read(true).await?;
    let tables = [&session.names.users, &session.names.assignments];
    let all = session.end_mandatory(&tables, listing.pages, read, &session.need_users())?;
    Ok(People { groups: groups::ask_for(session, &listing.groups).await?, parts, all })
}

/// Reads all parts; `None` if they have to be given up for the plain list.
async fn read_parts(session: &Session<'_>, parts: &Parts) -> Result<Option<People>, Fail> {
    let names = &session.names;
    let listing = |(number, filter): (usize, &String)| {
        Ok(Listing::new(session, parts::place(&names.users, number)?, WHOLE_PAGE, Some(filter)))
    };
    let filters = parts.filters();
    let mut listings = filters.iter().enumerate().map(listing).collect::<Result<Vec<_>, Fail>>()?;
    let reading = join_all(listings.iter_mut().map(|listing| listing.read(true)));
    let (before, read) = join2(parts.before(session), reading).await;
    let outcome: Result<(), Trouble> = read.into_iter().collect::<Result<Vec<_>, Fail>>()?.into_iter().collect();
    let pages = listings.iter().map(|listing| listing.pages).sum();
    let mut ids: Vec<u64> = listings.iter_mut().flat_map(|listing| std::mem::take(&mut listing.ids)).collect();
    ids.sort_unstable();
    ids.dedup();
    let found: Vec<String> = listings.iter_mut().flat_map(|listing| std::mem::take(&mut listing.names)).collect();
    // One by one: collecting would sort them first, by code that nothing else needs.
    let mut groups = BTreeSet::new();
    groups.extend(listings.iter_mut().flat_map(|listing| std::mem::take(&mut listing.groups)));
    // Side by side: each of them takes as long as a page.
    let counting = async { if outcome.is_ok() { parts::count(session, "count-after").await } else { None } };
    let (after, groups) = join2(counting, groups::ask_for(session, &groups)).await;
    let groups = groups?;
    let people = u64::try_from(ids.len()).unwrap_or(u64::MAX);
    let fits = |(before, after): (u64, u64)| (before.min(after)..=before.max(after)).contains(&people);
    if outcome.is_ok() && !before.zip(after).is_some_and(fits) {
        listings.iter().for_each(|listing| session.run.chain_reset(&listing.users));
        groups.forget(session);
        return Ok(None);
    }
    let all = session.end_mandatory(&[&names.users, &names.assignments], pages, outcome, &session.need_users())?;
    let parts = parts.clone();
    // Names of half a list would make uneven parts.
    let parts = if all { parts.renewed(&found, after.unwrap_or(people)) } else { parts };
    Ok(Some(People { groups, parts, all }))
}
