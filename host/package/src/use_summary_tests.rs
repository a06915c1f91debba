//! Every state of use, counted from a written package.

use crate::beacon_block::TableReport;
use crate::test_rows::{E3, TENANT, TableRows, block, spill_of};
use crate::{ApplicationUse, FileFormat, NoNames, PackageWriter, UseSummary, WriterOptions, read_use};
use beacon_contract::TableStatus;
use beacon_contract::dataset::table;

const MAIL_PLAN: &str = "efb87545-963c-4e0d-99df-69c6916d9eb0";
const CHAT_PLAN: &str = "57ff2da0-773e-42df-b2af-ffb7a2317929";
const WORD_PLAN: &str = "43de0ff5-c92c-492b-9116-175376d08c38";
const VISIO_PLAN: &str = "663a804f-1c30-4ff0-9915-9db84f0d1cea";

/// Somebody of the tenant; their address is `p`, the number, and `@x`.
macro_rules! person {
    ($number:literal) => {
        concat!("00000000-0000-0000-0000-00000000000", $number)
    };
}

/// Written, read for a rule of so many days. Everybody of `holders` has all plans but those in `off`.
fn read(people: &[&str], holders: &[[&str; 2]], usage: &[[&str; 6]], days: u16) -> UseSummary {
    let plan = |plan: &str| [E3, plan].map(|cell| Some(cell.to_owned())).to_vec();
    let cell = |cell: &str| (cell != "-").then(|| cell.to_owned());
    let person = |id: &&str| vec![cell(id), Some(format!("p{}@x", &id[id.len() - 1..]))];
    let holder = |[id, off]: &[&str; 2]| vec![cell(id), cell(E3), cell("direct"), cell("true"), cell(off)];
    // Figures of day 20,000.
    let line = |[name, application, report, period, last, used]: &[&str; 6]| {
        let attributable = (name.len() < 32).to_string();
        let row = [name, application, "any", report, period, &attributable, last, used, "20000"];
        row.iter().map(|text| cell(text)).collect()
    };
    let tables = [
        TableRows::new(
            "applications",
            &["application_id", "application_name", "plan_ids", "measured_by"],
            &[
                &["exchange", "Exchange", MAIL_PLAN, "mail getMailboxUsageDetail"],
                &["teams", "Teams", CHAT_PLAN, "chat"],
                &["word", "Word", WORD_PLAN, "apps"],
                &["visio", "Visio", VISIO_PLAN, "getOffice365ActivationsUserDetail"],
            ],
        ),
        TableRows {
            table: "product_plans",
            columns: &["sku_id", "plan_id"],
            rows: [MAIL_PLAN, CHAT_PLAN, WORD_PLAN, VISIO_PLAN].map(plan).to_vec(),
        },
        TableRows { table: "users", columns: &["user_id", "mail"], rows: people.iter().map(person).collect() },
        TableRows {
            table: "assignments",
            columns: &["user_id", "sku_id", "source", "counts_seat", "disabled_plans"],
            rows: holders.iter().map(holder).collect(),
        },
        TableRows {
            table: "usage",
            columns: &[
                "user_key",
                "application_id",
                "platform",
                "report",
                "period_days",
                "attributable",
                "last_activity_on",
                "used_in_period",
                "refreshed_on",
            ],
            rows: usage.iter().map(line).collect(),
        },
    ];
    let root = tempfile::tempdir().unwrap();
    let (_spilled, mut merge) = spill_of(root.path(), &tables);
    let folder = root.path().join("run-1");
    let options = WriterOptions { format: FileFormat::Parquet, tenant_id: TENANT.into(), names: &NoNames };
    let mut writer = PackageWriter::create(&folder, options).unwrap();
    writer.join_users(1 << 20);
    let mut block = block();
    for name in ["users", "applications", "product_plans", "assignments", "usage"] {
        writer.write_table(merge.table(table(name).unwrap()).unwrap()).unwrap();
        block.tables.insert(name.into(), TableReport::new(TableStatus::Complete, true));
    }
    writer.finish(block).unwrap();
    read_use(&folder, days).unwrap()
}

#[track_caller]
fn check(summary: &UseSummary, id: &str, expected: ApplicationUse) {
    let found = summary.applications.iter().find(|application| application.application_id == id).unwrap();
    let told = ApplicationUse {
        application_id: String::new(),
        application_name: String::new(),
        oldest_figure_on: None,
        newest_figure_on: None,
        ..found.clone()
    };
    assert_eq!(told, expected, "{id}");
    let all = [
        found.used_within,
        found.used_before,
        found.used_unclear,
        found.never_used,
        found.no_data,
        found.not_attributable,
        found.not_measured,
    ];
    assert_eq!(all.iter().sum::<u64>(), found.people, "everybody is in one state");
}

