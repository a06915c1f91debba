//! Credentials: certificates, profiles that connections share, what dies soon, and sign-ins that are kept alive.

mod certificates;
mod expiry;
mod page;
mod person;
mod profiles;
mod sign_ins;

use crate::harness::Scene;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Makes the stored sign-in as if it was used last so many days ago.
#[track_caller]
fn age_sign_in(scene: &Scene, days: i64) {
    let used = Timestamp::now() - (days * 24).hours();
    let used = used.strftime("%Y-%m-%dT%H:%M:%S.000000000Z");
    scene.tamper(&format!("UPDATE secrets SET updated_at = '{used}' WHERE slot = 'refresh_token'"));
}

/// The day that comes so many days after today.
fn days_ahead(days: i64) -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date() + days.days()
}
