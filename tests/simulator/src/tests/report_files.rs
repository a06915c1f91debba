//! Report files, read as a client reads them and compared with the truth.

use super::client::Bench;
use super::table::fetch;
use crate::{Application, Period, Platform, Report, StorageKind};
use std::collections::BTreeSet;

fn longest(report: Report) -> Option<Period> {
    report.periods().iter().copied().find(|period| *period == Period::D180)
}

#[tokio::test]
async fn every_report_has_the_documented_columns_and_its_unnamed_rows() {
    let bench = Bench::start(600).await;
    let token = bench.application_token().await;
    let truth = bench.simulator.ground_truth();
    for (report, columns) in Report::ALL.into_iter().zip([24, 11, 39, 17, 13, 11, 11, 12, 33, 11, 13]) {
        let table = fetch(&bench, &token, report, longest(report)).await;
        assert_eq!(table.header.len(), columns, "{report:?}");
        let name = table.name_column();
        let rows = |text: &str| table.rows.iter().filter(|row| row[name] == text).count() as u64;
        let unnamed = truth.unnamed_rows(report);
        assert_eq!((rows(""), rows("(Unknown)")), (unnamed.empty, unnamed.unknown), "{report:?}");
        assert!(unnamed.empty > 0 && unnamed.unknown > 0);
        let refreshed = truth.refreshed_on().to_string();
        assert!(table.rows.iter().all(|row| row[0] == refreshed));
        assert!(table.rows.len() > 20, "{report:?}");
    }
    let today = bench.simulator.clock().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    assert_eq!(truth.refreshed_on().until(today).unwrap().get_days(), 2);
}

#[tokio::test]
async fn dated_reports_say_what_the_truth_says() {
    let bench = Bench::start(600).await;
    let token = bench.application_token().await;
    let truth = bench.simulator.ground_truth();
    for report in [
        Report::EmailActivity,
        Report::OneDriveActivity,
        Report::SharePointActivity,
        Report::TeamsActivity,
        Report::VivaEngageActivity,
        Report::Copilot,
    ] {
        let periods = report.periods().iter().copied();
        for period in periods.filter(|period| [Period::D7, Period::D28, Period::D180].contains(period)) {
            let table = fetch(&bench, &token, report, Some(period)).await;
            let told: BTreeSet<_> = table
                .named_rows()
                .map(|row| (row.text("User Principal Name").to_owned(), row.text("Last Activity Date").to_owned()))
                .collect();
            let date = |fact: &crate::UsageFact| fact.last_activity_on.map_or_else(String::new, |on| on.to_string());
            let expected: BTreeSet<_> =
                truth.usage_in(report, period).map(|fact| (fact.reported_name.clone(), date(&fact))).collect();
            assert_eq!(told, expected, "{report:?} {period:?}");
            assert!(expected.iter().any(|(_, date)| date.is_empty()), "{report:?}: nobody was never there");
        }
    }
    let copilot = truth.usage().filter(|fact| fact.report == Report::Copilot).map(|fact| fact.period);
    assert_eq!(copilot.collect::<BTreeSet<_>>().len(), 6, "every period of both versions");
    let deleted: Vec<_> = truth.usage_in(Report::TeamsActivity, Period::D30).filter(|fact| fact.is_deleted).collect();
    assert!(deleted.iter().all(|fact| fact.user_id.is_none() && fact.deleted_on.is_some()));
    assert!(deleted.len() > 5);
    let table = fetch(&bench, &token, Report::TeamsActivity, Some(Period::D30)).await;
    let gone =
        table.named_rows().filter(|row| row.text("Is Deleted") == "True" && !row.text("Deleted Date").is_empty());
    assert_eq!(gone.count(), deleted.len());
}

