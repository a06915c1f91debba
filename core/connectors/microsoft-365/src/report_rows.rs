//! From a line of a report to rows.

use beacon_graph::Line;
use beacon_kit::{Column, Rows};

const USER_KEY: Column = Column::of("usage", "user_key");
const APPLICATION_ID: Column = Column::of("usage", "application_id");
const PLATFORM: Column = Column::of("usage", "platform");
const REPORT: Column = Column::of("usage", "report");
const PERIOD_DAYS: Column = Column::of("usage", "period_days");
const ATTRIBUTABLE: Column = Column::of("usage", "attributable");
const IS_DELETED: Column = Column::of("usage", "is_deleted");
const DELETED_ON: Column = Column::of("usage", "deleted_on");
const LAST_ACTIVITY_ON: Column = Column::of("usage", "last_activity_on");
const USED_IN_PERIOD: Column = Column::of("usage", "used_in_period");
const REFRESHED_ON: Column = Column::of("usage", "refreshed_on");

const ACTIVATION_USER_KEY: Column = Column::of("activations", "user_key");
const PRODUCT_TYPE: Column = Column::of("activations", "product_type");
const LAST_ACTIVATED_ON: Column = Column::of("activations", "last_activated_on");
const DEVICES: [Column; 5] = [
    Column::of("activations", "windows"),
    Column::of("activations", "mac"),
    Column::of("activations", "ios"),
    Column::of("activations", "android"),
    Column::of("activations", "windows_mobile"),
];
const SHARED_COMPUTER: Column = Column::of("activations", "shared_computer");
const ACTIVATION_REFRESHED_ON: Column = Column::of("activations", "refreshed_on");

const STORAGE_USER_KEY: Column = Column::of("storage", "user_key");
const KIND: Column = Column::of("storage", "kind");
const MAILBOX_KIND: Column = Column::of("storage", "mailbox_kind");
const HAS_ARCHIVE: Column = Column::of("storage", "has_archive");
const USED_BYTES: Column = Column::of("storage", "used_bytes");
const QUOTA_BYTES: Column = Column::of("storage", "quota_bytes");
const ITEM_COUNT: Column = Column::of("storage", "item_count");
const STORAGE_IS_DELETED: Column = Column::of("storage", "is_deleted");
const STORAGE_LAST_ACTIVITY_ON: Column = Column::of("storage", "last_activity_on");
const STORAGE_REFRESHED_ON: Column = Column::of("storage", "refreshed_on");

/// What Microsoft writes where it does not know the person.
const UNKNOWN: &str = "(Unknown)";

/// Where the rows of one report go, and what was noticed about its lines.
pub(crate) struct Sink<'r> {
    pub(crate) rows: &'r mut Rows,
    pub(crate) function: &'static str,
    pub(crate) days: u16,
    pub(crate) lines: u64,
    /// Lines that name nobody.
    pub(crate) unnamed: u64,
    /// Lines whose person is concealed.
    pub(crate) concealed: u64,
}

/// Whether a name is the concealed form of one: 32 hexadecimal digits.
fn is_concealed(name: &str) -> bool {
    name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Sink<'_> {
    /// The person of a line; lines without one are counted and lead to no row.
    fn person<'l>(&mut self, line: &Line<'l>) -> Option<&'l str> {
        self.lines += 1;
        let name = line.text(0).filter(|name| !name.eq_ignore_ascii_case(UNKNOWN));
        match name {
            Some(name) => self.concealed += u64::from(is_concealed(name)),
            None => self.unnamed += 1,
        }
        name
    }

    fn use_of(&mut self, line: &Line<'_>, person: &str, application: &str, platform: &str) -> &mut Rows {
        self.rows.text(USER_KEY, Some(person));
        self.rows.text(APPLICATION_ID, Some(application));
        self.rows.text(PLATFORM, Some(platform));
        self.rows.text(REPORT, Some(self.function));
        self.rows.integer(PERIOD_DAYS, Some(self.days.into()));
        self.rows.boolean(ATTRIBUTABLE, Some(!is_concealed(person)));
        self.rows.date(REFRESHED_ON, line.date(1));
        self.rows
    }
}

/// Columns 2 and 3 tell of a deletion.
fn deletion(line: &Line<'_>, rows: &mut Rows) {
    rows.boolean(IS_DELETED, line.flag(2));
    rows.date(DELETED_ON, line.date(3));
}

