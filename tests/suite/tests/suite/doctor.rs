//! Examinations, and the file for whoever helps: what is wrong is found and told with its cause, nothing is changed, and
//! nothing gets out that is not to.

mod bundle;
mod examination;

use crate::harness::{Finished, Scene};
use serde_json::Value;

/// The findings of a report that are not fine: code, level, cause.
fn bad(report: &Value) -> Vec<(String, String, String)> {
    let text = |finding: &Value, member: &str| finding[member].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("findings").iter();
    findings
        .filter(|finding| finding["level"] != "ok")
        .map(|finding| (text(finding, "code"), text(finding, "level"), text(finding, "cause")))
        .collect()
}

/// Examines, expects this exit code and the code of the worst finding, and that every finding that is not fine says what
/// to do.
#[track_caller]
fn finds(scene: &Scene, exit: i32, code: &str) -> Value {
    told(scene.beacon(&["--json", "doctor"]), exit, code)
}

#[track_caller]
fn told(finished: Finished, exit: i32, code: &str) -> Value {
    let report = finished.exits(exit).json();
    assert_eq!(report["findings"][0]["code"], code, "{report:#}");
    for finding in report["findings"].as_array().expect("findings").iter().filter(|finding| finding["level"] != "ok") {
        assert!(finding["next_step"].as_str().is_some_and(|next| next.len() > 10), "{finding}");
    }
    report
}
