//! `$skiptoken`: opaque, bound to the query, and too old after an hour. Nothing is remembered for it.

use super::error::GraphError;
use crate::dice::mix;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Page tokens are refused when older than this.
const LIFETIME_SECONDS: i64 = 3_600;

/// Where a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageToken {
    /// First position of the page.
    pub(super) start: u64,
    /// Number of the page, counted from 1.
    pub(super) page: u64,
    pub(super) issued_at: i64,
}

fn seal(seed: u64, query: &str, words: [u64; 3]) -> u64 {
    let bytes = query.bytes().fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)));
    words.into_iter().fold(bytes, |state, word| mix(state ^ word))
}

impl PageToken {
    pub(super) fn encode(self, seed: u64, query: &str) -> String {
        let words = [self.start, self.page, self.issued_at as u64];
        let sealed = seal(seed, query, words);
        // Masked with the seal, so that nobody is tempted to count.
        let masked = words.into_iter().zip(1..).map(|(word, place)| word ^ mix(sealed.wrapping_add(place)));
        let bytes: Vec<u8> = [sealed].into_iter().chain(masked).flat_map(u64::to_be_bytes).collect();
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token of this query that is young enough.
    pub(super) fn decode(token: &str, seed: u64, query: &str, now: i64) -> Result<Self, GraphError> {
        let parsed = Self::read(token, seed, query)
            .ok_or_else(|| GraphError::bad_request("The specified page token is not valid for this query."))?;
        if now - parsed.issued_at > LIFETIME_SECONDS { Err(GraphError::expired_page_token()) } else { Ok(parsed) }
    }

    fn read(token: &str, seed: u64, query: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let words: Vec<u64> =
            bytes.chunks_exact(8).filter_map(|chunk| Some(u64::from_be_bytes(chunk.try_into().ok()?))).collect();
        let [sealed, start, page, issued_at] = words.as_slice() else { return None };
        let clear = |word: u64, place: u64| word ^ mix(sealed.wrapping_add(place));
        let words = [clear(*start, 1), clear(*page, 2), clear(*issued_at, 3)];
        let [start, page, issued_at] = words;
        (seal(seed, query, words) == *sealed).then_some(Self { start, page, issued_at: issued_at as i64 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_its_query_and_its_hour() {
        let token = PageToken { start: 999, page: 2, issued_at: 10_000 };
        let text = token.encode(7, "$top=999");
        assert_eq!(PageToken::decode(&text, 7, "$top=999", 13_600), Ok(token));
        assert_eq!(PageToken::decode(&text, 7, "$top=999", 13_601).unwrap_err().code, "Directory_ExpiredPageToken");
        for (seed, query, text) in [(8, "$top=999", text.as_str()), (7, "$top=998", &text), (7, "$top=999", "AAAA")] {
            assert_eq!(PageToken::decode(text, seed, query, 10_000).unwrap_err().code, "BadRequest");
        }
    }
}