/// A licence and a last use for each service. Who has neither is not covered by the service.
pub(crate) fn active_users(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(person) = sink.person(line) else { return };
    for (application, licensed, last) in
        [("exchange", 4, 5), ("onedrive", 6, 7), ("sharepoint", 8, 9), ("teams", 10, 11), ("viva_engage", 12, 13)]
    {
        let last = line.date(last);
        if last.is_none() && line.flag(licensed) != Some(true) {
            continue;
        }
        let rows = sink.use_of(line, person, application, "any");
        deletion(line, rows);
        rows.date(LAST_ACTIVITY_ON, last);
        rows.end_row();
    }
}

pub(crate) fn activity(line: &Line<'_>, sink: &mut Sink<'_>, application: &str) {
    let Some(person) = sink.person(line) else { return };
    let rows = sink.use_of(line, person, application, "any");
    deletion(line, rows);
    rows.date(LAST_ACTIVITY_ON, line.date(4));
    rows.end_row();
}

/// Deletion is a state among others here.
pub(crate) fn viva_engage(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(person) = sink.person(line) else { return };
    let deleted = line.text(3).map(|state| state.eq_ignore_ascii_case("deleted"));
    let rows = sink.use_of(line, person, "viva_engage", "any");
    rows.boolean(IS_DELETED, deleted);
    rows.date(DELETED_ON, line.date(4).filter(|_| deleted == Some(true)));
    rows.date(LAST_ACTIVITY_ON, line.date(2));
    rows.end_row();
}

pub(crate) fn copilot(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(person) = sink.person(line) else { return };
    let rows = sink.use_of(line, person, "copilot", "any");
    rows.date(LAST_ACTIVITY_ON, line.date(2));
    rows.end_row();
}

/// Yes and no over the period for each program; a platform has a row only where it was used.
pub(crate) fn apps(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(person) = sink.person(line) else { return };
    let last = line.date(2);
    let programs = ["outlook", "word", "excel", "powerpoint", "onenote", "teams"];
    let mut used_any = false;
    for (program, first) in programs.into_iter().zip((3..).step_by(5)) {
        let Some(used) = line.flag(first) else { continue };
        used_any |= used;
        let rows = sink.use_of(line, person, program, "any");
        rows.boolean(USED_IN_PERIOD, Some(used));
        rows.end_row();
        for (platform, column) in ["windows", "mac", "mobile", "web"].into_iter().zip(first + 1..) {
            if line.flag(column) == Some(true) {
                let rows = sink.use_of(line, person, program, platform);
                rows.boolean(USED_IN_PERIOD, Some(true));
                rows.end_row();
            }
        }
    }
    let rows = sink.use_of(line, person, "microsoft_365_apps", "any");
    rows.date(LAST_ACTIVITY_ON, last);
    rows.boolean(USED_IN_PERIOD, Some(used_any));
    rows.end_row();
}

pub(crate) fn activations(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(person) = sink.person(line) else { return };
    let Some(product) = line.text(2) else { return };
    let rows = &mut *sink.rows;
    rows.text(ACTIVATION_USER_KEY, Some(person));
    rows.text(PRODUCT_TYPE, Some(product));
    rows.date(LAST_ACTIVATED_ON, line.date(3));
    for (device, column) in DEVICES.into_iter().zip(4..) {
        rows.integer(device, line.number(column));
    }
    // A number in some tenants, yes or no in others.
    rows.integer(SHARED_COMPUTER, line.number(9).or_else(|| line.flag(9).map(i64::from)));
    rows.date(ACTIVATION_REFRESHED_ON, line.date(1));
    rows.end_row();
}

fn storage<'s>(line: &Line<'_>, sink: &'s mut Sink<'_>, kind: &str) -> Option<&'s mut Rows> {
    let person = sink.person(line)?;
    let rows = &mut *sink.rows;
    rows.text(STORAGE_USER_KEY, Some(person));
    rows.text(KIND, Some(kind));
    rows.boolean(STORAGE_IS_DELETED, line.flag(2));
    rows.date(STORAGE_LAST_ACTIVITY_ON, line.date(3));
    rows.integer(USED_BYTES, line.number(4));
    rows.integer(QUOTA_BYTES, line.number(5));
    rows.integer(ITEM_COUNT, line.number(6));
    rows.date(STORAGE_REFRESHED_ON, line.date(1));
    Some(rows)
}

pub(crate) fn mailbox(line: &Line<'_>, sink: &mut Sink<'_>) {
    let Some(rows) = storage(line, sink, "mailbox") else { return };
    rows.boolean(HAS_ARCHIVE, line.flag(7));
    rows.text(MAILBOX_KIND, line.text(8));
    rows.end_row();
}

pub(crate) fn onedrive_storage(line: &Line<'_>, sink: &mut Sink<'_>) {
    if let Some(rows) = storage(line, sink, "onedrive") {
        rows.end_row();
    }
}
