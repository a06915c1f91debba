//! Written packages: what they hold, and what a check finds after each kind of damage.

use crate::beacon_block::{PackageStatus, TableReport};
use crate::test_rows::{E3, TENANT, TableRows, UNKNOWN_SKU, block, groups, tenant, write};
use crate::writer::{FileFormat, PackageWriter, WriterOptions};
use crate::{
    DataPackage, FindingCode, MANIFEST_NAME, NoNames, PackageError, Spill, VerifyReport, package_id, read_summary,
    read_table, render_summary, verify,
};
use arrow_array::Array;
use arrow_array::cast::AsArray;
use aws_lc_rs::digest;
use beacon_contract::TableStatus;
use std::path::{Path, PathBuf};

fn package(format: FileFormat) -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run-1");
    write(&folder, &tenant(), format, 2, false);
    (root, folder)
}

fn codes(folder: &Path) -> Vec<(FindingCode, Option<String>)> {
    verify(folder).unwrap().findings.into_iter().map(|finding| (finding.code, finding.table)).collect()
}

fn change_manifest(folder: &Path, change: impl FnOnce(&mut DataPackage)) {
    let path = folder.join(MANIFEST_NAME);
    let mut manifest = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    std::fs::write(path, serde_json::to_vec(&manifest).unwrap()).unwrap();
}

/// Makes size and digest of a changed file true again, as somebody would who wants to hide the change.
pub(crate) fn cover_up(folder: &Path, path: &str) {
    let bytes = std::fs::read(folder.join(path)).unwrap();
    let hash = crate::table_hash::hex(digest::digest(&digest::SHA256, &bytes).as_ref());
    change_manifest(folder, |manifest| {
        let resource = manifest.resources.iter_mut().find(|resource| resource.path == path).unwrap();
        (resource.bytes, resource.hash) = (bytes.len() as u64, format!("sha256:{hash}"));
    });
}

fn edit(folder: &Path, path: &str, change: impl FnOnce(String) -> String) {
    let file = folder.join(path);
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "the edit must change something");
    std::fs::write(file, changed).unwrap();
    cover_up(folder, path);
}

#[test]
fn what_is_written_is_sound_and_read_back() {
    for format in [FileFormat::Parquet, FileFormat::Csv, FileFormat::Both] {
        let (_root, folder) = package(format);
        let report = verify(&folder).unwrap();
        assert_eq!(report.findings, [], "{format:?}");
        assert_eq!((report.tables, report.rows, report.status), (7, 17, PackageStatus::Complete));
        let batches: Vec<_> = read_table(&folder, "users").unwrap().map(Result::unwrap).collect();
        let [users] = batches.as_slice() else { panic!("one batch") };
        assert_eq!(users.schema().field(0).name(), "tenant_id");
        let ids: Vec<_> = users.column_by_name("user_id").unwrap().as_string::<i32>().iter().flatten().collect();
        assert_eq!(ids, ["u1", "u2", "u3", "u4"]);
        let names = users.column_by_name("display_name").unwrap().as_string::<i32>();
        assert_eq!(names.value(0), "Quote \" comma , line\r\nend; ä€");
        assert!(names.is_valid(1) && names.value(1).is_empty(), "an empty text is not null");
        assert!(names.is_null(3));
        let lists = users.column_by_name("alternate_addresses").unwrap().as_list::<i32>();
        assert!(lists.is_valid(0) && lists.value(0).is_empty(), "an empty list is not null");
        assert!(lists.is_null(1));
        assert_eq!(lists.value(2).as_string::<i32>().value(1), "smtp:b@x");
        assert!(matches!(read_table(&folder, "groups").err(), Some(PackageError::NoTable { .. })));
    }
}

#[test]
fn formats_hold_the_same_content() {
    let root = tempfile::tempdir().unwrap();
    let ids = [FileFormat::Parquet, FileFormat::Csv, FileFormat::Both]
        .map(|format| write(&root.path().join(format!("{format:?}")), &tenant(), format, 3, false).package_id);
    assert!(ids.iter().all(|id| *id == ids[0] && id.len() == 64), "{ids:?}");
}

