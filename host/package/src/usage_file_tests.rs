//! Exports of the admin center: what is taken, what is refused, and how it comes into a package.

use crate::export_error::ExportError;
use crate::export_reader::{ExportOptions, ExportReader, ExportRow};
use crate::test_rows::{TENANT, TableRows, spill_of, tenant};
use crate::usage_file::{UsageFile, UsageSource};
use crate::{FileFormat, NoNames, PackageWriter, WriterOptions};
use beacon_contract::dataset::table;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

const VISIO: &str = "\u{feff}Report Refresh Date,User Principal Name,Display Name,Last Activity Date,Report Period\r\n\
                     2026-01-05,A@x,\"Arendt, Anna\",2026-01-02,30\r\n\
                     2026-01-05,b@x,,,30\r\n\
                     2026-01-05,(Unknown),,2026-01-01,30\r\n";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn read(text: &str, options: &ExportOptions) -> Result<(Vec<ExportRow>, Date), ExportError> {
    let mut reader = ExportReader::new(text.as_bytes(), options)?;
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row()? {
        rows.push(row);
    }
    Ok((rows, reader.refreshed_on()?))
}

fn as_of(day: &str) -> ExportOptions {
    ExportOptions { refreshed_on: Some(date(day)), date_column: None }
}

#[test]
fn an_export_is_read_by_the_names_of_its_columns() {
    let (rows, refreshed_on) = read(VISIO, &ExportOptions::default()).unwrap();
    assert_eq!(refreshed_on, date("2026-01-05"));
    let row = |user: &str, last: Option<&str>| ExportRow {
        user: user.into(),
        last_activity_on: last.map(date),
        is_deleted: None,
        deleted_on: None,
        period_days: 30,
    };
    assert_eq!(rows, [row("A@x", Some("2026-01-02")), row("b@x", None)]);
    let reader = ExportReader::new(VISIO.as_bytes(), &ExportOptions::default()).unwrap();
    assert_eq!((reader.date_column(), reader.ignored()), ("Last Activity Date", vec!["Display Name".to_owned()]));
}

