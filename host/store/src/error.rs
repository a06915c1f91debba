use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use beacon_vault::{DataKeyId, SlotName};
use rusqlite::ErrorCode;

use crate::{ConnectionId, CredentialProfileId, InvalidInput, RunId, ScheduleId, TenantKey};

/// What somebody has to do about a [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Try again later, or stop the other process.
    Retry,
    /// Enter something else.
    Input,
    /// Put the data folder or its disk right.
    Installation,
    /// A programming error in this product.
    Internal,
}

/// Why something could not be stored or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process owns the data folder.
    #[error("the data folder {} is in use by {}", folder.display(), holder(*.pid))]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// The process that owns it, where it can be told.
        pid: Option<u32>,
    },
    /// Other users may enter the data folder, which holds personal data.
    #[error("the data folder {} can be used by others (mode {mode:03o}), but must have mode 700", folder.display())]
    OpenToOthers {
        /// The folder.
        folder: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The disk of the data folder is full. What was stored before is kept.
    #[error("the disk of the data folder {} is full", folder.display())]
    DiskFull {
        /// The folder.
        folder: PathBuf,
        /// The system's or the database's cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The data folder can't be written by this user.
    #[error("the data folder {} can not be written", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// The system's or the database's cause.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The data folder can't be used for another reason.
    #[error("the data folder {} can not be used", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// The database was written by a newer version.
    #[error("the database has version {found}, but this program knows versions up to {supported}")]
    Newer {
        /// The version of the database.
        found: u32,
        /// The newest version that this program knows.
        supported: u32,
    },
    /// The database was written by an older version, and reading alone brings it up to date no more than writing may.
    #[error("the database has version {found}, and this program needs version {supported}")]
    Older {
        /// The version of the database.
        found: u32,
        /// The version that this program reads.
        supported: u32,
    },
    /// There is no database to look at.
    #[error("the folder {} holds no database", folder.display())]
    NoDatabase {
        /// The data folder.
        folder: PathBuf,
    },
    /// A step that the database went through is not the one that this program knows by that number.
    #[error("migration {number} of the database is not the one of this program")]
    ForeignMigration {
        /// The number of the step.
        number: u32,
    },
    /// The database file is damaged, or a row in it has no meaning.
    #[error("the database in {} is damaged", folder.display())]
    Damaged {
        /// The data folder.
        folder: PathBuf,
        /// The database's cause.
        #[source]
        source: rusqlite::Error,
    },
    /// Something that was typed breaks a rule.
    #[error(transparent)]
    Input(#[from] InvalidInput),
    /// Another connection has the name.
    #[error("connection name must be unique, and {name:?} is the name of another connection")]
    NameTaken {
        /// The name of the other connection.
        name: String,
    },
    /// Another destination has the name.
    #[error("destination name must be unique, and {name:?} is the name of another destination")]
    DestinationNameTaken {
        /// The name of the other destination.
        name: String,
    },
    /// Another notification has the name.
    #[error("notification name must be unique, and {name:?} is the name of another notification")]
    NotificationNameTaken {
        /// The name of the other notification.
        name: String,
    },
    /// Another schedule has the name.
    #[error("schedule name must be unique, and {name:?} is the name of another schedule")]
    ScheduleNameTaken {
        /// The name of the other schedule.
        name: String,
    },
    /// Another credential profile has the name.
    #[error("profile name must be unique, and {name:?} is the name of another profile")]
    ProfileNameTaken {
        /// The name of the other profile.
        name: String,
    },
    /// There is no such credential profile.
    #[error("there is no credential profile {id}")]
    NoSuchProfile {
        /// The id that was asked for.
        id: CredentialProfileId,
    },
    /// A credential profile was to be deleted while connections need it.
    #[error("the credential profile is used by {connections}")]
    ProfileInUse {
        /// Names of the connections, separated by commas.
        connections: String,
    },
    /// What a schedule says about time breaks a rule.
    #[error(transparent)]
    Timing(#[from] beacon_schedule::InvalidTiming),
    /// There is no such schedule.
    #[error("there is no schedule {id}")]
    NoSuchSchedule {
        /// The id that was asked for.
        id: ScheduleId,
    },
    /// The tenant already has a connection of this source type, and nobody confirmed a second one.
    #[error("tenant {tenant} is already imported as {source_type} by connection {existing_name:?}")]
    TenantConnected {
        /// The tenant.
        tenant: TenantKey,
        /// The source type of both.
        source_type: String,
        /// The existing connection.
        existing: ConnectionId,
        /// Its name.
        existing_name: String,
    },
    /// There is no such connection.
    #[error("there is no connection {id}")]
    NoSuchConnection {
        /// The id that was asked for.
        id: ConnectionId,
    },
    /// The connection was changed since it was read.
    #[error("connection {id} was changed in the meantime")]
    StaleConnection {
        /// The connection.
        id: ConnectionId,
    },
    /// There is no such run.
    #[error("there is no run {id}")]
    NoSuchRun {
        /// The id that was asked for.
        id: RunId,
    },
    /// The run has already ended.
    #[error("run {id} has already ended")]
    RunEnded {
        /// The run.
        id: RunId,
    },
    /// A secret was to be replaced by an older one.
    #[error("slot `{slot}` already holds version {stored} of its secret, so version {offered} is not stored")]
    StaleSecret {
        /// The slot.
        slot: SlotName,
        /// The stored version.
        stored: u32,
        /// The version that was offered.
        offered: u32,
    },
    /// There is no such data key.
    #[error("there is no data key {id}")]
    NoSuchDataKey {
        /// The key.
        id: DataKeyId,
    },
    /// A data key was to be deleted while secrets need it.
    #[error("data key {id} is still needed by {secrets} secrets")]
    DataKeyInUse {
        /// The key.
        id: DataKeyId,
        /// The number of secrets sealed with it.
        secrets: u32,
    },
    /// The database refused in a way that only a mistake in this program explains.
    #[error("the database refused")]
    Database(#[from] rusqlite::Error),
}

impl StoreError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "store.locked",
            Self::OpenToOthers { .. } => "store.open_to_others",
            Self::DiskFull { .. } => "store.disk_full",
            Self::NotWritable { .. } => "store.not_writable",
            Self::Folder { .. } => "store.folder",
            Self::Newer { .. } => "store.newer",
            Self::Older { .. } => "store.older",
            Self::NoDatabase { .. } => "store.no_database",
            Self::ForeignMigration { .. } => "store.foreign_migration",
            Self::Damaged { .. } => "store.damaged",
            Self::Input(_) => "store.input",
            Self::NameTaken { .. } => "store.name_taken",
            Self::DestinationNameTaken { .. } => "store.destination_name_taken",
            Self::NotificationNameTaken { .. } => "store.notification_name_taken",
            Self::ScheduleNameTaken { .. } => "store.schedule_name_taken",
            Self::ProfileNameTaken { .. } => "store.profile_name_taken",
            Self::NoSuchProfile { .. } => "store.no_such_profile",
            Self::ProfileInUse { .. } => "store.profile_in_use",
            Self::Timing(_) => "store.timing",
            Self::NoSuchSchedule { .. } => "store.no_such_schedule",
            Self::TenantConnected { .. } => "store.tenant_connected",
            Self::NoSuchConnection { .. } => "store.no_such_connection",
            Self::StaleConnection { .. } => "store.stale_connection",
            Self::NoSuchRun { .. } => "store.no_such_run",
            Self::RunEnded { .. } => "store.run_ended",
            Self::StaleSecret { .. } => "store.stale_secret",
            Self::NoSuchDataKey { .. } => "store.no_such_data_key",
            Self::DataKeyInUse { .. } => "store.data_key_in_use",
            Self::Database(_) => "store.database",
        }
    }

    /// What somebody has to do about it.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked { .. } | Self::StaleConnection { .. } | Self::StaleSecret { .. } => ErrorKind::Retry,
            Self::Input(_)
            | Self::NameTaken { .. }
            | Self::DestinationNameTaken { .. }
            | Self::NotificationNameTaken { .. }
            | Self::ScheduleNameTaken { .. }
            | Self::ProfileNameTaken { .. }
            | Self::ProfileInUse { .. }
            | Self::NoSuchProfile { .. }
            | Self::Timing(_)
            | Self::NoSuchSchedule { .. }
            | Self::TenantConnected { .. }
            | Self::NoSuchConnection { .. }
            | Self::NoSuchRun { .. } => ErrorKind::Input,
            Self::OpenToOthers { .. }
            | Self::DiskFull { .. }
            | Self::NotWritable { .. }
            | Self::Folder { .. }
            | Self::Newer { .. }
            | Self::Older { .. }
            | Self::NoDatabase { .. }
            | Self::ForeignMigration { .. }
            | Self::Damaged { .. } => ErrorKind::Installation,
            Self::RunEnded { .. } | Self::NoSuchDataKey { .. } | Self::DataKeyInUse { .. } | Self::Database(_) => {
                ErrorKind::Internal
            }
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "Wait for the other process to end, or stop it.",
            Self::OpenToOthers { .. } => "Close the folder to others with `chmod 700`, or choose another one.",
            Self::DiskFull { .. } => "Make room on that disk and try again; nothing that was stored is lost.",
            Self::NotWritable { .. } | Self::Folder { .. } => {
                "Let the user that runs beacon read and write the folder, or choose another one."
            }
            Self::Newer { .. } => "Use the version of beacon that wrote this data folder, or a newer one.",
            Self::Older { .. } => {
                "Start beacon once (`beacon connection list`, or the service): that brings the database up to date."
            }
            Self::NoDatabase { .. } => {
                "Name the data folder with --data or BEACON_DATA; a beacon that was never started has none yet."
            }
            Self::ForeignMigration { .. } => "Use the build of beacon that wrote this data folder.",
            Self::Damaged { .. } => "Restore the data folder from a backup.",
            Self::Input(_)
            | Self::NameTaken { .. }
            | Self::DestinationNameTaken { .. }
            | Self::NotificationNameTaken { .. }
            | Self::ScheduleNameTaken { .. }
            | Self::ProfileNameTaken { .. }
            | Self::Timing(_) => "Correct the field and try again.",
            Self::TenantConnected { .. } => {
                "Use the existing connection: it covers every subscription of the tenant. Or confirm a second one."
            }
            Self::ProfileInUse { .. } => "Give those connections a credential of their own or another profile first.",
            Self::NoSuchConnection { .. }
            | Self::NoSuchRun { .. }
            | Self::NoSuchSchedule { .. }
            | Self::NoSuchProfile { .. } => "List what there is and choose from it.",
            Self::StaleConnection { .. } | Self::StaleSecret { .. } => {
                "Load the connection again and repeat the change."
            }
            Self::RunEnded { .. } | Self::NoSuchDataKey { .. } | Self::DataKeyInUse { .. } | Self::Database(_) => {
                "Report this to the makers of beacon."
            }
        }
    }

    /// Sorts a failure of the file system by what a person can do about it.
    pub(crate) fn from_io(folder: &Path, source: io::Error) -> Self {
        let folder = folder.to_owned();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { folder, source: Box::new(source) }
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable { folder, source: Box::new(source) }
            }
            _ => Self::Folder { folder, source },
        }
    }

    /// Sorts a failure of the database by what a person can do about it, and says where it happened.
    pub(crate) fn located(self, folder: &Path) -> Self {
        let Self::Database(source) = self else { return self };
        let folder = folder.to_owned();
        if matches!(source, rusqlite::Error::FromSqlConversionFailure(..) | rusqlite::Error::InvalidColumnType(..)) {
            return Self::Damaged { folder, source };
        }
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull { folder, source: Box::new(source) },
            // What a quota or a limit on the size of files looks like to the database.
            _ if is_write_refused(&source) => Self::DiskFull { folder, source: Box::new(source) },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { folder, source: Box::new(source) }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { folder, source },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { folder, pid: None },
            _ => Self::Database(source),
        }
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

/// Whether the system refused to write more.
fn is_write_refused(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_WRITE)
}
