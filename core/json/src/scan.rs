//! Searching eight bytes at a time, with nothing but arithmetic on a `u64`: as quick in a module as outside.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// The high bit of each byte that is zero; bytes above the first zero may be marked by mistake.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Offset of the first quote or backslash.
pub(crate) fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let (words, tail) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64));
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    tail.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}

/// Whether two texts are the same. A comparison by the standard library is a call and goes byte by byte in a module.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    let ((left, left_tail), (right, right_tail)) = (left.as_chunks::<8>(), right.as_chunks::<8>());
    let words = |words: &[u8; 8]| u64::from_le_bytes(*words);
    left.len() == right.len()
        && left_tail.len() == right_tail.len()
        && left.iter().zip(right).all(|(left, right)| words(left) == words(right))
        && left_tail.iter().zip(right_tail).all(|(left, right)| left == right)
}

/// Whether a text holds an ASCII capital letter.
#[must_use]
pub fn has_upper(text: &str) -> bool {
    let (words, tail) = text.as_bytes().as_chunks::<8>();
    let upper = |word: &[u8; 8]| {
        let word = u64::from_le_bytes(*word);
        // With the high bit out of the way no addition carries into the next byte: first the bytes from `A` on, then
        // without those beyond `Z`, then without those that were no ASCII.
        let low = word & !HIGHS;
        let from_a = low + ONES * (0x80 - b'A') as u64;
        let beyond_z = low + ONES * (0x7f - b'Z') as u64;
        from_a & !beyond_z & !word & HIGHS != 0
    };
    words.iter().any(upper) || tail.iter().any(u8::is_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_the_plain_search(text in "[a-zA-Z@\\[`{\"\\\\\u{0}é😀]{0,40}") {
            let plain = text.bytes().position(|byte| byte == b'"' || byte == b'\\');
            prop_assert_eq!(quote_or_backslash(text.as_bytes()), plain);
            prop_assert_eq!(has_upper(&text), text.bytes().any(|byte| byte.is_ascii_uppercase()));
        }

        #[test]
        fn as_the_plain_comparison(left in "[ab]{0,20}", right in "[ab]{0,20}") {
            prop_assert!(same(left.as_bytes(), left.as_bytes()));
            prop_assert_eq!(same(left.as_bytes(), right.as_bytes()), left == right);
        }
    }
}