#[tokio::test]
async fn active_users_and_storage_say_what_the_truth_says() {
    let bench = Bench::start(600).await;
    let token = bench.application_token().await;
    let truth = bench.simulator.ground_truth();
    let table = fetch(&bench, &token, Report::ActiveUsers, Some(Period::D30)).await;
    let mut told = BTreeSet::new();
    for row in table.named_rows() {
        for (column, application) in [
            ("Exchange", Application::Exchange),
            ("OneDrive", Application::OneDrive),
            ("SharePoint", Application::SharePoint),
            ("Yammer", Application::VivaEngage),
            ("Teams", Application::Teams),
        ] {
            let date = row.text(&format!("{column} Last Activity Date")).to_owned();
            match row.text(&format!("Has {column} License")) {
                "True" => drop(told.insert((row.text("User Principal Name").to_owned(), application, date))),
                _ => assert!(date.is_empty()),
            }
        }
    }
    let facts = truth.usage_in(Report::ActiveUsers, Period::D30).map(|fact| {
        let date = fact.last_activity_on.map_or_else(String::new, |on| on.to_string());
        (fact.reported_name, fact.application, date)
    });
    assert_eq!(told, facts.collect());

    for (report, kind, items, quota) in [
        (Report::MailboxUsage, StorageKind::Mailbox, "Item Count", "Prohibit Send/Receive Quota (Byte)"),
        (Report::OneDriveUsage, StorageKind::OneDrive, "File Count", "Storage Allocated (Byte)"),
    ] {
        let table = fetch(&bench, &token, report, Some(Period::D7)).await;
        let name = table.header[table.name_column()].clone();
        let told: BTreeSet<[String; 5]> = table
            .named_rows()
            .map(|row| {
                [name.as_str(), "Storage Used (Byte)", quota, items, "Last Activity Date"]
                    .map(|column| row.text(column).to_owned())
            })
            .collect();
        let expected = truth.storage().filter(|fact| fact.kind == kind).map(|fact| {
            let date = fact.last_activity_on.map_or_else(String::new, |on| on.to_string());
            [
                fact.reported_name,
                fact.used_bytes.to_string(),
                fact.quota_bytes.to_string(),
                fact.item_count.to_string(),
                date,
            ]
        });
        assert_eq!(told, expected.collect(), "{report:?}");
    }
    let table = fetch(&bench, &token, Report::Activations, None).await;
    let told: Vec<[String; 4]> = table
        .named_rows()
        .map(|row| {
            ["User Principal Name", "Product Type", "Last Activated Date", "Windows"]
                .map(|column| row.text(column).to_owned())
        })
        .collect();
    let expected = truth.activations().map(|fact| {
        let date = fact.last_activated_on.map_or_else(String::new, |on| on.to_string());
        [fact.reported_name, fact.product_type.to_owned(), date, fact.windows.to_string()]
    });
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn yes_and_no_of_applications_agree_over_periods() {
    let bench = Bench::start(400).await;
    let token = bench.application_token().await;
    let truth = bench.simulator.ground_truth();
    let mut before: BTreeSet<(String, String)> = BTreeSet::new();
    for period in [Period::D7, Period::D30, Period::D90, Period::D180] {
        let table = fetch(&bench, &token, Report::Apps, Some(period)).await;
        let mut used = BTreeSet::new();
        for row in table.named_rows() {
            for (column, value) in row.cells().filter(|(_, value)| ["Yes", "No"].contains(value)) {
                if value == "Yes" {
                    used.insert((row.text("User Principal Name").to_owned(), column.to_owned()));
                }
            }
        }
        assert!(used.is_superset(&before) && used.len() > before.len(), "{period:?}");
        let mut facts = BTreeSet::new();
        for fact in truth.usage_in(Report::Apps, period).filter(|fact| fact.used_in_period == Some(true)) {
            let program = format!("{:?}", fact.application);
            let column = match fact.platform {
                Platform::Any => program,
                platform => format!("{program} ({platform:?})"),
            };
            facts.insert((fact.reported_name, column));
        }
        let platforms = ["Windows", "Mac", "Mobile", "Web"];
        used.retain(|(_, column)| !platforms.contains(&column.as_str()));
        assert_eq!(used, facts, "{period:?}");
        before = used;
    }
}

#[tokio::test]
async fn names_are_awkward_on_purpose() {
    let bench = Bench::start(1_000).await;
    let truth = bench.simulator.ground_truth();
    let (mut other_case, mut alias, mut exact) = (0, 0, 0);
    for fact in truth.usage_in(Report::EmailActivity, Period::D30).filter(|fact| fact.user_id.is_some()) {
        let user = bench.simulator.tenant().user(fact.position);
        let name = fact.reported_name.to_lowercase();
        if fact.reported_name == user.user_principal_name {
            exact += 1;
        } else if name == user.user_principal_name.to_lowercase() {
            other_case += 1;
        } else {
            assert!(user.proxy_addresses.iter().any(|address| address.to_lowercase() == format!("smtp:{name}")));
            alias += 1;
        }
    }
    assert!(exact > other_case && other_case > 10 && alias > 10, "{exact} {other_case} {alias}");
    let token = bench.application_token().await;
    let table = fetch(&bench, &token, Report::EmailActivity, Some(Period::D30)).await;
    let display: Vec<&str> = table.named_rows().map(|row| row.text("Display Name")).collect();
    assert!(display.iter().any(|name| name.contains(',')) && display.iter().any(|name| name.contains('"')));
}

#[tokio::test]
async fn names_can_be_concealed() {
    let bench = Bench::start(300).await;
    let token = bench.application_token().await;
    bench.simulator.set_concealed(true);
    let is_concealed = |text: &str| text.len() == 32 && text.bytes().all(|byte| b"0123456789ABCDEF".contains(&byte));
    let mut named: Vec<BTreeSet<String>> = Vec::new();
    for report in [Report::EmailActivity, Report::OneDriveUsage, Report::TeamsActivity] {
        let table = fetch(&bench, &token, report, Some(Period::D30)).await;
        let name = table.header[table.name_column()].clone();
        for row in table.named_rows() {
            for column in ["User Principal Name", "Display Name", "Owner Display Name", "Site URL", "User Id"] {
                assert!(row.get(column).is_none_or(is_concealed), "{report:?} {column}");
            }
            assert!(is_concealed(row.text(name.as_str())));
        }
        named.push(table.named_rows().map(|row| row.text(name.as_str()).to_owned()).collect());
    }
    assert!(named[0].intersection(&named[2]).count() > 50, "the same person has the same value everywhere");
    let truth = bench.simulator.ground_truth();
    let facts: BTreeSet<String> =
        truth.usage_in(Report::EmailActivity, Period::D30).map(|fact| fact.reported_name).collect();
    assert_eq!(facts, named[0]);
}