#[test]
fn names_dates_and_flags_are_taken_in_every_spelling() {
    for (header, line) in [
        ("Username,Last activity date (UTC),Is deleted,Deleted date", "a@x,1/2/2026,True,1/3/2026"),
        ("LAST ACTIVITY DATE,user principal name,Is Deleted,Deleted Date", "2026-01-02T10:00:00Z,a@x,Yes,2026-01-03"),
        ("Deleted Date,Email,Is Deleted,Copilot Chat Last Activity Date", "2026-01-03,a@x,yes,1/2/2026 10:00:00 AM"),
    ] {
        for end in ["\n", "\r\n"] {
            let (rows, _) = read(&format!("{header}{end}{line}{end}{end}"), &as_of("2026-01-05")).unwrap();
            let [row] = rows.as_slice() else { panic!("one row of {header}") };
            assert_eq!((row.user.as_str(), row.last_activity_on), ("a@x", Some(date("2026-01-02"))), "{header}");
            assert_eq!((row.is_deleted, row.deleted_on), (Some(true), Some(date("2026-01-03"))), "{header}");
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let check = |text: &str, options: &ExportOptions, expected: &str| {
        let error = read(text, options).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(error.code().starts_with("usage.") && error.next_step().ends_with('.'));
    };
    let none = ExportOptions::default();
    check("", &none, "the file has no line with column names");
    check("Date,Count\n1,2\n", &none, "no column names the people; the file has: Date, Count");
    let two = "Username,Word Last Activity Date,Excel Last Activity Date\na@x,2026-01-02,\n";
    check(
        "Username,Files\na@x,2\n",
        &none,
        "no column has the date of the last activity; the file has: Username, Files",
    );
    check(
        two,
        &none,
        "several columns could hold the date of the last activity: Word Last Activity Date, Excel Last Activity Date",
    );
    let chosen = ExportOptions { date_column: Some("excel last activity DATE".into()), ..as_of("2026-01-05") };
    assert_eq!(read(two, &chosen).unwrap().0[0].last_activity_on, None);
    let plain = "Username,Last Activity Date\na@x,2026-01-02\n";
    check(plain, &none, "nothing says from which day the figures are");
    check(
        "Username,Last Activity Date\na@x,2026-01-02\nb@x,31/12/2025\n",
        &as_of("2026-01-05"),
        "line 3, column \"Last Activity Date\": \"31/12/2025\" is not a date like 2027-05-31 or 5/31/2027 \
         (month/day/year)",
    );
    check(
        VISIO,
        &as_of("2026-01-04"),
        "the figures are of 2026-01-05 according to the file, of 2026-01-04 according to --refreshed-on",
    );
    let latin = b"Username,Last Activity Date\nm\xfcller@x,2026-01-02\n";
    let mut reader = ExportReader::new(&latin[..], &none).unwrap();
    assert!(matches!(reader.next_row(), Err(ExportError::NotCsv(_))));
}

fn source<'a>(path: &'a Path, application_id: &'a str) -> UsageSource<'a> {
    UsageSource {
        path,
        application_id,
        application_name: "Visio",
        options: ExportOptions::default(),
        now: jiff::Timestamp::UNIX_EPOCH,
    }
}

struct Place {
    root: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("usage/connection")
    }

    fn import(&self, text: &str) -> Result<UsageFile, ExportError> {
        let path = self.root.path().join("VisioUserDetail.csv");
        std::fs::write(&path, text).unwrap();
        UsageFile::import(&source(&path, "visio"), &UsageFile::place(&self.folder(), "visio"))
    }
}

#[test]
fn a_newer_file_replaces_and_a_bad_or_older_one_changes_nothing() {
    let place = Place::new();
    assert_eq!(UsageFile::all(&place.folder()).unwrap().len(), 0, "no folder, no files");
    let stored = place.import(VISIO).unwrap();
    let facts = stored.facts().clone();
    assert_eq!((facts.rows, facts.unnamed, facts.file_name.as_str()), (2, 1, "VisioUserDetail.csv"));
    let kept = |place: &Place| {
        let names: Vec<_> =
            std::fs::read_dir(place.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["visio.usage"], "nothing half-stored");
        UsageFile::all(&place.folder()).unwrap().remove(0).facts().clone()
    };
    for (bad, code) in [
        ("Username\na@x\n".to_owned(), "usage.no_date_column"),
        (VISIO.replace("2026-01-02", "soon"), "usage.bad_value"),
        (VISIO.replace("2026-01-05", "2026-01-04"), "usage.older_than_stored"),
        (VISIO.lines().take(1).map(|line| format!("{line}\n")).collect(), "usage.no_rows"),
    ] {
        assert_eq!(place.import(&bad).unwrap_err().code(), code);
        assert_eq!(kept(&place), facts);
    }
    place.import(&VISIO.replace("2026-01-05", "2026-02-05")).unwrap();
    assert_eq!(kept(&place).refreshed_on, date("2026-02-05"));
    std::fs::write(UsageFile::place(&place.folder(), "visio"), "{}\n").unwrap();
    assert_eq!(UsageFile::all(&place.folder()).unwrap_err().code(), "usage.damaged");
    assert_eq!(UsageFile::applications(&place.folder()).unwrap(), ["visio"], "so that it can be removed");
    place.import(VISIO).unwrap();
}

#[test]
fn imported_usage_is_added_to_what_the_module_read() {
    let place = Place::new();
    let file = place.import(VISIO).unwrap();
    let mut tables = tenant();
    // A row of the module with the key of an imported one counts instead, and is no duplicate.
    let cells = ["b@x", "visio", "any", crate::ADMIN_CENTER_EXPORT, "30", "true", "19000"];
    let usage = tables.iter_mut().find(|table| table.table == "usage").unwrap();
    usage.rows.push(cells.iter().map(|cell| Some((*cell).to_owned())).collect());
    tables.push(TableRows::new("groups", &["group_id"], &[&["g"]]));
    let (_spilled, mut merge) = spill_of(place.root.path(), &tables);
    file.add_to(&mut merge, place.root.path()).unwrap();
    file.add_application_to(&mut merge, place.root.path()).unwrap();
    let options = WriterOptions { format: FileFormat::Csv, tenant_id: TENANT.into(), names: &NoNames };
    let mut writer = PackageWriter::create(&place.root.path().join("run-1"), options).unwrap();
    let mut write = |name: &str| writer.write_table(merge.table(table(name).unwrap()).unwrap()).unwrap();
    let usage = write("usage");
    assert_eq!((usage.facts.rows, usage.facts.duplicates, usage.added), (3, 0, 1));
    let applications = write("applications");
    assert_eq!((applications.facts.rows, applications.added), (1, 1));
    let text = |name: &str| std::fs::read_to_string(place.root.path().join(".run-1.partial").join(name)).unwrap();
    let usage = text("usage.csv");
    let expected = format!("{TENANT},A@x,visio,any,admin_center_export,30,,true,,,2026-01-02,,2026-01-05\r\n");
    assert!(usage.contains(&expected), "{usage}");
    assert!(usage.contains(",b@x,visio,any,admin_center_export,30,,true,,,2022-01-08,,\r\n"), "{usage}");
    assert!(text("applications.csv").contains(",visio,Visio,,admin_center_export\r\n"));
}

#[test]
fn a_stored_file_that_was_cut_is_refused() {
    let place = Place::new();
    let file = place.import(VISIO).unwrap();
    let path = UsageFile::place(&place.folder(), "visio");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let (_spilled, mut merge) = spill_of(place.root.path(), &[]);
    let error = file.add_to(&mut merge, place.root.path()).unwrap_err();
    assert!(error.to_string().ends_with("lines are missing"), "{error}");
}