#[test]
fn files_do_not_depend_on_the_way_rows_came() {
    let root = tempfile::tempdir().unwrap();
    let write = |name: &str, cut, reverse| {
        let package = write(&root.path().join(name), &tenant(), FileFormat::Both, cut, reverse);
        let files: Vec<_> = package.manifest.resources.iter().map(|resource| resource.hash.clone()).collect();
        (package.package_id, files)
    };
    let one = write("one", 1, false);
    assert_eq!(one, write("two", 2, true));
    assert_eq!(one, write("three", 100, false));
    let mut other = tenant();
    other[4].rows[0][1] = Some("Somebody else".into());
    assert_ne!(one.0, crate::test_rows::write(&root.path().join("x"), &other, FileFormat::Csv, 2, false).package_id);
}

#[test]
fn csv_is_what_spreadsheets_and_databases_expect() {
    let (_root, folder) = package(FileFormat::Csv);
    let users = std::fs::read_to_string(folder.join("users.csv")).unwrap();
    let mut lines = users.split("\r\n");
    assert!(lines.next().unwrap().starts_with("tenant_id,user_id,user_principal_name,display_name,"));
    assert!(users.contains(",\"'=HYPERLINK(\"\"http://x\"\")\","), "{users}");
    assert!(users.contains(",SMTP:a@x;smtp:b@x,true,"), "{users}");
    assert!(users.contains(",2023-11-14T22:13:20.000001Z,") && users.contains(",0001-01-01T00:00:00Z,"), "{users}");
    assert!(users.contains(",\"{\"\"extensionAttribute1\"\":\"\"value\"\"}\","), "{users}");
    let products = std::fs::read_to_string(folder.join("products.csv")).unwrap();
    assert!(products.contains("SPE_E3,Microsoft 365 E3,User,,2500,"), "{products}");
    assert!(products.contains("FLOW_FREE,Microsoft Power Automate Free,"), "by part number: {products}");
    assert!(products.contains(",-5,"), "a number is no formula: {products}");
    let plans = std::fs::read_to_string(folder.join("product_plans.csv")).unwrap();
    assert!(
        plans.contains("EXCHANGE ONLINE (PLAN 2)") && plans.ends_with("ffffffff-0000-0000-0000-000000000000,,,,,\r\n")
    );
}

#[test]
fn the_manifest_is_a_data_package() {
    let (_root, folder) = package(FileFormat::Both);
    let text = std::fs::read(folder.join(MANIFEST_NAME)).unwrap();
    let mut value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(value["$schema"], "https://datapackage.org/profiles/2.0/datapackage.json");
    let assignments =
        value["resources"].as_array().unwrap().iter().find(|one| one["name"] == "assignments-csv").unwrap();
    assert_eq!(assignments["path"], "assignments.csv");
    assert_eq!(assignments["schema"]["primaryKey"], serde_json::json!(["tenant_id", "user_id", "sku_id", "source"]));
    let reference = &assignments["schema"]["foreignKeys"][0]["reference"];
    assert_eq!(*reference, serde_json::json!({"resource": "users-csv", "fields": ["user_id"]}));
    // A later minor version may say more.
    value["beacon"]["later"] = 1.into();
    value["beacon"]["tables"]["users"]["later"] = 1.into();
    let manifest: DataPackage = serde_json::from_value(value).unwrap();
    assert_eq!(manifest.beacon.tables["users"].rows, 4);
    assert_eq!(manifest.beacon.package_id, package_id(TENANT, &manifest.beacon.tables));
}

