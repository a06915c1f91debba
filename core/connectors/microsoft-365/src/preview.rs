//! The task `preview`: the tenant, its products and a few people.

use crate::session::{Presence, Session};
use crate::{products, tenant, usage, users};
use beacon_contract::{Done, Reason, TableStatus};
use beacon_kit::{Run, Settled, try_join};

pub(crate) async fn preview(run: &Run) -> Settled {
    let session = Session::open(run, Presence::Unattended).await?;
    try_join!(tenant::read(&session), products::read(&session), users::sample(&session))?;
    let others = [&session.names.subscriptions.table, &session.names.groups, &session.names.sign_ins.table];
    for table in others.into_iter().chain(usage::tables(&session)) {
        run.table_end(table, TableStatus::Skipped, Some(Reason::new("microsoft_365.sample")));
    }
    Ok(Done::default())
}
