//! Switches of the reports: what an administrator, a cloud or a later version of Microsoft's service may change.

use serde::{Deserialize, Serialize};

/// Whether there are reports at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportsState {
    /// Reports of two days ago.
    #[default]
    Normal,
    /// A fresh tenant: reports are a header line and nothing else.
    Empty,
    /// Sovereign clouds: the functions do not exist.
    Absent,
}

/// Form of the answer of `/admin/reportSettings`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportSettingsForm {
    /// The object inside `value`, as documented.
    #[default]
    Wrapped,
    /// The object itself, as others have read it.
    Plain,
}

/// How files differ from the documented form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportShape {
    /// A column nobody knows stands second.
    pub unknown_column: bool,
    /// Columns left out, by name without regard to case.
    pub without: Vec<String>,
    /// Dates as `2021-10-25T00:00:00Z`.
    pub iso_dates: bool,
    /// No byte order mark.
    pub without_bom: bool,
    /// `true`, `false`, `yes` and `no`.
    pub lower_case_booleans: bool,
}

/// All switches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReportSettings {
    /// Names are concealed.
    pub(crate) concealed: bool,
    pub(crate) state: ReportsState,
    pub(crate) shape: ReportShape,
    pub(crate) form: ReportSettingsForm,
}
