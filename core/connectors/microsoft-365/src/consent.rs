//! The task `consent`: sign in, look at what came of it, say what is missing.

use crate::probe;
use crate::session::{Presence, Session};
use beacon_contract::{CheckOutcome, Done, Reason};
use beacon_kit::{Run, Settled, join};

pub(crate) async fn consent(run: &Run) -> Settled {
    let session = Session::open(run, Presence::Attended).await?;
    probe::signed_in(&session);
    offline(&session);
    probe::permissions(&session);
    probe::tenant(&session).await?;
    join!(probe::licences(&session), probe::users(&session), probe::usage(&session));
    Ok(Done::default())
}

/// A sign-in that cannot be repeated without a person is no basis for a schedule.
fn offline(session: &Session<'_>) {
    if session.granted.kind.is_interactive() {
        let (outcome, code) = if session.granted.offline {
            (CheckOutcome::Pass, "microsoft_365.offline")
        } else {
            (CheckOutcome::Fail, "microsoft_365.not_offline")
        };
        session.run.check_result("offline", outcome, Reason::new(code));
    }
}
