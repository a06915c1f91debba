//! Switches: what administrators, time and Microsoft change about a tenant while programs use it.

use super::{Simulator, UnknownName};
use crate::latency::Latency;
use crate::reports::{ReportSettingsForm, ReportShape, ReportsState};
use crate::tenant::{Change, ImpossibleChange};
use std::sync::atomic::Ordering;

impl Simulator {
    /// Changes the directory; answers the position concerned.
    ///
    /// # Errors
    /// When it names somebody or something that does not exist.
    pub fn change(&self, change: Change) -> Result<u64, ImpossibleChange> {
        self.world.tenant.change(self.world.clock.now(), change)
    }

    /// Makes this many changes of every kind, drawn from a seed; the same seed makes the same changes of an equal
    /// directory. Each of them has an effect, although a later one may take it back. Answers what was changed.
    pub fn change_randomly(&self, seed: u64, count: usize) -> Vec<Change> {
        self.world.tenant.change_randomly(self.world.clock.now(), seed, count)
    }

    /// Whether the tenant owns Entra ID P1 or P2, without which there are no sign-in dates.
    pub fn set_premium(&self, premium: bool) {
        self.world.tenant.set_premium(premium);
    }

    /// Conceals names in reports. Concealed values stay the same within a simulation.
    pub fn set_concealed(&self, concealed: bool) {
        self.world.change_report_settings(|settings| settings.concealed = concealed);
    }

    /// Whether there are reports. Tenants outside the global cloud begin without.
    pub fn set_reports(&self, state: ReportsState) {
        self.world.change_report_settings(|settings| settings.state = state);
    }

    /// How report files differ from the documented form.
    pub fn set_report_shape(&self, shape: ReportShape) {
        self.world.change_report_settings(|settings| settings.shape = shape);
    }

    /// Form of the answer of `/admin/reportSettings`.
    pub fn set_report_settings_form(&self, form: ReportSettingsForm) {
        self.world.change_report_settings(|settings| settings.form = form);
    }

    /// Throttles as Microsoft's services do; switching it on starts with full quotas.
    pub fn set_quotas(&self, enabled: bool) {
        self.world.quotas.enable(enabled);
    }

    /// Resource units of directory requests since throttling was switched on, 0 without it.
    #[must_use]
    pub fn charged_units(&self) -> u64 {
        self.world.quotas.charged()
    }

    /// How long Graph and the report site take to answer.
    pub fn set_latency(&self, latency: Option<Latency>) {
        self.world.latency.set(latency);
    }

    /// Gives an account other directory roles ([`role`](crate::role)); tokens at hand feel it at once.
    ///
    /// # Errors
    /// When the account does not exist.
    pub fn set_roles(&self, account: &str, roles: &[&'static str]) -> Result<(), UnknownName> {
        let unknown = || UnknownName::Account(account.to_owned());
        self.world.entra().set_roles(account, roles.to_vec()).ok_or_else(unknown)
    }

    /// Requests to the report site that carried an `Authorization` header since the start.
    #[must_use]
    pub fn leaked_authorizations(&self) -> u64 {
        self.world.leaked_authorizations.load(Ordering::Relaxed)
    }
}
