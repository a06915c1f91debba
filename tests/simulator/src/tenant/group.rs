//! Groups: three dozen that assign licences, and ordinary ones.

use crate::catalog::number;
use crate::dice::{Dice, Domain};
use crate::identifiers::GroupId;

/// A group of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Object id.
    pub id: GroupId,
    /// `displayName`; commas, umlauts and quotes occur.
    pub display_name: String,
    /// Numbers of the products in the catalogue that members get; empty for an ordinary group.
    pub(crate) products: Vec<u8>,
    /// Deleted: states still name it, the directory no longer knows it.
    pub deleted: bool,
    /// Membership by rule instead of by hand.
    pub dynamic: bool,
}

impl Group {
    /// Whether membership brings licences.
    #[must_use]
    pub fn assigns_licences(&self) -> bool {
        !self.products.is_empty()
    }
}

/// Products with the groups that assign them, in the order of the group list.
const LICENCE_GROUPS: [(u8, u8); 10] = [
    (number::M365_E5, 11),
    (number::M365_E3, 9),
    (number::OFFICE_E3, 5),
    (number::BUSINESS_PREMIUM, 2),
    (number::POWER_BI_PRO, 2),
    (number::PROJECT_PLAN_3, 1),
    (number::VISIO_PLAN_2, 1),
    (number::COPILOT, 2),
    (number::FABRIC_FREE, 2),
    (number::EXCHANGE_PLAN_1, 1),
];
const ORDINARY_GROUPS: u64 = 24;
/// One E5 group was deleted a moment ago: asking for it by id finds nothing.
const DELETED: usize = 10;

/// First group and number of groups that assign a product.
pub(crate) fn assigning(product: u8) -> Option<(u8, u8)> {
    let mut first = 0;
    for (candidate, count) in LICENCE_GROUPS {
        if candidate == product {
            return Some((first, count));
        }
        first += count;
    }
    None
}

pub(crate) fn generate(seed: u64) -> Vec<Group> {
    const PLACES: [&str; 12] = [
        "Berlin",
        "Zürich",
        "Wien",
        "London",
        "Paris, La Défense",
        "Kraków",
        "São Paulo",
        "東京",
        "New York",
        "Austin",
        "Göteborg",
        "Malmö",
    ];
    const ORDINARY: [&str; 8] = [
        "All Employees",
        "Finance",
        "Works council",
        "Project \"Phoenix\"",
        "Facility, Safety & Health",
        "IT Operations",
        "Sales DACH",
        "Führungskräfte",
    ];
    let mut groups = Vec::new();
    for (product, count) in LICENCE_GROUPS {
        for place in PLACES.iter().take(usize::from(count)) {
            let part_number = crate::catalog::product(product).part_number;
            groups.push((format!("LIC-{part_number}-{place}"), vec![product]));
        }
    }
    for number in 0..ORDINARY_GROUPS {
        let mut dice = Dice::new(seed, Domain::Group, 1_000 + number);
        groups.push((format!("{} {}", dice.pick(&ORDINARY), number + 1), Vec::new()));
    }
    let finish = |(position, (display_name, products)): (usize, (String, Vec<u8>))| {
        let mut dice = Dice::new(seed, Domain::Group, position as u64);
        let id = GroupId(dice.guid());
        Group { id, display_name, products, deleted: position == DELETED, dynamic: dice.percent(40) }
    };
    groups.into_iter().enumerate().map(finish).collect()
}
