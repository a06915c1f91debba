//! Report files, read as a client reads them and compared with the truth.

use super::client::{Bench, json};
use super::table::Table;
use crate::{
    Application, Period, Platform, Report, ReportSettingsForm, ReportShape, ReportsState, SimulatorOptions,
    StorageKind, TenantOptions, role,
};
use std::collections::BTreeSet;
use std::time::Duration;

fn target(report: Report, period: Option<Period>) -> String {
    let folder = if report == Report::Copilot { "copilot/reports" } else { "reports" };
    let arguments = period.map_or_else(String::new, |period| format!("(period='{}')", period.as_str()));
    format!("/v1.0/{folder}/{}{arguments}", report.function())
}

/// Asks for the file's address and fetches the file without a token.
async fn fetch(bench: &Bench, token: &str, report: Report, period: Option<Period>) -> Table {
    let location = bench.link(token, &target(report, period)).await;
    let file = bench.http.get(location).send().await.unwrap();
    assert_eq!(file.status(), 200);
    assert_eq!(file.headers()["content-type"], "application/octet-stream");
    assert!(file.headers().get("access-control-allow-origin").is_none());
    Table::read(&file.bytes().await.unwrap())
}

fn longest(report: Report) -> Option<Period> {
    report.periods().iter().copied().find(|period| *period == Period::D180)
}