#[test]
fn each_damage_is_found() {
    type Damage = fn(&Path);
    let users = Some("users".to_owned());
    let cases: [(&str, Damage, FindingCode, Option<String>); 18] = [
        (
            "missing file",
            |folder| std::fs::remove_file(folder.join("users.csv")).unwrap(),
            FindingCode::FileMissing,
            users.clone(),
        ),
        ("extra file", |folder| std::fs::write(folder.join("notes.txt"), "x").unwrap(), FindingCode::FileExtra, None),
        (
            "changed byte",
            |folder| {
                let mut bytes = std::fs::read(folder.join("users.csv")).unwrap();
                *bytes.last_mut().unwrap() ^= 1;
                std::fs::write(folder.join("users.csv"), bytes).unwrap();
            },
            FindingCode::HashDiffers,
            users.clone(),
        ),
        (
            "cut file",
            |folder| std::fs::write(folder.join("users.csv"), "tenant").unwrap(),
            FindingCode::BytesDiffer,
            users.clone(),
        ),
        (
            "path to elsewhere",
            |folder| change_manifest(folder, |manifest| manifest.resources[3].path = "../users.csv".into()),
            FindingCode::PathUnsafe,
            users.clone(),
        ),
        (
            "folder for a file",
            |folder| {
                std::fs::remove_file(folder.join("users.csv")).unwrap();
                std::fs::create_dir(folder.join("users.csv")).unwrap();
            },
            FindingCode::PathUnsafe,
            users.clone(),
        ),
        (
            "row gone",
            |folder| {
                edit(folder, "users.csv", |text| {
                    text.split_inclusive("\r\n").filter(|line| !line.contains(",u4,")).collect()
                })
            },
            FindingCode::RowsDiffer,
            users.clone(),
        ),
        (
            "other value",
            |folder| edit(folder, "users.csv", |text| text.replace("a@x", "c@x")),
            FindingCode::RowsHashDiffers,
            users.clone(),
        ),
        (
            "key twice",
            |folder| edit(folder, "users.csv", |text| text.replace(",u2,", ",u1,")),
            FindingCode::KeyRepeated,
            users.clone(),
        ),
        (
            "wrong order",
            |folder| edit(folder, "users.csv", |text| text.replace(",u1,", ",u9,")),
            FindingCode::OrderBroken,
            users.clone(),
        ),
        (
            "key without value",
            |folder| edit(folder, "users.csv", |text| text.replace(",u4,", ",,")),
            FindingCode::ValueMissing,
            users.clone(),
        ),
        (
            "other tenant",
            |folder| edit(folder, "users.csv", |text| text.replacen(TENANT, E3, 1)),
            FindingCode::TenantDiffers,
            users.clone(),
        ),
        (
            "dangling reference",
            |folder| edit(folder, "assignments.csv", |text| text.replace(",u2,", ",u0,")),
            FindingCode::ReferenceMissing,
            Some("assignments".into()),
        ),
        (
            "other columns",
            |folder| edit(folder, "users.csv", |text| text.replacen("display_name", "shown_name", 1)),
            FindingCode::ColumnsDiffer,
            users.clone(),
        ),
        (
            "no CSV",
            |folder| edit(folder, "users.csv", |text| text + "\"open"),
            FindingCode::FileUnreadable,
            users.clone(),
        ),
        (
            "report of another table",
            |folder| change_manifest(folder, |manifest| drop(manifest.beacon.tables.remove("users"))),
            FindingCode::TableMismatch,
            users.clone(),
        ),
        (
            "other id",
            |folder| change_manifest(folder, |manifest| manifest.beacon.package_id = "0".into()),
            FindingCode::IdDiffers,
            None,
        ),
        (
            "untrue status",
            |folder| {
                change_manifest(folder, |manifest| {
                    manifest.beacon.tables.get_mut("users").unwrap().status = TableStatus::Partial;
                });
            },
            FindingCode::StatusUntrue,
            None,
        ),
    ];
    for (name, damage, code, table) in cases {
        let (_root, folder) = package(FileFormat::Csv);
        damage(&folder);
        let found = codes(&folder);
        assert!(found.contains(&(code, table)), "{name}: {found:?}");
    }
}

