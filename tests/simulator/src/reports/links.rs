//! Download links: opaque, for one report, good for five minutes, and a credential.

use super::function::Call;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Links are refused when older than this.
const LIFETIME_SECONDS: i64 = 300;

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) call: Call,
    /// The time whose issue of the reports is meant: a link leads to what was out when it was made.
    pub(crate) issued_at: Timestamp,
    /// Handed out dead.
    pub(crate) expired: bool,
}

impl Link {
    pub(super) fn is_valid(&self, now: Timestamp) -> bool {
        !self.expired && now.as_second() - self.issued_at.as_second() <= LIFETIME_SECONDS
    }
}

/// Every link handed out.
#[derive(Debug, Default)]
pub(crate) struct Links(Mutex<HashMap<String, Link>>);

impl Links {
    /// A new token. It is random rather than drawn: nobody may guess one from another.
    pub(crate) fn add(&self, link: Link) -> String {
        let words = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
        let bytes: Vec<u8> = words.into_iter().flat_map(uuid::Uuid::into_bytes).collect();
        let token = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), link);
        token
    }

    pub(super) fn get(&self, token: &str) -> Option<Link> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).copied()
    }
}
