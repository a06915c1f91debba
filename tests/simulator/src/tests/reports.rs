//! Report functions and the site of their files: links, refusals, switches.

use super::client::{Bench, json};
use super::table::{Table, fetch, target};
use crate::{Period, Report, ReportSettingsForm, ReportShape, ReportsState, SimulatorOptions, TenantOptions, role};
use std::time::Duration;

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
    for (arguments, columns, last) in [("(period='ALL')", 13, "ALL"), ("(period='D28',version='v2')", 22, "28")] {
        let link = bench.link(&token, &format!("{copilot}{arguments}")).await;
        let table = Table::read(&bench.http.get(link).send().await.unwrap().bytes().await.unwrap());
        assert_eq!(table.header.len(), columns);
        assert!(table.rows.iter().all(|row| row.last().unwrap() == last));
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
