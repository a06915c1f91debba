//! Why a package did not arrive.

use beacon_contract::FailKind;
use std::io;
use std::path::PathBuf;

/// Whose trouble it is: what concerns the destination stops every package on the way there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// Other packages would meet the same at this destination.
    Destination,
    /// Other packages may well arrive.
    Package,
}

/// Why a package did not arrive. No variant holds a credential, nor what a server sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// It is not where it was written.
    #[error("the package {} is not there any more", folder.display())]
    PackageMissing {
        /// Its folder.
        folder: PathBuf,
    },
    /// A file of it is not as its manifest says, or the manifest is not the one of this run.
    #[error("{file} of the package {} is not as it was written", folder.display())]
    PackageAltered {
        /// Its folder.
        folder: PathBuf,
        /// The file.
        file: String,
    },
    /// A file of it cannot be read.
    #[error("{file} of the package {} cannot be read", folder.display())]
    PackageUnreadable {
        /// Its folder.
        folder: PathBuf,
        /// The file.
        file: String,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// Something else has its name at the destination. It is never overwritten.
    #[error("something else is already named {name} there")]
    Occupied {
        /// Name of the package.
        name: String,
    },
    /// The destination is the folder that the package lies in.
    #[error("the package already lies in {}, so nothing would be copied", folder.display())]
    SameFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder of the destination is not there.
    #[error("the folder {} is not there", folder.display())]
    FolderMissing {
        /// The folder.
        folder: PathBuf,
    },
    /// Nothing may be written into the folder of the destination.
    #[error("nothing may be written into the folder {}", folder.display())]
    FolderClosed {
        /// The folder.
        folder: PathBuf,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// The destination has no room left.
    #[error("{place} has no room left")]
    Full {
        /// The destination.
        place: String,
    },
    /// The folder of the destination failed in another way.
    #[error("the folder {} cannot be written", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// The address is a private one that the operator did not grant.
    #[error("{place} is a private, loopback, link-local or reserved address")]
    AddressNotGranted {
        /// The destination.
        place: String,
    },
    /// A credential would leave this machine readable for others, or cannot be sent at all.
    #[error("the credential of this destination cannot be used: {why}")]
    Credential {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The operator's file of certificate authorities is none.
    #[error("the file of extra certificate authorities holds no readable PEM certificate")]
    Authorities,
    /// Through a proxy only full host names are asked for: what they resolve to cannot be seen from here.
    #[error("{place} is not named by a full host name, and through a proxy only those are asked for")]
    NotAName {
        /// The destination.
        place: String,
    },
    /// What is needed to connect to anybody cannot be made.
    #[error("no line to a server can be made: {message}")]
    NoLine {
        /// Why.
        message: String,
    },
    /// There is no connection, or it broke.
    #[error("{place} cannot be reached: {message}")]
    Line {
        /// The destination.
        place: String,
        /// Stable code.
        code: &'static str,
        /// What it asks of a person.
        kind: FailKind,
        /// What the system says; never an address with a query.
        message: String,
    },
    /// The server said no.
    #[error("{place} answered {status} to {method} {file}")]
    Refused {
        /// The destination.
        place: String,
        /// What was asked.
        method: &'static str,
        /// What it was about.
        file: String,
        /// Its answer.
        status: u16,
    },
    /// The server took everything, and gives back something else.
    #[error("{place} took {file} and does not have it")]
    NotKept {
        /// The destination.
        place: String,
        /// What was sent.
        file: String,
    },
    /// The operator stopped it.
    #[error("sending was stopped")]
    Stopped,
}

impl DeliveryError {
    /// A stable code for scripts and texts.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PackageMissing { .. } => "delivery.package_missing",
            Self::PackageAltered { .. } => "delivery.package_altered",
            Self::PackageUnreadable { .. } => "delivery.package_unreadable",
            Self::Occupied { .. } => "delivery.occupied",
            Self::SameFolder { .. } => "delivery.same_folder",
            Self::FolderMissing { .. } => "delivery.folder_missing",
            Self::FolderClosed { .. } => "delivery.folder_closed",
            Self::Full { .. } => "delivery.full",
            Self::Folder { .. } => "delivery.folder",
            Self::AddressNotGranted { .. } => "delivery.address",
            Self::Credential { .. } => "delivery.credential",
            Self::Authorities => "delivery.authorities",
            Self::NotAName { .. } => "delivery.not_a_name",
            Self::NoLine { .. } => "delivery.no_line",
            Self::Line { code, .. } => code,
            Self::Refused { status, .. } => Answer::of(*status).code(),
            Self::NotKept { .. } => "delivery.not_kept",
            Self::Stopped => "delivery.stopped",
        }
    }

    /// What it asks of a person. It is tried again in either case: what was put right is noticed by itself.
    #[must_use]
    pub fn kind(&self) -> FailKind {
        match self {
            Self::PackageMissing { .. }
            | Self::PackageAltered { .. }
            | Self::Occupied { .. }
            | Self::SameFolder { .. }
            | Self::FolderMissing { .. }
            | Self::FolderClosed { .. }
            | Self::AddressNotGranted { .. }
            | Self::Credential { .. }
            | Self::NotAName { .. }
            | Self::NoLine { .. }
            | Self::Authorities => FailKind::Settings,
            Self::PackageUnreadable { .. }
            | Self::Full { .. }
            | Self::Folder { .. }
            | Self::NotKept { .. }
            | Self::Stopped => FailKind::Retry,
            Self::Line { kind, .. } => *kind,
            Self::Refused { status, .. } => Answer::of(*status).kind(),
        }
    }

    /// Whether other packages would meet the same.
    #[must_use]
    pub fn concern(&self) -> Concern {
        match self {
            Self::PackageMissing { .. }
            | Self::PackageAltered { .. }
            | Self::PackageUnreadable { .. }
            | Self::Occupied { .. }
            | Self::SameFolder { .. } => Concern::Package,
            Self::Refused { status, .. } if Answer::of(*status) == Answer::TooLarge => Concern::Package,
            _ => Concern::Destination,
        }
    }

    /// The next step for a person.
    #[must_use]
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::PackageMissing { .. } => {
                "Bring the package back to this folder, or give this delivery up with `beacon delivery give-up`."
            }
            Self::PackageAltered { .. } => {
                "Run `beacon package verify` on it. Bring the package back from a backup, or give this delivery up with \
                 `beacon delivery give-up`."
            }
            Self::PackageUnreadable { .. } => "Let the user that runs beacon read the package.",
            Self::Occupied { .. } => "Look what it is and move it away, or give this delivery up.",
            Self::SameFolder { .. } => "Choose another folder for the destination: what lies in one place is no copy.",
            Self::FolderMissing { .. } => {
                "Connect the drive or make the folder. beacon does not make it: behind a drive that is not connected it \
                 would write onto the wrong disk."
            }
            Self::FolderClosed { .. } => "Let the user that runs beacon write into that folder.",
            Self::Full { .. } => "Make room there. It is tried again by itself.",
            Self::Folder { .. } => "Check the drive of that folder. It is tried again by itself.",
            Self::AddressNotGranted { .. } => "Grant it with --allow-address if packages may go there.",
            Self::Credential { .. } => "Enter the credential of the destination again.",
            Self::Authorities => "Name a file with one or more PEM certificates after --ca-file.",
            Self::NotAName { .. } => {
                "Write the full name of the server, as in https://files.example.com/, or reach it without a proxy."
            }
            Self::NoLine { .. } => "Check the address of the proxy, its user name and its password.",
            Self::Line { kind: FailKind::Settings, .. } => {
                "Check the address of the destination and its certificate; --ca-file adds an authority to trust."
            }
            Self::Line { .. } => "Check that the server runs and can be reached. It is tried again by itself.",
            Self::Refused { status, .. } => Answer::of(*status).next_step(),
            Self::NotKept { .. } => {
                "Check what the server does with uploads: it must keep each file at the address it was sent to. It is \
                 tried again by itself."
            }
            Self::Stopped => "What is waiting is sent at the next time.",
        }
    }
}

