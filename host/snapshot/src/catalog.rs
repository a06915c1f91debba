//! The small tables of a package while a snapshot is built: applications, products and their plans.

use crate::error::SnapshotError;
use crate::row_stream::RowStream;
use beacon_api::UseState;
use beacon_package::{PackageFolder, tells_of_use};
use std::collections::{BTreeMap, BTreeSet};

/// An application.
pub(crate) struct Application {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) plan_ids: BTreeSet<String>,
    pub(crate) measured: bool,
    /// Names in the reports that are concealed.
    pub(crate) concealed: u64,
    /// Names in the reports that nobody has.
    pub(crate) unmatched: u64,
    /// Oldest and newest day of its figures.
    pub(crate) figures: Option<(i32, i32)>,
}

impl Application {
    /// State of those whom no report lists by name.
    pub(crate) const fn unlisted(&self) -> UseState {
        match (self.measured, self.concealed) {
            (false, _) => UseState::NotMeasured,
            (true, 0) => UseState::NoData,
            (true, _) => UseState::NotAttributable,
        }
    }
}

/// A plan within a product.
pub(crate) struct Plan {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: Option<String>,
    /// Numbers of the applications that it stands for.
    pub(crate) applications: Vec<u16>,
}

/// A product.
#[derive(Default)]
pub(crate) struct Product {
    pub(crate) sku_id: String,
    pub(crate) part_number: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) applies_to: Option<String>,
    pub(crate) status: Option<String>,
    /// Enabled, warning, suspended, locked out.
    pub(crate) units: [i64; 4],
    pub(crate) consumed: Option<i64>,
    pub(crate) plans: Vec<Plan>,
    /// People who hold it.
    pub(crate) people: u64,
    /// How many of its people were noted as odd.
    pub(crate) odd: usize,
}

/// All of them, numbered.
#[derive(Default)]
pub(crate) struct Catalog {
    pub(crate) applications: Vec<Application>,
    by_application: BTreeMap<String, u16>,
    pub(crate) products: Vec<Product>,
    by_sku: BTreeMap<String, u16>,
}

impl Catalog {
    pub(crate) fn read(package: &PackageFolder) -> Result<Self, SnapshotError> {
        let mut catalog = Self::default();
        let columns = ["application_id", "application_name", "plan_ids", "measured_by"];
        let mut rows = RowStream::open(package, "applications", &columns)?;
        while rows.advance()? {
            let Some(number) = catalog.application(rows.text(0).unwrap_or_default()) else { continue };
            if let Some(application) = catalog.applications.get_mut(usize::from(number)) {
                application.name = rows.owned(1).unwrap_or_else(|| application.id.clone());
                application.plan_ids = rows.list(2).into_iter().collect();
                application.measured = rows.list(3).iter().any(|report| tells_of_use(report));
            }
        }
        catalog.read_products(package)?;
        Ok(catalog)
    }

    fn read_products(&mut self, package: &PackageFolder) -> Result<(), SnapshotError> {
        let columns = [
            "sku_id",
            "sku_part_number",
            "product_name",
            "applies_to",
            "capability_status",
            "enabled_units",
            "warning_units",
            "suspended_units",
            "locked_out_units",
            "consumed_units",
        ];
        let mut rows = RowStream::open(package, "products", &columns)?;
        while rows.advance()? {
            let Some(product) = self.product(rows.text(0).unwrap_or_default()) else { continue };
            product.1.part_number = rows.owned(1);
            product.1.name = rows.owned(2);
            product.1.applies_to = rows.owned(3);
            product.1.status = rows.owned(4);
            product.1.units = [5, 6, 7, 8].map(|column| rows.integer(column).unwrap_or(0));
            product.1.consumed = rows.integer(9);
        }
        let columns = ["sku_id", "plan_id", "plan_name", "plan_code", "provisioning_status", "application_id"];
        let mut rows = RowStream::open(package, "product_plans", &columns)?;
        while rows.advance()? {
            let id = rows.owned(1).unwrap_or_default();
            let main = rows.text(5).and_then(|id| self.by_application.get(id).copied());
            let others = (0..).zip(&self.applications).filter(|(_, other)| other.plan_ids.contains(&id));
            let others = others.map(|(number, _)| number).filter(|number| Some(*number) != main);
            let applications = main.into_iter().chain(others).collect();
            let name = rows.owned(2).or_else(|| rows.owned(3)).unwrap_or_else(|| id.clone());
            let status = rows.owned(4);
            if let Some((_, product)) = self.product(rows.text(0).unwrap_or_default()) {
                product.plans.push(Plan { id, name, status, applications });
            }
        }
        Ok(())
    }

    /// The number of an application, which is new if it is in no table: reports may tell of one. `None` if there are
    /// more than a package can have.
    pub(crate) fn application(&mut self, id: &str) -> Option<u16> {
        if let Some(number) = self.by_application.get(id) {
            return Some(*number);
        }
        let number = numbered(self.applications.len())?;
        self.by_application.insert(id.to_owned(), number);
        self.applications.push(Application {
            id: id.to_owned(),
            name: id.to_owned(),
            plan_ids: BTreeSet::new(),
            measured: false,
            concealed: 0,
            unmatched: 0,
            figures: None,
        });
        Some(number)
    }

    /// The product of an id, which is new if only assignments name it.
    pub(crate) fn product(&mut self, sku_id: &str) -> Option<(u16, &mut Product)> {
        let number = match self.by_sku.get(sku_id) {
            Some(number) => *number,
            None => {
                let number = numbered(self.products.len())?;
                self.by_sku.insert(sku_id.to_owned(), number);
                self.products.push(Product { sku_id: sku_id.to_owned(), ..Product::default() });
                number
            }
        };
        self.products.get_mut(usize::from(number)).map(|product| (number, product))
    }
}

impl Product {
    /// What people call it.
    pub(crate) fn shown_name(&self) -> &str {
        self.name.as_ref().or(self.part_number.as_ref()).unwrap_or(&self.sku_id)
    }

    /// Applications of all plans that are not off.
    pub(crate) fn applications_without(&self, off: &BTreeSet<String>) -> BTreeSet<u16> {
        let on = self.plans.iter().filter(|plan| !off.contains(&plan.id));
        on.flat_map(|plan| plan.applications.iter().copied()).collect()
    }
}

/// The next number, while there are any: tenants have some dozens of each, and numbers of a package are not trusted.
fn numbered(count: usize) -> Option<u16> {
    u16::try_from(count).ok().filter(|number| *number < u16::MAX)
}