#[test]
fn damaged_parquet_is_found_and_a_newer_format_is_left_alone() {
    let (_root, folder) = package(FileFormat::Parquet);
    let path = folder.join("users.parquet");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes.truncate(middle);
    std::fs::write(&path, &bytes).unwrap();
    cover_up(&folder, "users.parquet");
    assert!(codes(&folder).contains(&(FindingCode::FileUnreadable, Some("users".into()))));

    let (_root, folder) = package(FileFormat::Parquet);
    change_manifest(&folder, |manifest| manifest.beacon.format_version = "2.0".into());
    assert_eq!(codes(&folder), [(FindingCode::FormatUnknown, None)]);
    assert_eq!(FindingCode::FormatUnknown.as_str(), "package.format_unknown");
}

#[test]
fn many_findings_of_a_kind_are_one() {
    let (_root, folder) = package(FileFormat::Csv);
    edit(&folder, "assignments.csv", |text| text.replace(",u1,", ",u0,"));
    let VerifyReport { findings, .. } = verify(&folder).unwrap();
    let dangling = findings.iter().find(|finding| finding.code == FindingCode::ReferenceMissing).unwrap();
    assert_eq!(dangling.what, "row 1 names the user_id \"u0\", which is not in users (and 1 more)");
}

#[test]
fn references_into_partial_tables_prove_nothing() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run-1");
    let mut tables = tenant();
    tables.iter_mut().find(|table| table.table == "users").unwrap().rows.pop();
    tables.iter_mut().find(|table| table.table == "users").unwrap().rows.pop();
    write(&folder, &tables, FileFormat::Parquet, 9, false);
    assert_eq!(codes(&folder), [(FindingCode::ReferenceMissing, Some("assignments".into()))]);
    change_manifest(&folder, |manifest| {
        manifest.beacon.tables.get_mut("users").unwrap().status = TableStatus::Partial;
        manifest.beacon.status = PackageStatus::Partial;
    });
    assert_eq!(codes(&folder), []);
}

fn writer(folder: &Path) -> Result<PackageWriter<'static>, PackageError> {
    let options = WriterOptions { format: FileFormat::Csv, tenant_id: TENANT.into(), names: &NoNames };
    PackageWriter::create(folder, options)
}

#[test]
fn a_half_written_package_is_none() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run-1");
    let unfinished = writer(&folder).unwrap();
    let partial = root.path().join(".run-1.partial");
    assert!(partial.is_dir() && !folder.exists());
    // Even with a manifest: the process may die between writing it and giving the folder its name.
    std::fs::write(partial.join(MANIFEST_NAME), "{}").unwrap();
    for place in [&folder, &partial] {
        assert!(matches!(verify(place), Err(PackageError::NotAPackage { .. })), "{}", place.display());
        assert!(matches!(read_summary(place), Err(PackageError::NotAPackage { .. })));
    }
    // A new attempt at the same place starts afresh.
    let again = writer(&folder).unwrap();
    assert_eq!(std::fs::read_dir(&partial).unwrap().count(), 0);
    drop(again);
    assert!(!partial.exists(), "nothing stays behind");
    drop(unfinished);
    std::fs::create_dir(&folder).unwrap();
    assert!(matches!(verify(&folder), Err(PackageError::NotAPackage { .. })));
    std::fs::write(folder.join(MANIFEST_NAME), "{").unwrap();
    assert!(matches!(verify(&folder), Err(PackageError::Manifest { .. })));
}

