//! Examinations, and the file for whoever helps: what is wrong is found and told with its cause, nothing is changed, and
//! nothing gets out that is not to.

mod bundle;
mod examination;

use crate::harness::{Finished, Scene};
use beacon_store::DATABASE_FILE;
use serde_json::Value;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};

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

/// Overwrites the first page of a table in the file of the database.
#[track_caller]
fn overwrite(scene: &Scene, table: &str) {
    let (page, size): (u32, u32) = {
        let database = scene.database();
        database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("nobody else reads");
        let page = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        let page = database.query_row(page, [table], |row| row.get(0)).expect("a table");
        (page, database.query_row("PRAGMA page_size", [], |row| row.get(0)).expect("a size"))
    };
    let mut file = File::options().write(true).open(scene.data().join(DATABASE_FILE)).expect("the database");
    file.seek(SeekFrom::Start(u64::from(page - 1) * u64::from(size))).expect("a page");
    file.write_all(&vec![0xff; usize::try_from(size).expect("a size")]).expect("a page");
}

/// Puts a file in the place of the database, which nobody has open.
#[track_caller]
fn put_database(scene: &Scene, content: impl AsRef<[u8]>) {
    for side in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(scene.data().join(format!("{DATABASE_FILE}{side}")));
    }
    std::fs::write(scene.data().join(DATABASE_FILE), content).expect("a file");
}
