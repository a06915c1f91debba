//! What is different between two moments of one directory, told as the dataset tells changes: table, key, kind and
//! names of columns. Made from the generator's records; no row of a package and no code of the product is involved.

use super::{AssignmentFact, AssignmentSource, GroundTruth, assignments_of};
use crate::identifiers::SkuId;
use crate::tenant::{SubscribedSku, UserRecord};
use std::collections::{BTreeMap, BTreeSet};

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// It was not there.
    Added,
    /// It holds other values.
    Changed,
    /// It is gone.
    Removed,
}

impl DifferenceKind {
    /// The word in the column `change`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// One row of `changes`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Table of the dataset.
    pub table: &'static str,
    /// The parts of the row's key, joined with `;`.
    pub key: String,
    /// What happened.
    pub kind: DifferenceKind,
    /// Columns with another value; empty unless the row was changed.
    pub columns: BTreeSet<&'static str>,
}

impl GroundTruth {
    /// What a list of changes since an earlier truth ([`GroundTruth::kept`]) has to tell, in the order of table and
    /// key: people, assignments, groups that assign something, and the seats of products. Nothing else of the
    /// directory follows from a [`Change`](crate::Change); reports follow two days later.
    #[must_use]
    pub fn changes_since(&self, earlier: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        let end = [earlier, self].into_iter().map(|truth| truth.tenant.places()).max().unwrap_or_default();
        for position in 0..end {
            let [before, after] =
                [earlier, self].map(|truth| truth.tenant.has(position).then(|| truth.tenant.user(position)));
            let id = self.tenant.user_id(position).to_string();
            found.extend(difference("users", id, before.as_ref(), after.as_ref(), user_columns));
            let [before, after] = [before, after].map(|user| user.map(|user| assignments(&user)).unwrap_or_default());
            found.extend(keyed_differences("assignments", &before, &after, assignment_columns));
        }
        let [before, after] = [earlier, self].map(groups);
        found.extend(keyed_differences("groups", &before, &after, |before, after| {
            (before != after).then_some("display_name").into_iter().collect()
        }));
        let [before, after] = [earlier, self].map(products);
        found.extend(keyed_differences("products", &before, &after, product_columns));
        found.sort_unstable();
        found
    }
}

fn difference<T>(
    table: &'static str,
    key: String,
    before: Option<&T>,
    after: Option<&T>,
    compare: impl Fn(&T, &T) -> BTreeSet<&'static str>,
) -> Option<Difference> {
    let (kind, columns) = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => (DifferenceKind::Added, BTreeSet::new()),
        (Some(_), None) => (DifferenceKind::Removed, BTreeSet::new()),
        (Some(before), Some(after)) => (DifferenceKind::Changed, compare(before, after)),
    };
    (kind != DifferenceKind::Changed || !columns.is_empty()).then_some(Difference { table, key, kind, columns })
}

fn keyed_differences<T>(
    table: &'static str,
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
    compare: impl Fn(&T, &T) -> BTreeSet<&'static str>,
) -> Vec<Difference> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let each = |key: &String| difference(table, key.clone(), before.get(key), after.get(key), &compare);
    keys.into_iter().filter_map(each).collect()
}

/// Names of the fields in which two records differ; the fields are called as the columns are.
macro_rules! differing {
    ($before:expr, $after:expr; $($field:ident),+ $(,)?) => {{
        let mut columns: BTreeSet<&'static str> = BTreeSet::new();
        $(if $before.$field != $after.$field { columns.insert(stringify!($field)); })+
        columns
    }};
}

fn user_columns(before: &UserRecord, after: &UserRecord) -> BTreeSet<&'static str> {
    let mut columns = differing!(
        before, after;
        user_principal_name, display_name, given_name, surname, mail, account_enabled, user_type, creation_type,
        external_user_state, created_at, department, company_name, cost_center, division, manager_id, job_title,
        office_location, country, usage_location, employee_id, employee_type, extension_attributes,
    );
    if addresses(before) != addresses(after) {
        columns.insert("alternate_addresses");
    }
    let [before, after] = [before, after].map(|user| user.on_premises.as_ref());
    for (column, differs) in [
        ("on_premises_sync_enabled", before.is_some() != after.is_some()),
        ("on_premises_sam_account_name", before.map(|it| &it.sam_account_name) != after.map(|it| &it.sam_account_name)),
        ("on_premises_domain_name", before.map(|it| it.domain_name) != after.map(|it| it.domain_name)),
    ] {
        if differs {
            columns.insert(column);
        }
    }
    columns
}

/// Mail addresses of a person, compared without order and case.
fn addresses(user: &UserRecord) -> BTreeSet<String> {
    let proxies = user.proxy_addresses.iter().map(|address| address.to_lowercase());
    let mail = proxies.filter_map(|address| address.strip_prefix("smtp:").map(str::to_owned));
    mail.chain(user.other_mails.iter().map(|address| address.to_lowercase())).collect()
}

fn assignments(user: &UserRecord) -> BTreeMap<String, AssignmentFact> {
    let keyed = |fact: AssignmentFact| {
        let source = match fact.source {
            AssignmentSource::Direct => "direct".to_owned(),
            AssignmentSource::Group(id) => id.to_string(),
            AssignmentSource::Unknown => "unknown".to_owned(),
        };
        (format!("{};{};{source}", fact.user_id, fact.sku_id), fact)
    };
    assignments_of(user).into_iter().map(keyed).collect()
}

fn assignment_columns(before: &AssignmentFact, after: &AssignmentFact) -> BTreeSet<&'static str> {
    let mut columns = differing!(before, after; counts_seat, state, error, last_updated_at);
    let [before, after] = [before, after].map(|fact| fact.disabled_plans.iter().collect::<BTreeSet<_>>());
    if before != after {
        columns.insert("disabled_plans");
    }
    columns
}

/// Names of the groups that assign something to somebody and that the directory still knows.
fn groups(truth: &GroundTruth) -> BTreeMap<String, String> {
    truth.assigning_groups().into_iter().filter_map(|(id, name)| Some((id.to_string(), name?))).collect()
}

fn products(truth: &GroundTruth) -> BTreeMap<String, SubscribedSku> {
    let holders = holders(truth);
    let counted = |sku: SubscribedSku| {
        // Counted person by person, so that the running total of the tenant is checked and not believed.
        let consumed_units = holders.get(&sku.product.id).copied().unwrap_or_default();
        (sku.product.id.to_string(), SubscribedSku { consumed_units, ..sku })
    };
    truth.products().into_iter().map(counted).collect()
}

fn holders(truth: &GroundTruth) -> BTreeMap<SkuId, u64> {
    let mut holders = BTreeMap::new();
    for license in truth.users().flat_map(|user| user.assigned_licenses) {
        *holders.entry(license.sku_id).or_default() += 1;
    }
    holders
}

fn product_columns(before: &SubscribedSku, after: &SubscribedSku) -> BTreeSet<&'static str> {
    let mut columns = differing!(before, after; capability_status, consumed_units, subscription_ids);
    let [before, after] = [before, after].map(|sku| sku.prepaid_units);
    for (column, differs) in [
        ("enabled_units", before.enabled != after.enabled),
        ("warning_units", before.warning != after.warning),
        ("suspended_units", before.suspended != after.suspended),
        ("locked_out_units", before.locked_out != after.locked_out),
    ] {
        if differs {
            columns.insert(column);
        }
    }
    columns
}
