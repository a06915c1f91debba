//! Usage reports and sign-in dates: what they say, what they leave open, and what happens without them.

use crate::harness::scene::Import;
use crate::harness::{Scene, rows, truth};
use beacon_simulator::{FaultBody, FaultKind, FaultRule, ReportShape, ReportsState, RetryAfter};

const REPORT: &str = "/v1.0/reports/*";
const DOWNLOAD: &str = "/data/*";

fn scene(users: u64) -> Scene {
    let scene = Scene::of(users, 1);
    scene.tenant.permit_everything();
    scene.add_own_app("Contoso");
    scene
}

#[track_caller]
fn check_table(import: &Import, table: &str, status: &str, reason: Option<&str>) {
    let report = import.block()["tables"][table].clone();
    assert_eq!(report["status"], status, "{table}: {report}");
    assert_eq!(report["reason"]["code"].as_str(), reason, "{table}: {report}");
}

#[test]
fn reports_and_sign_ins_equal_the_truth_row_by_row() {
    let scene = scene(2_000);
    let import = scene.import("Contoso");
    for table in truth::USE {
        check_table(&import, table, "complete", None);
    }
    truth::assert_tables(&scene.tenant, &import.folder, &truth::USE);
    let refreshed_on = scene.tenant.ground_truth().refreshed_on().to_string();
    for table in ["usage", "activations", "storage"] {
        let report = import.block()["tables"][table].clone();
        let told = ["oldest", "newest"].map(|which| report["refreshed_on"][which].as_str().map(str::to_owned));
        assert_eq!(told, [Some(refreshed_on.clone()), Some(refreshed_on.clone())], "{report}");
        assert!(report.get("concealed").is_none(), "{report}");
    }
    assert!(import.block()["tables"]["users"].get("refreshed_on").is_none());
    // Lines that name nobody are counted in the status, and are no rows.
    let drops = import.block()["tables"]["usage"]["drops"].to_string();
    assert!(drops.contains("microsoft_365.person_unnamed"), "{drops}");
    // Downloads carry their own permission: a token there would be a leak.
    assert_eq!(scene.tenant.leaked_authorizations(), 0);
    scene.beacon(&["package", "verify", &import.folder.display().to_string()]).exits(0);
}

/// Files change their shape; what they say stays the same.
#[test]
fn other_shapes_of_the_files_make_the_same_package() {
    let scene = scene(200);
    let usual = scene.import("Contoso").package_id();
    let shape = ReportShape::default();
    for other in [
        ReportShape { unknown_column: true, ..shape.clone() },
        ReportShape { iso_dates: true, ..shape.clone() },
        ReportShape { without_bom: true, lower_case_booleans: true, ..shape.clone() },
        ReportShape { without: vec!["Display Name".to_owned(), "Assigned Products".to_owned()], ..shape },
    ] {
        scene.tenant.set_report_shape(other.clone());
        assert_eq!(scene.import("Contoso").package_id(), usual, "{other:?}");
    }
}

#[test]
fn concealed_names_are_not_attributable_and_never_unused() {
    let scene = scene(200);
    scene.tenant.set_concealed(true);
    let import = scene.import("Contoso");
    let usage = rows::read_file(&import.folder.join("usage.parquet"));
    assert!(usage.len() > 100);
    assert!(usage.iter().all(|row| row["attributable"] == false && row["user_id"].is_null()));
    let warnings = import.block()["warnings"].to_string();
    assert!(warnings.contains("microsoft_365.concealed_by_setting"), "{warnings}");
    assert!(warnings.contains("not counted as unused"), "{warnings}");
    for table in ["usage", "activations", "storage"] {
        let report = import.block()["tables"][table].clone();
        assert_eq!(report["status"], "complete", "{report}");
        assert_eq!(report["concealed"]["code"], "microsoft_365.concealed_by_setting", "{report}");
        assert_eq!(report["people"]["concealed"], report["rows"], "{report}");
    }
    let folder = import.folder.display().to_string();
    let shown = scene.beacon(&["package", "show", &folder]).exits(0).output;
    assert!(shown.contains("[microsoft_365.concealed_by_setting]"), "{shown}");
    scene.beacon(&["package", "verify", &folder]).exits(0);
}

