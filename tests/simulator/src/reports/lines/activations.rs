//! `getOffice365ActivationsUserDetail`: on how many machines of which kind somebody has activated what.

use super::super::issue::Issue;
use super::super::row::RowWriter;
use crate::dice::{Dice, Domain};
use crate::tenant::{DaysAgo, ReportedPerson, Service};

/// A row about one product of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Activation {
    pub(in super::super) product_type: &'static str,
    pub(in super::super) last_activated: DaysAgo,
    pub(in super::super) windows: u64,
    pub(in super::super) mac: u64,
    pub(in super::super) windows_mobile: u64,
    pub(in super::super) ios: u64,
    pub(in super::super) android: u64,
    pub(in super::super) shared_computer: bool,
}

/// The products that somebody may activate, with what they did.
pub(in super::super) fn activations(issue: &Issue, person: &ReportedPerson) -> impl Iterator<Item = Activation> {
    const PRODUCTS: [(Service, &str); 3] = [
        (Service::Apps, "MICROSOFT 365 APPS FOR ENTERPRISE"),
        (Service::Project, "PROJECT ONLINE DESKTOP CLIENT"),
        (Service::Visio, "VISIO DESKTOP APP"),
    ];
    let services = person.services;
    let used = issue.people.tenant().program_use(person.position);
    let ever = used.iter().flatten().any(Option::is_some);
    let position = person.position;
    PRODUCTS.into_iter().filter(move |(service, _)| services.has(*service)).map(move |(service, product_type)| {
        let mut dice = Dice::new(service as u64, Domain::Usage, position);
        let mut machines = |most: u64| if ever { dice.below(most + 1) } else { 0 };
        let apps = service == Service::Apps;
        let (windows, mac) = (machines(2), machines(1));
        let (ios, android) = if apps { (machines(2), machines(1)) } else { (0, 0) };
        let any = windows + mac + ios + android > 0;
        Activation {
            product_type,
            last_activated: any.then(|| dice.below(900) as u16),
            windows,
            mac,
            windows_mobile: 0,
            ios,
            android,
            shared_computer: windows > 0 && dice.percent(5),
        }
    })
}

pub(super) fn write(issue: &Issue, person: &ReportedPerson, writer: &mut RowWriter) {
    let (name, display_name) = (issue.name(person), issue.display_name(person));
    let rows = if person.unnamed.is_some() { 1 } else { usize::MAX };
    for activation in activations(issue, person).take(rows) {
        writer.row(|row| {
            row.text(&name);
            row.text(&display_name);
            row.text(activation.product_type);
            row.date(activation.last_activated);
            for count in
                [activation.windows, activation.mac, activation.windows_mobile, activation.ios, activation.android]
            {
                row.number(count);
            }
            row.boolean(activation.shared_computer);
        });
    }
}
