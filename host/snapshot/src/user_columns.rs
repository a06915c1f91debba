//! The columns of people: where each comes from and how it is kept.

use beacon_api::ColumnKind;

/// How a column of people can be sorted and filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Few values: a code for each person and a dictionary.
    Coded,
    /// Many values: the place of each person's value among all values.
    Ranked,
}

/// A column of people that is shown in lists. `id` is also its name in the file.
#[derive(Debug)]
pub(crate) struct UserColumn {
    pub(crate) id: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: ColumnKind,
    pub(crate) shown: bool,
    pub(crate) keep: Keep,
}

const fn text(id: &'static str, label: &'static str, shown: bool, keep: Keep) -> UserColumn {
    UserColumn { id, label, kind: ColumnKind::Text, shown, keep }
}

const fn other(id: &'static str, label: &'static str, kind: ColumnKind, shown: bool, keep: Keep) -> UserColumn {
    UserColumn { id, label, kind, shown, keep }
}

use ColumnKind::{Moment, Number, YesNo};
use Keep::{Coded, Ranked};

/// Columns from the table `users`, in the order in which the file keeps them, after the person's id.
pub(crate) const USER_COLUMNS: [UserColumn; 17] = [
    text("display_name", "Name", true, Ranked),
    text("user_principal_name", "User principal name", true, Ranked),
    text("mail", "Mail", false, Ranked),
    text("employee_id", "Employee ID", false, Ranked),
    other("account_enabled", "Account enabled", YesNo, true, Coded),
    text("user_type", "User type", true, Coded),
    text("department", "Department", true, Coded),
    text("job_title", "Job title", false, Coded),
    text("company_name", "Company", false, Coded),
    text("cost_center", "Cost center", false, Coded),
    text("division", "Division", false, Coded),
    text("office_location", "Office", false, Coded),
    text("country", "Country", false, Coded),
    text("usage_location", "Usage location", false, Coded),
    text("employee_type", "Employee type", false, Coded),
    other("on_premises_sync_enabled", "Synced from on-premises", YesNo, false, Coded),
    other("created_at", "Created", Moment, false, Ranked),
];

/// Columns that the file adds to those of the table.
pub(crate) const ADDED_COLUMNS: [UserColumn; 6] = [
    other("last_sign_in_at", "Last successful sign-in", Moment, true, Ranked),
    other("products", "Products", Number, true, Coded),
    other("used_7", "Applications used", Number, true, Coded),
    other("used_30", "Applications used", Number, true, Coded),
    other("used_90", "Applications used", Number, true, Coded),
    other("used_180", "Applications used", Number, true, Coded),
];

/// What the four columns of applications used are together, one for each rule.
pub(crate) const APPLICATIONS_USED: &str = "applications_used";

/// Further columns of the table `users`, shown about one person only: name and label.
pub(crate) const DETAIL_COLUMNS: [(&str, &str); 9] = [
    ("given_name", "Given name"),
    ("surname", "Surname"),
    ("creation_type", "Created by"),
    ("external_user_state", "Invitation"),
    ("manager_id", "Manager"),
    ("on_premises_sam_account_name", "On-premises account"),
    ("on_premises_domain_name", "On-premises domain"),
    ("alternate_addresses", "Other addresses"),
    ("extension_attributes", "Extension attributes"),
];

/// All columns of people in the file, after number and id.
pub(crate) fn file_columns() -> impl Iterator<Item = &'static UserColumn> {
    USER_COLUMNS.iter().chain(&ADDED_COLUMNS)
}

/// The column of the file behind a column of a view.
pub(crate) fn file_column(id: &str, days: u16) -> Option<&'static UserColumn> {
    let used = format!("used_{days}");
    let name = if id == APPLICATIONS_USED { used.as_str() } else { id };
    let hidden = id.starts_with("used_");
    file_columns().find(|column| column.id == name && !hidden)
}