/// What a status means for an upload (RFC 9110, RFC 4918).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Redirected,
    Unauthorized,
    Forbidden,
    NotFound,
    NotAllowed,
    Conflict,
    TooLarge,
    Full,
    Busy,
    Unexpected,
}

impl Answer {
    pub(crate) fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Done,
            300..=399 => Self::Redirected,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            405 | 501 => Self::NotAllowed,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            507 => Self::Full,
            408 | 423 | 425 | 429 | 500..=599 => Self::Busy,
            _ => Self::Unexpected,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Redirected => "delivery.redirected",
            Self::Unauthorized => "delivery.unauthorized",
            Self::Forbidden => "delivery.forbidden",
            Self::NotFound => "delivery.not_found",
            Self::NotAllowed => "delivery.not_allowed",
            Self::Conflict => "delivery.conflict",
            Self::TooLarge => "delivery.too_large",
            Self::Full => "delivery.full",
            Self::Busy => "delivery.server",
            Self::Done | Self::Unexpected => "delivery.unexpected",
        }
    }

    fn kind(self) -> FailKind {
        match self {
            Self::Full | Self::Busy => FailKind::Retry,
            _ => FailKind::Settings,
        }
    }

    fn next_step(self) -> &'static str {
        match self {
            Self::Redirected => "Give the address that the server redirects to: packages follow no redirects.",
            Self::Unauthorized => "Check the credential of the destination, and enter the right one.",
            Self::Forbidden => "Let this account read and write below that address.",
            Self::NotFound => "Check the address: there is no place for uploads.",
            Self::NotAllowed => {
                "Switch uploads on: the server has to take PUT (and MKCOL, if it does not make folders)."
            }
            Self::Conflict => {
                "Let the server make folders for uploads (nginx: create_full_put_path on), or allow MKCOL."
            }
            Self::TooLarge => "Raise the server's limit for uploads (nginx: client_max_body_size).",
            Self::Full => "Make room on the server. It is tried again by itself.",
            Self::Busy => "Look into the server's log. It is tried again by itself.",
            Self::Done | Self::Unexpected => {
                "Look into the server's log. A server that misses a client certificate may answer 400."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Concern, DeliveryError};
    use beacon_contract::FailKind;

    fn refused(status: u16) -> DeliveryError {
        let (place, file) = ("https://files.example.com/".to_owned(), "users.parquet".to_owned());
        DeliveryError::Refused { place, method: "PUT", file, status }
    }

    #[test]
    fn each_refusal_has_a_code_and_a_kind() {
        for (status, code, kind) in [
            (301, "delivery.redirected", FailKind::Settings),
            (400, "delivery.unexpected", FailKind::Settings),
            (401, "delivery.unauthorized", FailKind::Settings),
            (403, "delivery.forbidden", FailKind::Settings),
            (404, "delivery.not_found", FailKind::Settings),
            (405, "delivery.not_allowed", FailKind::Settings),
            (409, "delivery.conflict", FailKind::Settings),
            (413, "delivery.too_large", FailKind::Settings),
            (429, "delivery.server", FailKind::Retry),
            (500, "delivery.server", FailKind::Retry),
            (502, "delivery.server", FailKind::Retry),
            (507, "delivery.full", FailKind::Retry),
        ] {
            let error = refused(status);
            assert_eq!((error.code(), error.kind()), (code, kind), "{status}");
            let expected = if status == 413 { Concern::Package } else { Concern::Destination };
            assert_eq!(error.concern(), expected, "{status}");
            assert!(!error.next_step().is_empty());
        }
        assert_eq!(refused(403).to_string(), "https://files.example.com/ answered 403 to PUT users.parquet");
    }
}
