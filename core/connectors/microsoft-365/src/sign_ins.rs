//! The table `sign_ins`: a slow lane of its own beside everything else, because the service allows five such requests in
//! ten seconds. Needs Entra ID P1; a run can do without it.

use crate::manifest::USERS;
use crate::session::Session;
use beacon_contract::Fail;
use beacon_graph::{Object, Values as _};
use beacon_kit::{Column, Rows};

const USER_ID: Column = Column::of("sign_ins", "user_id");
const LAST_SUCCESSFUL_AT: Column = Column::of("sign_ins", "last_successful_at");
const LAST_INTERACTIVE_ATTEMPT_AT: Column = Column::of("sign_ins", "last_interactive_attempt_at");
const LAST_NON_INTERACTIVE_ATTEMPT_AT: Column = Column::of("sign_ins", "last_non_interactive_attempt_at");

/// The largest page that Graph gives when this property is asked for.
const PAGE: u32 = 500;

fn fill(rows: &mut Rows, user: Object<'_>, id: &str) {
    let activity = user.object("signInActivity");
    rows.text(USER_ID, Some(id));
    rows.integer(LAST_SUCCESSFUL_AT, activity.moment("lastSuccessfulSignInDateTime"));
    rows.integer(LAST_INTERACTIVE_ATTEMPT_AT, activity.moment("lastSignInDateTime"));
    rows.integer(LAST_NON_INTERACTIVE_ATTEMPT_AT, activity.moment("lastNonInteractiveSignInDateTime"));
    rows.end_row();
}

/// Reads the last sign-ins. Somebody without any has a row of nulls, so that "never" differs from "not read".
///
/// # Errors
/// Only by a defect; whatever Graph refuses is the table's own reason.
pub(crate) async fn read(session: &Session<'_>) -> Result<(), Fail> {
    let place = &session.names.sign_ins;
    let need = session.need_sign_ins();
    if need.is_known_missing() {
        session.end_optional(&place.table, 0, Err(need.missing()), &need);
        return Ok(());
    }
    session.read_list(place, &format!("{USERS}?$select=id,signInActivity&$top={PAGE}"), &need, fill).await
}