#[tokio::test]
async fn a_file_is_elsewhere_and_needs_no_token() {
    let bench = Bench::start(100).await;
    let token = bench.application_token().await;
    for path in [
        "/v1.0/reports/getOffice365ActiveUserDetail(period='D7')",
        "/v1.0/reports/getOffice365ActiveUserDetail%28period%3D%27D7%27%29",
    ] {
        let redirect = bench.graph(&token, path).await;
        assert_eq!(redirect.status(), 302);
        assert_eq!(redirect.headers()["content-type"], "text/plain");
        let location = redirect.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with(&format!("{}/data/v1.0/download?token=", bench.simulator.report_origin())));
        assert!(location.starts_with("https://127.0.0.1:"), "another host than Graph's");
        let secret = location.split_once("token=").unwrap().1.to_owned();
        assert!(bench.simulator.secrets().contains(&secret));
        let etag = redirect.headers()["etag"].to_str().unwrap().to_owned();
        let url = format!("{}{path}", bench.simulator.graph_origin());
        let again = bench.http.get(url).bearer_auth(&token).header("if-none-match", etag).send().await.unwrap();
        assert_eq!(again.status(), 304);
        let file = bench.http.get(&location).send().await.unwrap().bytes().await.unwrap();
        assert!(file.starts_with(b"\xef\xbb\xbfReport Refresh Date,User Principal Name,"));
        assert!(file.ends_with(b"\r\n"));
        let log = bench.simulator.requests();
        assert_eq!(log.last().unwrap().target, "/data/v1.0/download?token=***");

        bench.simulator.clock().advance(Duration::from_secs(301));
        let late = bench.http.get(&location).send().await.unwrap();
        assert_eq!(late.status(), 403);
        assert!(late.text().await.unwrap().contains("<Code>AuthenticationFailed</Code>"));
    }
    let unknown = format!("{}/data/v1.0/download?token=x", bench.simulator.report_origin());
    assert_eq!(bench.http.get(unknown).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_token_on_the_report_site_is_noticed() {
    let bench = Bench::start(20).await;
    let token = bench.application_token().await;
    let location = bench.link(&token, &target(Report::Apps, Some(Period::D7))).await;
    assert_eq!(bench.simulator.leaked_authorizations(), 0);
    let refused = bench.http.get(&location).bearer_auth(&token).send().await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(json(refused).await["error"]["code"], "MissingCredentials");
    assert_eq!(bench.simulator.leaked_authorizations(), 1);
    assert!(bench.simulator.requests().last().unwrap().leaked_authorization);
    assert_eq!(bench.http.get(&location).send().await.unwrap().status(), 200);
    assert!(!bench.simulator.requests().last().unwrap().leaked_authorization);
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
        for period in [Period::D7, Period::D180] {
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

#[tokio::test]
async fn the_settings_tell_whether_names_are_concealed() {
    let bench = Bench::start(10).await;
    let without = bench.application_token().await;
    let path = "/v1.0/admin/reportSettings";
    let (status, body) = bench.graph_json(&without, path).await;
    assert_eq!((status, body["error"]["code"].as_str()), (403, Some("UnknownError")));
    let token = bench.application_token_with(&["ReportSettings.Read.All"]).await;
    bench.simulator.set_concealed(true);
    let (_, body) = bench.graph_json(&token, path).await;
    assert_eq!(body["value"]["displayConcealedNames"], true);
    bench.simulator.set_report_settings_form(ReportSettingsForm::Plain);
    let (_, body) = bench.graph_json(&token, path).await;
    assert_eq!(body["displayConcealedNames"], true);
}

#[tokio::test]
async fn calls_without_the_right_or_the_right_arguments_are_refused() {
    let bench = Bench::start(20).await;
    let token = bench.application_token().await;
    for path in [
        "/v1.0/reports/getM365AppUserDetail(period='D60')",
        "/v1.0/reports/getM365AppUserDetail",
        "/v1.0/reports/getMicrosoft365CopilotUsageUserDetail(period='D7')",
        "/v1.0/copilot/reports/getMicrosoft365CopilotUsageUserDetail(period='D28')",
        "/v1.0/reports/getNothing(period='D7')",
    ] {
        assert_eq!(bench.graph(&token, path).await.status(), 400, "{path}");
    }
    let copilot = "/v1.0/copilot/reports/getMicrosoft365CopilotUsageUserDetail";
    for arguments in ["(period='ALL')", "(period='D28',version='v2')"] {
        assert_eq!(bench.graph(&token, &format!("{copilot}{arguments}")).await.status(), 302, "{arguments}");
    }
    let path = target(Report::TeamsActivity, Some(Period::D7));
    let reader = bench.simulator.accounts()[1].user_principal_name.clone();
    let delegated = bench.delegated_token(&reader, "Reports.Read.All").await;
    let inner = "{\"error\":{\"code\":\"S2SUnauthorized\",\"message\":\"Invalid permission.\"}}";
    for (roles, status) in [
        (&[role::REPORTS_READER, role::GLOBAL_READER][..], 302),
        (&[role::GLOBAL_READER], 403),
        (&[role::USAGE_SUMMARY_REPORTS_READER], 403),
        (&[role::TEAMS_ADMINISTRATOR], 302),
        (&[role::MEMBER], 403),
    ] {
        bench.simulator.set_roles(&reader, roles).unwrap();
        let answer = bench.graph(&delegated, &path).await;
        assert_eq!(answer.status(), status, "{roles:?}");
        if status == 403 {
            let body = json(answer).await;
            assert_eq!(body["error"]["code"], "UnknownError");
            assert_eq!(body["error"]["message"], inner);
        }
    }
    bench.simulator.revoke_consent(bench.simulator.own_client_id());
    let without = bench.application_token().await;
    assert_eq!(bench.graph(&without, &path).await.status(), 403);
}

#[tokio::test]
async fn reports_can_be_empty_absent_or_of_another_shape() {
    let bench = Bench::start(100).await;
    let token = bench.application_token().await;
    bench.simulator.set_report_shape(ReportShape {
        unknown_column: true,
        without: vec!["Has Archive".to_owned(), "Deleted Item Quota (Byte)".to_owned()],
        iso_dates: true,
        without_bom: true,
        lower_case_booleans: true,
    });
    let location = bench.link(&token, &target(Report::MailboxUsage, Some(Period::D7))).await;
    let bytes = bench.http.get(location).send().await.unwrap().bytes().await.unwrap();
    assert!(bytes.starts_with(b"Report Refresh Date,Column Added By A Later Version,"));
    let table = Table::read(&bytes);
    assert_eq!(table.header.len(), 16);
    let row = table.named_rows().next().unwrap();
    assert!(row.text("Created Date").ends_with("T00:00:00Z") && row.text("Is Deleted") == "false");
    bench.simulator.set_report_shape(ReportShape::default());

    bench.simulator.set_reports(ReportsState::Empty);
    let table = fetch(&bench, &token, Report::Copilot, Some(Period::D7)).await;
    assert_eq!((table.header.len(), table.rows.len()), (13, 0));
    assert_eq!(bench.simulator.ground_truth().usage().count(), 0);
    bench.simulator.set_reports(ReportsState::Absent);
    let (status, body) = bench.graph_json(&token, &target(Report::Apps, Some(Period::D7))).await;
    assert_eq!(status, 400);
    assert_eq!(body["error"]["message"], "Resource not found for the segment 'getM365AppUserDetail'.");

    let tenant = TenantOptions { cloud: crate::Cloud::China, ..TenantOptions::default() };
    let china = Bench::with(SimulatorOptions { tenant, ..SimulatorOptions::default() }).await;
    let scope = format!("{}/.default", crate::Cloud::China.graph_resource());
    let token = china.application_token_for(&scope).await;
    assert_eq!(china.graph(&token, &target(Report::Apps, Some(Period::D7))).await.status(), 400);
}

#[tokio::test]
async fn files_are_compressed_when_asked() {
    let bench = Bench::start(500).await;
    let token = bench.application_token().await;
    let location = bench.link(&token, &target(Report::ActiveUsers, Some(Period::D7))).await;
    let plain = bench.http.get(&location).send().await.unwrap().bytes().await.unwrap();
    let packed = bench.http.get(&location).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() * 3 < plain.len());
    assert_eq!(super::client::unpacked(&packed), plain);
}
