//! The task `import`: everything, side by side.

use crate::session::{Presence, Session};
use crate::users::Extent;
use crate::{groups, products, subscriptions, tenant, users};
use beacon_contract::{Done, Fail};
use beacon_kit::{Run, Settled, try_join};

pub(crate) async fn import(run: &Run) -> Settled {
    let session = Session::open(run, Presence::Unattended).await?;
    try_join!(tenant::read(&session), products::read(&session), subscriptions::read(&session), people(&session),)?;
    Ok(Done::default())
}

/// Groups can only be named when all people were seen.
async fn people(session: &Session<'_>) -> Result<(), Fail> {
    let assigning = users::read(session, Extent::Whole).await?;
    groups::read(session, &assigning).await
}
