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
    Folder(PathBuf),
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
    /// tried and wherever that was interrupted. Dropping the future stops it.
    ///
    /// # Errors
    /// [`DeliveryError`]; whatever arrived does not look like a package, because its manifest is missing.
    pub async fn deliver(&self, parcel: &Arc<Parcel>, cancel: &Cancel) -> Result<Arrival, DeliveryError> {
        match self {
            Self::Folder(root) => {
                let (root, parcel, cancel) = (root.clone(), Arc::clone(parcel), cancel.clone());
                blocking(move || folder::deliver(&root, &parcel, &|| cancel.is_cancelled())).await
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
            Self::Folder(root) => {
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
