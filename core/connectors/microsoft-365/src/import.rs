//! The task `import`: everything, side by side.

use crate::session::{Presence, Session};
use crate::{groups, products, sign_ins, subscriptions, tenant, usage, users};
use beacon_contract::{Done, Fail};
use beacon_kit::{Run, Settled, try_join, try_join2};
use serde_json::Value;

pub(crate) async fn import(run: &Run) -> Settled {
    let session = Session::open(run, Presence::Unattended).await?;
    let mandatory = async {
        let (_, _, (), plan) = try_join!(
            tenant::read(&session),
            products::read(&session),
            subscriptions::read(&session),
            people(&session)
        )?;
        Ok::<_, Fail>(plan)
    };
    let optional = async { try_join2(sign_ins::read(&session), usage::read(&session)).await };
    let (plan, ()) = try_join2(mandatory, async { optional.await.map(|_| ()) }).await?;
    Ok(Done { plan: Some(plan) })
}

/// Groups can only be named when all people were seen. Returns what the next run should know.
async fn people(session: &Session<'_>) -> Result<Value, Fail> {
    let people = users::read(session).await?;
    let plan = people.parts.plan();
    groups::take(session, people)?;
    Ok(plan)
}
