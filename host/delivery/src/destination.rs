//! One place that packages go to.

use crate::error::DeliveryError;
use crate::folder;
use crate::parcel::Parcel;
use crate::upload::Upload;
use beacon_driver::Cancel;
use std::path::PathBuf;
use std::sync::Arc;

/// A place that packages go to, ready to be used.
pub enum Destination {
    /// A folder of this machine, or one that is connected to it.
    Folder {
        /// The folder.
        root: PathBuf,
        /// Who copies there: part of the hidden name, so that two destinations may lead to one folder.
        writer: String,
    },
    /// A server that takes uploads.
    Upload(Box<Upload>),
}

/// How a package came to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was sent now.
    Sent,
    /// It was there: an earlier attempt did not live to tell.
    AlreadyThere,
}

impl Destination {
    /// Brings a package there. When this gives no error the package is there, whole and once, however often it was
    /// tried and wherever that was interrupted. Dropping the future stops it; copying into a folder ends a moment
    /// later, and `right` lives until nothing is written any more. Only one at a time may deliver to a destination.
    ///
    /// # Errors
    /// [`DeliveryError`]; whatever arrived does not look like a package, because its manifest is missing.
    pub async fn deliver(
        &self,
        parcel: &Arc<Parcel>,
        cancel: &Cancel,
        right: impl Send + 'static,
    ) -> Result<Arrival, DeliveryError> {
        match self {
            Self::Folder { root, writer } => {
                let (root, writer) = (root.clone(), writer.clone());
                let (parcel, cancel) = (Arc::clone(parcel), cancel.clone());
                // A thread does not end with whoever waits for it, so it looks whether somebody still does.
                let waiting = Arc::new(());
                let awaited = Arc::downgrade(&waiting);
                let arrival = blocking(move || {
                    let stopped = || cancel.is_cancelled() || awaited.strong_count() == 0;
                    let arrival = folder::deliver(&root, &writer, &parcel, &stopped);
                    drop(right);
                    arrival
                });
                let arrival = arrival.await;
                drop(waiting);
                arrival
            }
            Self::Upload(upload) => upload.deliver(parcel, cancel).await,
        }
    }

    /// Whether something could be delivered there now: writes a small file and removes it. Gives `false` where the
    /// server does not let files be removed, so that `beacon-destination-test.txt` stays there.
    ///
    /// # Errors
    /// [`DeliveryError`] that a delivery would meet.
    pub async fn test(&self, cancel: &Cancel) -> Result<bool, DeliveryError> {
        match self {
            Self::Folder { root, .. } => {
                let root = root.clone();
                blocking(move || folder::test(&root)).await.map(|()| true)
            }
            Self::Upload(upload) => upload.test(cancel).await,
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DeliveryError> + Send + 'static,
) -> Result<T, DeliveryError> {
    // A runtime that ends takes the work with it.
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(DeliveryError::Stopped))
}

#[cfg(all(test, unix))]
mod tests {
    use super::Destination;
    use crate::parcel::tests::parcel;
    use beacon_driver::Cancel;
    use std::io::Write as _;
    use std::process::Command;
    use std::sync::Arc;
    use std::sync::mpsc::{TryRecvError, channel};

    /// The file is a pipe, so that copying stands still until the test has written something.
    #[tokio::test]
    async fn a_delivery_that_is_dropped_copies_no_package_and_keeps_its_right_until_it_ended() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let content = b"id\r\n1\r\n";
        let parcel = Arc::new(parcel(here.path(), "one", &[("users.csv", content)]));
        let pipe = parcel.folder().join("users.csv");
        std::fs::remove_file(&pipe).unwrap();
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let destination = Destination::Folder { root: there.path().to_owned(), writer: "share".to_owned() };
        let (right, ended) = channel::<()>();
        let delivery = tokio::spawn(async move { destination.deliver(&parcel, &Cancel::new(), right).await });
        let opened = tokio::task::spawn_blocking(move || std::fs::File::options().write(true).open(pipe));
        // Whoever opens a pipe waits for the other side: the file is being copied now.
        let mut file = opened.await.unwrap().unwrap();
        delivery.abort();
        assert!(delivery.await.unwrap_err().is_cancelled());
        assert_eq!(ended.try_recv(), Err(TryRecvError::Empty), "it is still writing");
        file.write_all(content).unwrap();
        drop(file);
        tokio::task::spawn_blocking(move || ended.recv().unwrap_err()).await.unwrap();
        assert_eq!(std::fs::read_dir(there.path()).unwrap().count(), 0);
    }
}
