//! `getMailboxUsageDetail` and `getOneDriveUsageAccountDetail`: what mailboxes and drives hold.

use super::super::function::Call;
use super::super::issue::Issue;
use super::super::row::RowWriter;
use super::{deletion, period};
use crate::tenant::ReportedPerson;

pub(super) fn write_mailbox(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let mailbox = issue.people.tenant().mailbox(person.position, person.services);
    writer.row(|row| {
        row.text(&issue.name(person));
        row.text(&issue.display_name(person));
        deletion(person, row);
        row.date(Some(mailbox.created_days_ago));
        row.date(issue.last_activity(call, person));
        row.number(mailbox.items);
        row.number(mailbox.used_bytes);
        row.number(mailbox.quota_bytes / 100 * 98);
        row.number(mailbox.quota_bytes / 100 * 99);
        row.number(mailbox.quota_bytes);
        row.number(mailbox.deleted_items);
        row.number(mailbox.deleted_bytes);
        row.number(30 << 30);
        row.boolean(mailbox.has_archive);
        period(call, row);
    });
}

pub(super) fn write_drive(issue: &Issue, call: Call, person: &ReportedPerson, writer: &mut RowWriter) {
    let drive = issue.people.tenant().drive(person.position);
    writer.row(|row| {
        row.text(&issue.site_address(person));
        row.text(&issue.display_name(person));
        row.boolean(person.deleted.is_some());
        row.date(issue.last_activity(call, person));
        row.number(drive.files);
        row.number(drive.active_files);
        row.number(drive.used_bytes);
        row.number(drive.quota_bytes);
        row.text(&issue.name(person));
        period(call, row);
    });
}
