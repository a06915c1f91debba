use beacon_operations::Trouble;
use std::io;
use std::path::PathBuf;

/// Why a command line and a beacon that serves do not come together.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No beacon serves this data folder.
    #[error("no beacon serves this data folder")]
    NobodyServes,
    /// The file or the port cannot be used.
    #[error("{} cannot be used", path.display())]
    Storage {
        /// The file.
        path: PathBuf,
        /// The system's cause.
        #[source]
        source: io::Error,
    },
    /// Something answers that does not know the secret.
    #[error("what answers at the port in {} is not the beacon of this data folder", path.display())]
    SomebodyElse {
        /// The file.
        path: PathBuf,
    },
    /// The two speak differently.
    #[error("the beacon that serves this data folder has version {theirs}, and this program has {ours}")]
    OtherVersion {
        /// Version of the beacon that serves.
        theirs: String,
        /// Version of this program.
        ours: &'static str,
    },
    /// It did not answer, or not in time.
    #[error("the beacon that serves this data folder does not answer")]
    Silent(#[source] io::Error),
}

impl From<ControlError> for Trouble {
    fn from(error: ControlError) -> Self {
        let (code, advice) = match &error {
            ControlError::NobodyServes => ("control.nobody", "Start it with `beacon serve`, with the same --data."),
            ControlError::Storage { .. } => ("control.unreachable", "Run this as the user that the beacon runs as."),
            ControlError::SomebodyElse { .. } => {
                ("control.somebody_else", "Nothing was sent there. Restart the beacon, which chooses another port.")
            }
            ControlError::OtherVersion { .. } => (
                "control.other_version",
                "Restart the beacon after an update (systemctl restart m365-beacon), or use the program that it was \
                 started with. Nothing was done.",
            ),
            ControlError::Silent(_) => ("control.silent", "Try again. If it stays so, restart the beacon."),
        };
        let kind = match &error {
            ControlError::Silent(_) => beacon_contract::FailKind::Retry,
            _ => beacon_contract::FailKind::Settings,
        };
        Self::new(kind, code, &error, advice).caused_by(&error)
    }
}
