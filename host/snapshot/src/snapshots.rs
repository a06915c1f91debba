//! The current snapshots, and what is asked of them.

use crate::applications_view::{self, applications, by_state};
use crate::error::SnapshotError;
use crate::export::{ExportFormat, export};
use crate::file::SnapshotFile;
use crate::licences_view::{self, licences};
use crate::question::{Question, checked_days};
use crate::row_ref::Found;
use crate::tenant::Tenant;
use crate::usage_view::UsageFound;
use crate::use_code::name_of;
use crate::users_view::UsersFound;
use beacon_api::{
    DataNotice, Overview, PersonPane, ProductDifference, ProductPane, RowQuery, Rows, Totals, UseState, View,
};
use std::cmp::Reverse;
use std::io::Write;
use std::path::PathBuf;

/// Applications and products in the overview.
const MOST_IN_OVERVIEW: usize = 12;

/// The snapshot of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotSource {
    /// Id of the connection.
    pub connection: String,
    /// Its name now.
    pub connection_name: String,
    /// The file that [`crate::Snapshot::build`] wrote.
    pub file: PathBuf,
    /// When the run behind it ended, RFC 3339.
    pub finished_at: String,
}

/// The current snapshots of all connections. Each question opens the files anew, so that it may be asked from any
/// thread and a newer file is seen at once.
#[derive(Clone, Debug, Default)]
pub struct Snapshots {
    sources: Vec<SnapshotSource>,
}

impl Snapshots {
    /// In the order of the names of their connections.
    #[must_use]
    pub fn new(mut sources: Vec<SnapshotSource>) -> Self {
        sources.sort_by(|one, other| {
            (&one.connection_name, &one.connection).cmp(&(&other.connection_name, &other.connection))
        });
        Self { sources }
    }

    /// The snapshots.
    #[must_use]
    pub fn sources(&self) -> &[SnapshotSource] {
        &self.sources
    }

    fn chosen(&self, connection: Option<&str>) -> Result<Vec<&SnapshotSource>, SnapshotError> {
        let Some(id) = connection.filter(|id| !id.is_empty()) else { return Ok(self.sources.iter().collect()) };
        let chosen: Vec<_> = self.sources.iter().filter(|source| source.connection == id).collect();
        if chosen.is_empty() { Err(SnapshotError::UnknownConnection(id.to_owned())) } else { Ok(chosen) }
    }

    fn open(&self, connection: Option<&str>) -> Result<Vec<Tenant>, SnapshotError> {
        let open = |source: &SnapshotSource| {
            let (connection, name) = (source.connection.clone(), source.connection_name.clone());
            Ok(Tenant { connection, name, file: SnapshotFile::open(&source.file)? })
        };
        self.chosen(connection)?.into_iter().map(open).collect()
    }

    fn one(&self, connection: &str) -> Result<Tenant, SnapshotError> {
        let unknown = || SnapshotError::UnknownConnection(connection.to_owned());
        if connection.is_empty() {
            return Err(unknown());
        }
        self.open(Some(connection))?.into_iter().next().ok_or_else(unknown)
    }

    /// A part of a view.
    ///
    /// # Errors
    /// Those with a [`SnapshotError::field`] for a question that makes no sense; [`SnapshotError::Missing`],
    /// [`SnapshotError::Damaged`].
    pub fn rows(&self, view: View, query: &RowQuery) -> Result<Rows, SnapshotError> {
        let question = Question::new(view, query)?;
        let tenants = self.open(query.connection.as_deref())?;
        let found = found(&tenants, &question)?;
        let refs = found.refs(question.offset, question.limit)?;
        Ok(Rows {
            columns: found.columns()?,
            rows: found.values(&refs)?,
            total: found.total(),
            notices: notices(&tenants),
        })
    }

