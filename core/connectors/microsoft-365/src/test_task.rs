//! The task `test`: named checks against the live service, with the stored sign-in.

use crate::probe;
use crate::session::{Presence, Session};
use beacon_contract::Done;
use beacon_kit::{Run, Settled, join};

pub(crate) async fn test(run: &Run) -> Settled {
    let session = Session::open(run, Presence::Unattended).await?;
    probe::signed_in(&session);
    probe::permissions(&session);
    let identity = probe::tenant(&session).await?;
    join!(probe::licences(&session), probe::users(&session), probe::subscriptions(&session), probe::usage(&session));
    if let Some(identity) = identity {
        probe::groups(&session, &identity.id).await;
    }
    Ok(Done::default())
}
