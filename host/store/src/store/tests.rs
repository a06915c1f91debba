use std::fs;
use std::path::Path;

use beacon_vault::Vault;
use rusqlite::Connection as Database;
use tempfile::TempDir;

use super::{DATABASE_FILE, Store};
use crate::{ConnectionId, ErrorKind, NewConnection, SecondConnection, StoreError};

/// A store in a folder of its own, with one connection.
pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) connection: ConnectionId,
    pub(crate) folder: TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).ok().unwrap();
        let connection = new_connection(1, "Contoso");
        let id = connection.id;
        store.insert_connection(connection, SecondConnection::Refuse, now(0)).unwrap();
        Self { store, connection: id, folder }
    }

    /// The same folder after the process ended and began again.
    pub(crate) fn reopen(self) -> Self {
        let Self { store, connection, folder } = self;
        drop(store);
        Self { store: Store::open(folder.path()).ok().unwrap(), connection, folder }
    }
}

pub(crate) fn new_connection(number: u128, name: &str) -> NewConnection {
    NewConnection {
        id: uuid::Uuid::from_u128(number).into(),
        name: name.parse().unwrap(),
        source_type: "Microsoft 365".to_owned(),
        module_id: "microsoft-365".to_owned(),
        settings: serde_json::Map::new(),
        proxy: None,
        tenant_key: None,
        profile: None,
    }
}

pub(crate) fn now(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::new(1_760_000_000 + second, 5).unwrap()
}

fn refused(folder: &Path) -> StoreError {
    Store::open(folder).err().expect("the folder must be refused")
}

#[test]
fn a_look_beside_the_owner_sees_what_it_wrote_and_changes_nothing() {
    let mut fixture = Fixture::new();
    let mut looking = Store::open_to_look(fixture.folder.path()).ok().unwrap();
    assert_eq!(looking.connections().unwrap().len(), 1);
    assert_eq!(looking.installation(), fixture.store.installation());
    assert_eq!(looking.complaints().unwrap(), Vec::<String>::new());
    fixture.store.insert_connection(new_connection(2, "Fabrikam"), SecondConnection::Refuse, now(1)).unwrap();
    assert_eq!(looking.connections().unwrap().len(), 2);
    let refused = looking.insert_connection(new_connection(3, "Other"), SecondConnection::Refuse, now(2)).unwrap_err();
    assert!(matches!(refused, StoreError::NotWritable { .. }), "{refused}");
    assert_eq!(fixture.store.connections().unwrap().len(), 2);
}

