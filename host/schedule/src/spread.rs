//! Jitter: connections of one schedule that do not all start in the same second.

use jiff::{SignedDuration, Timestamp};

/// How long a connection waits after its time, from none to `longest`. The same for the same connection and time, so
/// that what is shown beforehand is what happens.
#[must_use]
pub fn delay(connection: &[u8], fired_at: Timestamp, longest: SignedDuration) -> SignedDuration {
    let Ok(seconds) = u64::try_from(longest.as_secs()) else { return SignedDuration::ZERO };
    // FNV-1a: spreads well enough, and is the same on every machine and in every version.
    let second = fired_at.as_second().to_be_bytes();
    let hash = connection
        .iter()
        .chain(&second)
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let spread = (hash ^ (hash >> 32)) % (seconds + 1);
    SignedDuration::from_secs(i64::try_from(spread).unwrap_or(0))
}
