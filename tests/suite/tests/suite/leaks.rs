//! The search itself must find what it is there for, and a killed run must leave nothing readable.

use crate::harness::Scene;
use crate::harness::leak::Search;
use crate::harness::needles::forms;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use beacon_simulator::{FaultKind, FaultRule};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SECRET: &str = "sim8Q~plant \"a\" s/e+c\\ret 42";

fn search(folder: &Path) -> Vec<String> {
    let mut search = Search::new(&[SECRET.to_owned()]);
    search.folder(folder);
    search.found()
}

/// Plants `content` by `write` and checks that exactly this makes the search find something.
fn check_planted(what: &str, write: impl Fn(&Path, &[u8])) {
    for (planted, expected) in [("nothing of interest", false), (SECRET, true)] {
        let folder = tempfile::tempdir().expect("a folder");
        write(folder.path(), planted.as_bytes());
        let found = search(folder.path());
        assert_eq!(!found.is_empty(), expected, "{what}: {found:?}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("memory")
}

fn write_parquet(path: &Path, text: &str) {
    // Rows enough that the value lies compressed in a page.
    let column: ArrayRef = Arc::new(StringArray::from_iter_values((0..500).map(|row| format!("{text} {}", row % 2))));
    let batch = RecordBatch::try_from_iter([("text", column)]).expect("a batch");
    let zstd = parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default());
    let properties = parquet::file::properties::WriterProperties::builder().set_compression(zstd).build();
    let file = std::fs::File::create(path).expect("a file");
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

fn write_database(path: &Path, value: &[u8]) {
    let connection = rusqlite::Connection::open(path).expect("a database");
    connection.execute_batch("create table kept (id integer primary key, value blob)").expect("SQL");
    connection.execute("insert into kept (value) values (?1)", [value]).expect("SQL");
}

#[test]
fn the_search_finds_a_secret_in_every_container() {
    check_planted("a plain file", |folder, bytes| std::fs::write(folder.join("log"), bytes).expect("a file"));
    check_planted("a folder below", |folder, bytes| {
        std::fs::create_dir(folder.join("a")).expect("a folder");
        std::fs::write(folder.join("a/b"), bytes).expect("a file");
    });
    check_planted("gzip", |folder, bytes| std::fs::write(folder.join("x"), gzip(bytes)).expect("a file"));
    check_planted("zstd", |folder, bytes| std::fs::write(folder.join("x"), zstd(bytes)).expect("a file"));
    check_planted("gzip in zstd", |folder, bytes| {
        std::fs::write(folder.join("x"), zstd(&gzip(bytes))).expect("a file")
    });
    check_planted("Parquet", |folder, bytes| {
        write_parquet(&folder.join("x.parquet"), std::str::from_utf8(bytes).expect("text"));
    });
    check_planted("SQLite", |folder, bytes| write_database(&folder.join("x.sqlite"), bytes));
    check_planted("zstd in SQLite", |folder, bytes| write_database(&folder.join("x.sqlite"), &zstd(bytes)));
}

#[test]
fn the_search_finds_every_written_form() {
    let forms = forms(SECRET);
    for expected in ["as it is", "in JSON", "percent-encoded", "percent-encoded as a form", "in base64", "in base64url"]
    {
        assert!(forms.iter().any(|(form, _)| *form == expected), "{expected}");
    }
    for (form, text) in &forms {
        check_planted(form, |folder, bytes| {
            let content = if bytes == SECRET.as_bytes() { text.as_bytes() } else { bytes };
            std::fs::write(folder.join("x"), content).expect("a file");
        });
    }
    // In the middle of something larger, at every alignment.
    for before in 0..3 {
        let whole = format!("{}{SECRET} and more", "-".repeat(before));
        let encoded = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, whole);
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("x"), encoded).expect("a file");
        assert!(!search(folder.path()).is_empty(), "{before} bytes before");
    }
}

/// A run that is killed leaves its journal and its spool; neither may tell anything.
#[test]
fn a_killed_run_leaves_nothing_readable() {
    let scene = Scene::of(3_000, 1);
    scene.add_own_app("Contoso");
    scene.tenant.add_fault(FaultRule::once("/v1.0/users", FaultKind::SlowBody { milliseconds: 60_000 }).on_page(3));
    let running = scene.start(&["--json", "run", "Contoso"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    let asked = || scene.tenant.asked("/v1.0/users") >= 2;
    while !asked() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(asked(), "the run never came to the third page");
    scene.remember(running.kill());

    let runs = std::fs::read_dir(scene.data().join("runs")).expect("the folder of the runs");
    let journals: Vec<_> = runs.flatten().map(|run| run.path().join("journal")).filter(|path| path.is_file()).collect();
    assert_eq!(journals.len(), 1, "one journal is left: {journals:?}");
    let journal = std::fs::read(&journals[0]).expect("the journal");
    assert!(journal.len() > 10_000, "two pages are in the journal: {} bytes", journal.len());
    // The journal holds people: not even their names may be readable.
    let someone = scene.tenant.truth().users().nth(100).expect("a user").user_principal_name;
    // The module itself names the members of pages; what a run left must not.
    for (needle, folder) in [(someone, scene.data()), ("@odata.nextLink".to_owned(), scene.data().join("runs"))] {
        let mut search = Search::new(&[needle]);
        search.folder(&folder);
        assert_eq!(search.found(), Vec::<String>::new());
    }
    assert_eq!(scene.packages(), Vec::<std::path::PathBuf>::new());

    // The data folder is fine: the next run does its work.
    scene.tenant.clear_faults();
    scene.import("Contoso");
}