#[test]
fn a_look_makes_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open_to_look(folder.path()).err().unwrap();
    assert!(matches!(error, StoreError::NoDatabase { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn it_can_be_sent_to_a_blocking_task() {
    fn assert_send<T: Send>() {}
    assert_send::<Store>();
    assert_send::<Vault>();
}

#[test]
fn an_installation_keeps_its_id() {
    let fixture = Fixture::new();
    let id = fixture.store.installation();
    assert_eq!(fixture.reopen().store.installation(), id);
    assert_ne!(Fixture::new().store.installation(), id);
}

#[test]
fn a_folder_has_one_owner() {
    let fixture = Fixture::new();
    let error = refused(fixture.folder.path());
    assert!(matches!(error, StoreError::Locked { pid: Some(pid), .. } if pid == std::process::id()), "{error}");
    assert_eq!(error.kind(), ErrorKind::Retry);
}

#[cfg(unix)]
#[test]
fn every_file_is_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let fixture = Fixture::new();
    let files: Vec<_> = fs::read_dir(fixture.folder.path()).unwrap().map(Result::unwrap).collect();
    let names: Vec<_> = files.iter().map(|file| file.file_name().into_string().unwrap()).collect();
    for name in ["beacon.lock", "beacon.sqlite", "beacon.sqlite-wal", "beacon.sqlite-shm"] {
        assert!(names.iter().any(|found| found == name), "{name} in {names:?}");
    }
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn a_newer_database_is_refused() {
    let Fixture { store, folder, .. } = Fixture::new();
    drop(store);
    let database = Database::open(folder.path().join(DATABASE_FILE)).unwrap();
    database.execute("INSERT INTO migrations (number, name, checksum) VALUES (900, 'future', x'00')", []).unwrap();
    drop(database);
    let error = refused(folder.path());
    assert!(matches!(error, StoreError::Newer { found: 900, .. }), "{error}");
    assert_eq!(error.code(), "store.newer");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_kept() {
    let Fixture { store, folder, .. } = Fixture::new();
    drop(store);
    let path = folder.path().join(DATABASE_FILE);
    let content = "not a database ".repeat(100);
    fs::write(&path, &content).unwrap();
    assert!(matches!(refused(folder.path()), StoreError::Damaged { .. }));
    assert_eq!(fs::read_to_string(&path).unwrap(), content);
}

#[test]
fn a_row_without_meaning_is_damage_not_a_panic() {
    let fixture = Fixture::new();
    fixture.store.database.execute("UPDATE connections SET name = '#'", []).unwrap();
    let error = fixture.store.connections().unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

/// The database's own page limit stands for the end of the disk: SQLite reports both alike.
#[test]
fn a_full_disk_is_named_and_loses_nothing() {
    let mut fixture = Fixture::new();
    let used: u32 = fixture.store.database.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    fixture.store.database.query_row(&format!("PRAGMA max_page_count = {used}"), [], |_| Ok(())).unwrap();
    let mut large = new_connection(2, "Large");
    large.settings.insert("text".to_owned(), "x".repeat(100_000).into());
    let error = fixture.store.insert_connection(large, SecondConnection::Refuse, now(1)).unwrap_err();
    assert!(matches!(&error, StoreError::DiskFull { folder, .. } if folder == fixture.folder.path()), "{error}");
    let reopened = fixture.reopen();
    assert_eq!(reopened.store.connections().unwrap().len(), 1);
}

#[test]
fn a_read_only_folder_is_named() {
    let mut fixture = Fixture::new();
    fixture.store.database.execute_batch("PRAGMA query_only = ON").unwrap();
    let error = fixture.store.delete_connection(fixture.connection).unwrap_err();
    assert!(matches!(&error, StoreError::NotWritable { folder, .. } if folder == fixture.folder.path()), "{error}");

    for (kind, code) in [
        (std::io::ErrorKind::PermissionDenied, "store.not_writable"),
        (std::io::ErrorKind::ReadOnlyFilesystem, "store.not_writable"),
        (std::io::ErrorKind::StorageFull, "store.disk_full"),
        (std::io::ErrorKind::QuotaExceeded, "store.disk_full"),
        (std::io::ErrorKind::NotADirectory, "store.folder"),
    ] {
        assert_eq!(StoreError::from_io(Path::new("data"), kind.into()).code(), code);
    }
}

#[test]
fn the_installed_names_are_the_last_ones() {
    let mut fixture = Fixture::new();
    assert_eq!(fixture.store.installed_names().unwrap(), None);
    for digest in ["first", "second"] {
        let names = crate::InstalledNames { digest: digest.to_owned(), installed_at: now(1) };
        fixture.store.set_installed_names(&names).unwrap();
        assert_eq!(fixture.store.installed_names().unwrap(), Some(names));
    }
}

#[test]
fn several_writings_are_all_stored_or_none() {
    let Fixture { mut store, folder: _folder, .. } = Fixture::new();
    let names = |store: &Store| -> Vec<String> {
        store.connections().unwrap().iter().map(|connection| connection.name.to_string()).collect()
    };
    let refuse = SecondConnection::Refuse;
    let done: Result<(), StoreError> = store.together(|store| {
        store.insert_connection(new_connection(2, "Fabrikam"), refuse, now(1))?;
        store.insert_connection(new_connection(3, "contoso"), refuse, now(1))?;
        Ok(())
    });
    assert!(matches!(done, Err(StoreError::NameTaken { .. })));
    assert_eq!(names(&store), ["Contoso"]);
    let done: Result<(), StoreError> = store.together(|store| {
        store.insert_connection(new_connection(2, "Fabrikam"), refuse, now(1))?;
        // What failed and was caught is undone by itself.
        assert!(store.insert_connection(new_connection(3, "contoso"), refuse, now(1)).is_err());
        Ok(())
    });
    assert!(done.is_ok());
    assert_eq!(names(&store), ["Contoso", "Fabrikam"]);
}

#[test]
fn what_could_not_be_kept_leaves_nothing_open() {
    let Fixture { mut store, folder: _folder, .. } = Fixture::new();
    let refuse = SecondConnection::Refuse;
    let used: u32 = store.database.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    store.database.query_row(&format!("PRAGMA max_page_count = {used}"), [], |_| Ok(())).unwrap();
    let done: Result<(), StoreError> = store.together(|store| {
        let mut large = new_connection(2, "Large");
        large.settings.insert("text".to_owned(), "x".repeat(100_000).into());
        store.insert_connection(large, refuse, now(1)).map(|_| ())
    });
    assert!(matches!(done, Err(StoreError::DiskFull { .. })));
    store.database.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
    // What is refused only when everything was written.
    let done: Result<(), StoreError> = store.together(|store| {
        let sql = "PRAGMA defer_foreign_keys = ON; \
                   INSERT INTO connection_labels (connection_id, label) VALUES ('nobody', 'gold')";
        store.execute(sql)
    });
    assert!(done.is_err());
    let done: Result<(), StoreError> =
        store.together(|store| store.insert_connection(new_connection(2, "Fabrikam"), refuse, now(1)).map(|_| ()));
    assert!(done.is_ok());
    assert_eq!(store.connections().unwrap().len(), 2);
}

#[test]
fn a_panic_among_several_writings_leaves_nothing_open() {
    let Fixture { mut store, folder: _folder, .. } = Fixture::new();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.together(|store| -> Result<(), StoreError> {
            store.insert_connection(new_connection(2, "Fabrikam"), SecondConnection::Refuse, now(1))?;
            panic!("a mistake")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(store.connections().unwrap().len(), 1);
    store.insert_connection(new_connection(2, "Fabrikam"), SecondConnection::Refuse, now(1)).unwrap();
    assert_eq!(store.connections().unwrap().len(), 2);
}
