//! The number on an error page of Microsoft's that leads nobody back: only the person in front of it can tell.
//!
//! Source: Microsoft's list of Entra ID error codes; Microsoft's own page about a number is `{login}/error?code=NUMBER`.

use crate::aadsts;

/// What begins a number on Microsoft's pages.
const PREFIX: &str = "AADSTS";

/// The numbers have five to seven digits, and correlation ids and times have pieces of other lengths.
const DIGITS: std::ops::RangeInclusive<usize> = 5..=7;

/// A number that somebody copied from a page of Microsoft's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInNumber(pub u32);

impl SignInNumber {
    /// The number in a text: the first that follows `AADSTS`, or a text that is nothing but a number.
    #[must_use]
    pub fn found_in(text: &str) -> Option<Self> {
        let upper = text.to_ascii_uppercase();
        let named = upper.split(PREFIX).skip(1).find_map(|rest| leading(rest.trim_start_matches([' ', ':'])));
        let alone = || leading(text.trim()).filter(|_| text.trim().bytes().all(|byte| byte.is_ascii_digit()));
        named.or_else(alone).map(Self)
    }

    /// What happened, and what to do next; `None` for a number that is not in the list.
    #[must_use]
    pub fn meaning(self) -> Option<(&'static str, &'static str)> {
        aadsts::entry(self.0)
    }
}

fn leading(text: &str) -> Option<u32> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    DIGITS.contains(&digits).then(|| text.get(..digits)?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::SignInNumber;

    #[test]
    fn a_number_is_found_in_whatever_was_copied() {
        let page = "Sorry, but we're having trouble signing you in.\nAADSTS50020: User account '{EmailHidden}' from \
                    identity provider does not exist.\nCorrelation Id: 12345678-aaaa Timestamp: 2026-11-22";
        for (text, expected) in [
            (page, Some(50_020)),
            ("aadsts 53003", Some(53_003)),
            ("AADSTS: 7000215", Some(7_000_215)),
            (" 90094\n", Some(90_094)),
            ("https://login.microsoftonline.com/error?code=90094 AADSTS90094", Some(90_094)),
            ("AADSTS", None),
            ("AADSTS12", None),
            ("12345678901", None),
            ("call 50020 please", None),
            ("", None),
        ] {
            assert_eq!(SignInNumber::found_in(text), expected.map(SignInNumber), "{text}");
        }
    }

    #[test]
    fn known_numbers_have_a_next_step_and_others_none() {
        let (title, advice) = SignInNumber(50_020).meaning().expect("a known number");
        assert!(title.contains("tenant") && advice.contains("account"), "{title} {advice}");
        assert_eq!(SignInNumber(12_345).meaning(), None);
    }
}