const EVERYBODY: [&str; 5] = [person!(1), person!(2), person!(3), person!(4), person!(5)];

/// Everybody holds everything.
fn all_plans() -> [[&'static str; 2]; 5] {
    EVERYBODY.map(|id| [id, "-"])
}

#[test]
fn every_state_has_its_people() {
    let usage = [
        // Used ten days ago, a hundred days ago, never; nobody tells of the fourth and the fifth.
        ["P1@X", "exchange", "mail", "180", "19990", "-"],
        ["p2@x", "exchange", "mail", "180", "19900", "-"],
        ["p3@x", "exchange", "mail", "180", "-", "-"],
        ["gone@x", "exchange", "mail", "180", "-", "-"],
        // Yes and no without a date: within 90 days; at day 120; in the last 180 days and nothing more; never.
        ["p1@x", "word", "apps", "90", "-", "true"],
        ["p1@x", "word", "apps", "180", "-", "true"],
        ["p2@x", "word", "apps", "90", "-", "false"],
        ["p2@x", "word", "apps", "180", "-", "true"],
        ["p3@x", "word", "apps", "180", "-", "true"],
        ["p4@x", "word", "apps", "90", "-", "false"],
        ["p4@x", "word", "apps", "180", "-", "false"],
        // Concealed: whoever is not listed by name may be one of them.
        ["0123456789ABCDEF0123456789ABCDEF", "teams", "chat", "180", "-", "-"],
        ["p1@x", "teams", "chat", "180", "-", "-"],
    ];
    let summary = read(&EVERYBODY, &all_plans(), &usage, 90);
    let nobody = ApplicationUse::default();
    check(
        &summary,
        "exchange",
        ApplicationUse {
            people: 5,
            used_within: 1,
            used_before: 1,
            never_used: 1,
            no_data: 2,
            unmatched_names: 1,
            ..nobody.clone()
        },
    );
    check(
        &summary,
        "word",
        ApplicationUse {
            people: 5,
            used_within: 1,
            used_before: 1,
            used_unclear: 1,
            never_used: 1,
            no_data: 1,
            ..nobody.clone()
        },
    );
    check(
        &summary,
        "teams",
        ApplicationUse { people: 5, never_used: 1, not_attributable: 4, concealed_names: 1, ..nobody.clone() },
    );
    check(&summary, "visio", ApplicationUse { people: 5, not_measured: 5, ..nobody.clone() });
    let exchange = &summary.applications[0];
    assert_eq!(
        (exchange.oldest_figure_on.as_deref(), exchange.newest_figure_on.as_deref()),
        (Some("2024-10-04"), Some("2024-10-04"))
    );
    // For a rule of 180 days the yes at day 120 counts.
    let longer = read(&EVERYBODY, &all_plans(), &usage, 180);
    check(&longer, "word", ApplicationUse { people: 5, used_within: 3, never_used: 1, no_data: 1, ..nobody });
}

/// A plan that is off is not held; a row of usage counts all the same.
#[test]
fn people_are_counted_who_hold_it_or_are_listed() {
    let holders = [[EVERYBODY[0], "-"], [EVERYBODY[1], MAIL_PLAN]];
    let usage = [["p3@x", "exchange", "mail", "180", "19999", "-"]];
    let summary = read(&EVERYBODY, &holders, &usage, 30);
    let nobody = ApplicationUse::default();
    check(&summary, "exchange", ApplicationUse { people: 2, used_within: 1, no_data: 1, ..nobody.clone() });
    check(&summary, "teams", ApplicationUse { people: 2, no_data: 2, ..nobody });
}

/// What an imported file tells of is measured, whatever Microsoft's reports are about.
#[test]
fn an_imported_file_measures_its_application() {
    let usage = [["p1@x", "visio", "admin_center_export", "0", "19995", "-"]];
    let summary = read(&EVERYBODY, &all_plans(), &usage, 30);
    check(&summary, "visio", ApplicationUse { people: 5, used_within: 1, no_data: 4, ..ApplicationUse::default() });
}

/// Two addresses of one person in two reports are one person.
#[test]
fn several_names_of_one_person_are_one_person() {
    let people = [person!(1)];
    let usage = [["p1@x", "exchange", "mail", "180", "-", "-"], ["P1@X", "exchange", "other", "180", "19999", "-"]];
    let summary = read(&people, &[[people[0], "-"]], &usage, 30);
    check(&summary, "exchange", ApplicationUse { people: 1, used_within: 1, ..ApplicationUse::default() });
}
