//! `getOffice365ActiveUserDetail`: licences and last use of each service, whenever that was.

use super::super::issue::Issue;
use super::super::row::RowWriter;
use super::{assigned_products, deletion};
use crate::tenant::{ReportedPerson, Service};

const SERVICES: [Service; 6] =
    [Service::Exchange, Service::OneDrive, Service::SharePoint, Service::Skype, Service::Yammer, Service::Teams];

pub(super) fn write(issue: &Issue, person: &ReportedPerson, writer: &mut RowWriter) {
    let activity = issue.activity(person);
    writer.row(|row| {
        row.text(&issue.name(person));
        row.text(&issue.display_name(person));
        deletion(person, row);
        for service in SERVICES {
            row.boolean(person.has(service));
        }
        for service in SERVICES {
            let days = match service {
                Service::Exchange => activity.exchange,
                Service::OneDrive => activity.one_drive,
                Service::SharePoint => activity.share_point,
                Service::Yammer => activity.yammer,
                Service::Teams => activity.teams,
                // Retired: the column is there, and empty.
                _ => None,
            };
            row.date(days.filter(|_| person.has(service)));
        }
        for (service, offset) in SERVICES.into_iter().zip(0_u64..) {
            let days = 800 + ((person.position + offset) % 900) as u16;
            row.date(Some(days).filter(|_| person.has(service)));
        }
        row.text(&assigned_products(issue, person));
    });
}
