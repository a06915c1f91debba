//! Data: users, applications, licences, usage, of one connection or of all.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A table of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// People.
    Users,
    /// Applications with how many people use them.
    Applications,
    /// Products with their seats.
    Licences,
    /// Person × application.
    Usage,
}

impl View {
    /// All views, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Users, Self::Applications, Self::Licences, Self::Usage];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Applications => "applications",
            Self::Licences => "licences",
            Self::Usage => "usage",
        }
    }
}

/// Query of a view. Every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default)]
pub struct RowQuery {
    /// Only of this connection; of all if missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Text that has to occur in a searchable column, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Id of the column to sort by; the order of keys if missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Whether the largest comes first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// Filters, `column:value`, several joined by `|`; a value is compared as a whole, an empty one finds empty cells.
    /// Several values of one column widen, several columns narrow. Within a value `\|` stands for `|` and `\\` for `\`.
    /// Users and usage also take `product:` with the id of a product that people hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// First row, from 0.
    #[serde(skip_serializing_if = "is_zero")]
    pub offset: u64,
    /// How many rows, at most 500; 100 if missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Rule for use within so many days: 7, 30, 90 or 180; 90 if missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u16>,
}

const fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// How a column is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// Yes, no or unknown.
    YesNo,
    /// A point in time, RFC 3339.
    Moment,
    /// A day, `2027-05-31`.
    Day,
    /// A [`UseState`].
    Use,
}

/// A column of a view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Its id.
    pub id: String,
    /// What stands above it.
    pub label: String,
    /// How it is shown.
    pub kind: ColumnKind,
    /// Whether it is shown at first.
    pub shown: bool,
    /// The values that occur, most frequent first, if there are few enough to choose from.
    pub choices: Vec<String>,
    /// Whether the rows can be sorted by it quickly.
    pub sortable: bool,
}

/// A part of a view.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rows {
    /// The columns.
    pub columns: Vec<Column>,
    /// Rows from `offset`; each begins with connection id and key, and goes on with the columns. The connection id is
    /// empty for a row that is the sum over several connections. The key of a usage row is `user_id/application_id`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Vec<Object>>))]
    pub rows: Vec<Vec<Value>>,
    /// Rows that the query finds.
    pub total: u64,
    /// What a reader must know about these figures.
    pub notices: Vec<DataNotice>,
}

/// Something that must be known about the figures, such as concealed names or an old report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataNotice {
    /// Stable code: `usage.concealed`, `table.skipped`, `table.partial`, `report.date`.
    pub code: String,
    /// Name of the connection it is about.
    pub connection_name: String,
    /// One sentence.
    pub title: String,
    /// The next step; empty if there is none.
    pub advice: String,
    /// Whether figures are missing or doubtful; else it is for information.
    pub warning: bool,
}

/// The five states of use, and why some cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UseState {
    /// Within the days of the rule.
    UsedWithin,
    /// Before.
    UsedBefore,
    /// Used, but whether within the days cannot be told.
    UsedUnclear,
    /// Covered by a report that shows no use over its longest period.
    NeverUsed,
    /// Not in the report.
    NoData,
    /// Names are concealed.
    NotAttributable,
    /// No report exists.
    NotMeasured,
}

/// Seats of a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seats {
    /// Bought and running.
    pub enabled: i64,
    /// In the grace period.
    pub warning: i64,
    /// Suspended.
    pub suspended: i64,
    /// Locked out.
    pub locked_out: i64,
    /// Assigned, as the admin centre counts.
    pub consumed: i64,
}

/// A product of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holding {
    /// Id of the product.
    pub sku_id: String,
    /// Its name.
    pub product_name: String,
    /// Where it comes from: `direct`, names of groups, `unknown`.
    pub sources: Vec<String>,
    /// Whether it takes a seat.
    pub counts_seat: bool,
    /// Why an assignment is in error.
    pub error: Option<String>,
}

/// What a person does with an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonUse {
    /// Id of the application.
    pub application_id: String,
    /// Its name.
    pub application_name: String,
    /// State for the days of the rule.
    pub state: UseState,
    /// Day of the last activity, if it is known.
    pub last_activity_on: Option<String>,
    /// Day of the figures.
    pub refreshed_on: Option<String>,
}

/// Everything about one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonPane {
    /// Id.
    pub user_id: String,
    /// Name.
    pub display_name: Option<String>,
    /// Name and value of every other column that is not empty.
    pub facts: Vec<(String, String)>,
    /// Products.
    pub licences: Vec<Holding>,
    /// Applications.
    pub uses: Vec<PersonUse>,
    /// Last successful sign-in, RFC 3339, if sign-ins were imported.
    pub last_sign_in_at: Option<String>,
}

/// A service plan within a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanFacts {
    /// Its name.
    pub plan_name: String,
    /// What it is provisioned for.
    pub status: Option<String>,
    /// Application it belongs to.
    pub application_name: Option<String>,
}

/// Everything about one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProductPane {
    /// Id.
    pub sku_id: String,
    /// Name.
    pub product_name: String,
    /// Microsoft's short name, such as `ENTERPRISEPACK`.
    pub part_number: Option<String>,
    /// Seats.
    pub seats: Seats,
    /// People who hold it here.
    pub people: u64,
    /// Plans.
    pub plans: Vec<PlanFacts>,
    /// Name, status, seats and next date of each subscription: sentences.
    pub subscriptions: Vec<String>,
    /// Applications of its plans, with the people who hold the product and use them.
    pub uses: Vec<ApplicationUse>,
}

/// People of an application by state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationUse {
    /// Id of the application.
    pub application_id: String,
    /// Its name.
    pub application_name: String,
    /// State and number of people; states without people are left out.
    pub people: Vec<(UseState, u64)>,
}

/// Counts of a connection's data, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    /// People.
    pub users: u64,
    /// People who are enabled.
    pub enabled_users: u64,
    /// People who hold a product.
    pub licensed_users: u64,
    /// Products with seats for people.
    pub products: u64,
    /// Seats that exist (enabled and warning), without free and viral products.
    pub seats: i64,
    /// Seats that are assigned.
    pub assigned: i64,
    /// Applications.
    pub applications: u64,
}

/// The figures in front of everything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Counts.
    pub totals: Totals,
    /// Connections whose data is in here.
    pub connections: u64,
    /// When the oldest of the packages was finished, RFC 3339.
    pub oldest_import_at: Option<String>,
    /// Applications with the most people, by state.
    pub uses: Vec<ApplicationUse>,
    /// Products with the most assigned seats: id, name, seats.
    pub products: Vec<(String, String, Seats)>,
    /// What a reader must know.
    pub notices: Vec<DataNotice>,
}