#[test]
fn concealed_names_without_the_right_to_know_why() {
    let scene = Scene::contoso();
    scene.tenant.set_concealed(true);
    let warnings = scene.import("Contoso").block()["warnings"].to_string();
    assert!(warnings.contains("microsoft_365.concealed_unknown"), "{warnings}");
}

#[test]
fn a_tenant_without_premium_has_no_sign_in_dates() {
    let scene = scene(100);
    scene.tenant.set_premium(false);
    check_table(&scene.import("Contoso"), "sign_ins", "skipped", Some("graph.not_licensed"));
}

/// Without the permission nothing is asked, and the reason names it.
#[test]
fn missing_permissions_are_named() {
    let scene = Scene::small();
    let own = scene.tenant.own_client_id();
    scene.tenant.revoke_consent(own);
    let edited = scene.tenant.edit_registration(own, |app| {
        app.application_permissions.remove("Reports.Read.All");
    });
    edited.expect("the own app");
    scene.tenant.grant_consent(own);
    scene.add_own_app("Contoso");
    let import = scene.import("Contoso");
    for (table, permission) in [("sign_ins", "AuditLog.Read.All"), ("usage", "Reports.Read.All")] {
        check_table(&import, table, "skipped", Some("graph.permission_missing"));
        let report = import.block()["tables"][table].to_string();
        assert!(report.contains(permission), "{report}");
    }
    assert!(scene.tenant.requests().iter().all(|request| !request.target.contains("/reports/")));
}

#[test]
fn clouds_without_reports_and_new_tenants() {
    let scene = scene(100);
    for (state, reason) in
        [(ReportsState::Absent, "microsoft_365.reports_absent"), (ReportsState::Empty, "microsoft_365.reports_empty")]
    {
        scene.tenant.set_reports(state);
        let import = scene.import("Contoso");
        for table in ["usage", "activations", "storage"] {
            check_table(&import, table, "skipped", Some(reason));
        }
        truth::assert_tables(&scene.tenant, &import.folder, &truth::TABLES);
    }
}

#[test]
fn reports_that_come_with_trouble_make_the_same_package() {
    let scene = scene(200);
    let usual = scene.import("Contoso").package_id();
    let status = |status, body| FaultKind::Status { status, retry_after: Some(RetryAfter::Seconds(1)), body };
    for fault in [
        FaultRule::once(REPORT, status(429, FaultBody::Json)),
        FaultRule::once(REPORT, status(503, FaultBody::Html)),
        FaultRule::once(DOWNLOAD, status(504, FaultBody::Empty)),
        FaultRule::once(DOWNLOAD, FaultKind::CutBody),
    ] {
        scene.tenant.add_fault(fault.clone());
        assert_eq!(scene.import("Contoso").package_id(), usual, "{fault:?}");
        scene.tenant.clear_faults();
    }
}

#[test]
fn a_report_that_cannot_be_had_is_named_and_the_others_stay() {
    let scene = scene(200);
    for fault in [
        FaultKind::Redirect { to: "https://collector.example.com/data/v1.0/download?token=x".to_owned() },
        FaultKind::Redirect { to: scene.tenant.report_origin().replacen("https", "http", 1) },
        FaultKind::ExpiredDownload,
    ] {
        scene
            .tenant
            .add_fault(FaultRule::once("/v1.0/reports/getTeamsUserActivityUserDetail*", fault.clone()).always());
        let import = scene.import("Contoso");
        check_table(&import, "usage", "partial", Some("microsoft_365.reports_missing"));
        check_table(&import, "storage", "complete", None);
        let report = import.block()["tables"]["usage"].to_string();
        assert!(report.contains("getTeamsUserActivityUserDetail"), "{fault:?}: {report}");
        assert_eq!(import.block()["status"], "complete", "usage is optional");
        scene.tenant.clear_faults();
    }
}