    /// The figures in front of everything else.
    ///
    /// # Errors
    /// [`SnapshotError::UnknownConnection`], [`SnapshotError::Missing`], [`SnapshotError::Damaged`].
    pub fn overview(&self, connection: Option<&str>) -> Result<Overview, SnapshotError> {
        let tenants = self.open(connection)?;
        let (_, rule) = checked_days(None)?;
        let mut totals = Totals::default();
        for Totals { users, enabled_users, licensed_users, seats, assigned, .. } in
            tenants.iter().map(|tenant| tenant.file.facts.totals)
        {
            totals.users += users;
            totals.enabled_users += enabled_users;
            totals.licensed_users += licensed_users;
            totals.seats = totals.seats.saturating_add(seats);
            totals.assigned = totals.assigned.saturating_add(assigned);
        }
        let sums = applications_view::sums(&tenants, rule)?;
        totals.applications = sums.len() as u64;
        let mut uses: Vec<_> = sums.into_iter().map(|(id, sum)| by_state(id, sum.name, &sum.states)).collect();
        uses.retain(|one| !one.people.is_empty());
        let used = |state: &UseState| name_of(*state).starts_with("used");
        uses.sort_by_cached_key(|one| {
            let users: u64 = one.people.iter().filter(|(state, _)| used(state)).map(|(_, people)| people).sum();
            let people: u64 = one.people.iter().map(|(_, people)| people).sum();
            (Reverse(users), Reverse(people), one.application_name.clone())
        });
        uses.truncate(MOST_IN_OVERVIEW);
        let sums = licences_view::sums(&tenants)?.into_values().map(|sum| sum.product);
        let mut products: Vec<_> = sums.filter(|product| product.applies_to.as_deref() != Some("Company")).collect();
        totals.products = products.len() as u64;
        products.sort_by_cached_key(|product| (Reverse(product.seats.consumed), product.name.clone()));
        products.truncate(MOST_IN_OVERVIEW);
        let sources = self.chosen(connection)?;
        Ok(Overview {
            totals,
            connections: tenants.len() as u64,
            oldest_import_at: sources.iter().map(|source| source.finished_at.clone()).min(),
            uses,
            products: products.into_iter().map(|product| (product.sku_id, product.name, product.seats)).collect(),
            notices: notices(&tenants),
        })
    }

    /// Everything about one person, for a rule of so many days (90 if `None`).
    ///
    /// # Errors
    /// [`SnapshotError::UnknownPerson`], and those of [`Self::rows`].
    pub fn person(&self, connection: &str, user_id: &str, days: Option<u16>) -> Result<PersonPane, SnapshotError> {
        let (_, rule) = checked_days(days)?;
        self.one(connection)?.person(user_id, rule)
    }

    /// Everything about one product, for a rule of so many days (90 if `None`).
    ///
    /// # Errors
    /// [`SnapshotError::UnknownProduct`], and those of [`Self::rows`].
    pub fn product(&self, connection: &str, sku_id: &str, days: Option<u16>) -> Result<ProductPane, SnapshotError> {
        let (_, rule) = checked_days(days)?;
        self.one(connection)?.product(sku_id, rule)
    }

    /// For each product with seats for people what the admin centre counts and what is counted here.
    ///
    /// # Errors
    /// [`SnapshotError::UnknownConnection`], [`SnapshotError::Missing`], [`SnapshotError::Damaged`].
    pub fn product_differences(&self, connection: &str) -> Result<Vec<ProductDifference>, SnapshotError> {
        let tenant = self.one(connection)?;
        let mut differences = Vec::new();
        for product in tenant.products()? {
            let Some(admin_center) = product.consumed else { continue };
            if product.applies_to.as_deref() == Some("Company") {
                continue;
            }
            let here = i64::try_from(product.people).unwrap_or(i64::MAX);
            let people = if here == admin_center { Vec::new() } else { tenant.odd_holders(product.number)? };
            let (sku_id, product_name) = (product.sku_id, product.name);
            differences.push(ProductDifference { sku_id, product_name, admin_center, here, people });
        }
        Ok(differences)
    }

    /// Writes all rows that a question finds, whatever its offset and limit, and says how many. Memory does not grow
    /// with the rows. The columns are connection id, key, and those of [`Self::rows`].
    ///
    /// # Errors
    /// Those of [`Self::rows`], and [`SnapshotError::Export`] if the writer fails.
    pub fn export(
        &self,
        view: View,
        query: &RowQuery,
        format: ExportFormat,
        writer: impl Write + Send,
    ) -> Result<u64, SnapshotError> {
        let question = Question::new(view, query)?;
        let tenants = self.open(query.connection.as_deref())?;
        let found = found(&tenants, &question)?;
        export(found.as_ref(), format, writer)
    }
}

fn found<'t>(tenants: &'t [Tenant], question: &Question) -> Result<Box<dyn Found + 't>, SnapshotError> {
    Ok(match question.view {
        View::Users => Box::new(UsersFound::new(tenants, question)?),
        View::Usage => Box::new(UsageFound::new(tenants, question)?),
        View::Applications => Box::new(applications(tenants, question)?),
        View::Licences => Box::new(licences(tenants, question)?),
    })
}

/// Of all connections, with the names that they have now.
fn notices(tenants: &[Tenant]) -> Vec<DataNotice> {
    let own = |tenant: &Tenant| {
        let named = |notice: &DataNotice| DataNotice { connection_name: tenant.name.clone(), ..notice.clone() };
        tenant.file.facts.notices.iter().map(named).collect::<Vec<_>>()
    };
    tenants.iter().flat_map(own).collect()
}

impl Tenant {
    /// The people behind a difference.
    fn odd_holders(&self, product: i64) -> Result<Vec<String>, SnapshotError> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement =
                self.file.connection.prepare_cached("SELECT who FROM odd_holders WHERE product = ?1 ORDER BY rowid")?;
            statement.query_map([product], |row| row.get(0))?.collect()
        };
        self.file.damaged(read())
    }
}