#[test]
fn a_package_is_never_overwritten_and_never_claims_too_much() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("run-1");
    std::fs::create_dir(&folder).unwrap();
    assert!(matches!(writer(&folder).err(), Some(PackageError::Exists(_))));
    std::fs::remove_dir(&folder).unwrap();
    for bad in ["/", ".hidden"] {
        assert!(matches!(writer(&root.path().join(bad)).err(), Some(PackageError::BadTarget(_))), "{bad}");
    }
    let finish = |change: &dyn Fn(&mut TableReport)| {
        let spill = tempfile::tempdir().unwrap();
        let mut merge = Spill::create(spill.path(), 1, [0; 16]).unwrap().finish().unwrap();
        let mut writer = writer(&folder).unwrap();
        writer.write_table(merge.table(groups()).unwrap()).unwrap();
        let twice = writer.write_table(merge.table(groups()).unwrap());
        assert!(matches!(twice, Err(PackageError::Report { .. })));
        let mut block = block();
        let mut report = TableReport::new(TableStatus::Complete, true);
        change(&mut report);
        block.tables.insert("groups".into(), report);
        let result = writer.finish(block);
        assert_eq!(folder.exists(), result.is_ok());
        assert!(!root.path().join(".run-1.partial").exists(), "nothing stays behind");
        result
    };
    let partial = finish(&|report| report.status = TableStatus::Partial);
    assert!(matches!(partial, Err(PackageError::NotComplete(table)) if table == "groups"));
    assert!(matches!(finish(&|report| report.mandatory = false), Err(PackageError::NotComplete(_))));
    assert!(matches!(finish(&|report| report.status = TableStatus::Skipped), Err(PackageError::Report { .. })));
    let whole = finish(&|_| {}).unwrap();
    assert_eq!(whole.manifest.beacon.tables["groups"].rows, 0);
    assert!(verify(&folder).unwrap().is_sound(), "a table without rows is a table");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    std::fs::write(&file, "x").unwrap();
    let error = writer(&file.join("run-1")).err().unwrap();
    assert!(matches!(&error, PackageError::Storage { path, .. } if *path == file), "{error}");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn the_summary_counts_people_once_per_product() {
    let (_root, folder) = package(FileFormat::Parquet);
    change_manifest(&folder, |manifest| {
        let users = manifest.beacon.tables.get_mut("users").unwrap();
        (users.retries, users.throttled_ms, users.pages) = (2, 61_000, 1_234);
        users.reason =
            Some(beacon_contract::Reason::new("graph.permission_missing").with("scope", "User.Read.All").into());
    });
    let summary = read_summary(&folder).unwrap();
    let people: Vec<_> = summary.products.iter().map(|product| (product.sku_id.as_str(), product.people)).collect();
    assert_eq!(people, [(E3, 2), (UNKNOWN_SKU, 1)]);
    for width in [0, 80, 120] {
        let text = render_summary(&summary, width, false);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(width.max(80)), "{text}");
        assert!(!text.contains('\u{1b}'), "a tenant's name must not steer the terminal");
    }
    let text = render_summary(&summary, 80, false);
    for expected in [
        "Contoso \u{fffd}[31mLtd  complete\n",
        "  users          complete             4               1,234        2  1 min 1 s\n",
        "      graph.permission_missing, scope User.Read.All\n",
        "  groups         skipped              -\n",
        "  Microsoft 365 E3                                 2,500           2           2\n",
    ] {
        assert!(text.contains(expected), "{expected:?} in\n{text}");
    }
    let coloured = render_summary(&summary, 80, true);
    assert!(coloured.contains("\u{1b}[32mcomplete"));
}

#[test]
fn row_groups_and_runs_do_not_change_content() {
    let root = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (0..70_000).map(|number| vec![Some(format!("g{number:05}")), Some("name".to_owned())]).collect();
    let tables = [TableRows { table: "groups", columns: &["group_id", "display_name"], rows }];
    let folder = root.path().join("run-1");
    let package = write(&folder, &tables, FileFormat::Both, 5_000, true);
    assert_eq!(package.manifest.beacon.tables["groups"].rows, 70_000);
    assert_eq!(verify(&folder).unwrap().findings, []);
    assert_eq!(read_table(&folder, "groups").unwrap().map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 70_000);
}
