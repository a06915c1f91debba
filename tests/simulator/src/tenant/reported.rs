//! People as the usage reports know them: the directory of two days ago, with names that do not always match today's,
//! and with some who are gone.

use super::activity::LONGEST;
use super::changes::Changes;
use super::person::Kind;
use super::services::{self, Service, Services};
use super::{DaysAgo, Tenant};
use crate::dice::{Dice, Domain};
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::sync::Arc;

/// Positions from here on belong to people who were deleted before the simulation began.
const DEPARTED_FROM: u64 = 4_000_000_000;

/// A row without a usable name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unnamed {
    Empty,
    Unknown,
}

/// A person of the reports.
#[derive(Clone, Debug)]
pub(crate) struct ReportedPerson {
    pub(crate) position: u64,
    /// The principal name as reports write it (before any concealment).
    pub(crate) name: String,
    pub(crate) services: Services,
    pub(crate) is_shared_mailbox: bool,
    /// Days between deletion and refresh date.
    pub(crate) deleted: DaysAgo,
    /// Set on a row that belongs to nobody in particular.
    pub(crate) unnamed: Option<Unnamed>,
}

/// The population of all reports of one refresh date.
#[derive(Clone, Debug)]
pub(crate) struct Reported {
    tenant: Arc<Tenant>,
    changes: Changes,
    refreshed_on: Date,
}

impl Reported {
    pub(crate) fn new(tenant: Arc<Tenant>, refreshed_on: Date) -> Self {
        let end = refreshed_on.checked_add(1.day()).unwrap_or(refreshed_on).to_zoned(TimeZone::UTC);
        let changes = end.map_or_else(|_| Changes::default(), |end| tenant.changes_until(end.timestamp()));
        Self { tenant, changes, refreshed_on }
    }

    /// The same people, seen in the directory of a moment.
    pub(crate) fn in_tenant(&self, tenant: Arc<Tenant>) -> Self {
        Self { tenant, ..self.clone() }
    }

    pub(crate) fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    pub(crate) fn refreshed_on(&self) -> Date {
        self.refreshed_on
    }

    fn in_directory(&self) -> u64 {
        self.tenant.generated_count() + self.changes.created()
    }

    fn departed(&self) -> u64 {
        3 + self.tenant.generated_count() / 40
    }

    /// Number of places; each holds one person and perhaps an unnamed row.
    pub(crate) fn places(&self) -> u64 {
        self.in_directory() + self.departed()
    }

    /// The person at a place.
    pub(crate) fn person(&self, place: u64) -> ReportedPerson {
        match place.checked_sub(self.in_directory()) {
            None => self.member(place),
            Some(number) => self.departed_member(DEPARTED_FROM + number),
        }
    }

    fn member(&self, position: u64) -> ReportedPerson {
        let kind = self.tenant.kind(position);
        ReportedPerson {
            position,
            name: self.reported_name(position, kind),
            services: services::of_sources(&self.tenant.sources_with(&self.changes, position)),
            is_shared_mailbox: kind == Kind::SharedMailbox,
            deleted: self.changes.deleted_at(position).map(|at| {
                let on = at.to_zoned(TimeZone::UTC).date();
                let days = self.refreshed_on.since(on).map_or(0, |span| span.get_days());
                u16::try_from(days).unwrap_or_default().min(LONGEST)
            }),
            unnamed: None,
        }
    }

    fn departed_member(&self, position: u64) -> ReportedPerson {
        let (name, sources) = self.tenant.departed_member(position);
        let days = 1 + Dice::new(self.tenant.seed, Domain::Usage, position ^ (1 << 62)).below(170);
        ReportedPerson {
            position,
            name,
            services: services::of_sources(&sources),
            is_shared_mailbox: false,
            deleted: Some(days as u16),
            unnamed: None,
        }
    }

    /// Some names are written in capitals, and some are older than the directory's: today they are proxy addresses.
    fn reported_name(&self, position: u64, kind: Kind) -> String {
        let renamed = self.changes.name_of(position);
        let name = renamed.map_or_else(|| self.tenant.generated_name(position), str::to_owned);
        let has_alias = !matches!(kind, Kind::Guest | Kind::Service) && renamed.is_none();
        if has_alias && position % 23 == 9 {
            let local = name.split('@').next().unwrap_or_default();
            return format!("{}@{}", local.to_lowercase(), self.tenant.initial_domain);
        }
        if position % 13 == 4 { name.to_uppercase() } else { name }
    }

    /// A row that follows the person at a place and names nobody.
    pub(crate) fn unnamed_after(&self, place: u64) -> Option<ReportedPerson> {
        let unnamed = match place {
            _ if place >= self.in_directory() => return None,
            _ if place % 199 == 7 => Unnamed::Empty,
            _ if place % 283 == 11 => Unnamed::Unknown,
            _ => return None,
        };
        Some(ReportedPerson {
            name: String::new(),
            services: Services::EVERYTHING,
            unnamed: Some(unnamed),
            ..self.member(place)
        })
    }

    /// `displayName` of a person.
    pub(crate) fn display_name(&self, person: &ReportedPerson) -> String {
        self.tenant.generated_user(person.position).display_name
    }

    /// Products that a person holds, as numbers of the catalogue.
    pub(crate) fn products(&self, person: &ReportedPerson) -> Vec<u8> {
        let sources = match person.position {
            DEPARTED_FROM.. => self.tenant.departed_member(person.position).1,
            position => self.tenant.sources_with(&self.changes, position),
        };
        services::products_of(&sources)
    }
}

impl ReportedPerson {
    pub(crate) fn has(&self, service: Service) -> bool {
        self.services.has(service)
    }
}
