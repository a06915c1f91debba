//! RFC 3339, exactly and without a time library: a page of people holds thousands of these.

const MICROSECONDS: i64 = 1_000_000;

/// Days from 1970-01-01 to a date of the Gregorian calendar, negative before it.
///
/// The calendar repeats every 400 years (146,097 days); counted from the first of March, the leap day is the last
/// day of a year and needs no table.
#[must_use]
pub const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn number(&mut self, count: usize) -> Option<i64> {
        let (digits, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
    }

    fn mark(&mut self, one_of: &[u8]) -> Option<u8> {
        let (mark, rest) = self.0.split_first()?;
        self.0 = rest;
        one_of.contains(mark).then_some(*mark)
    }

    /// Days since 1970 of a date that exists.
    fn date(&mut self) -> Option<i64> {
        let year = self.number(4)?;
        self.mark(b"-")?;
        let month = self.number(2)?;
        self.mark(b"-")?;
        let day = self.number(2)?;
        let exists = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        exists.then(|| days_from_civil(year, month, day))
    }

    /// Microseconds of a fraction of one or more digits; what is finer is cut off.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.0.iter().take_while(|digit| digit.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(count).filter(|_| count > 0)?;
        self.0 = rest;
        let micros = digits.iter().chain(std::iter::repeat(&b'0')).take(6);
        Some(micros.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }
}

/// Days since 1970 of a date: `2026-11-25`, alone or before a time of day. `None` for anything else.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    let mut digits = Digits(text.as_bytes());
    let days = digits.date()?;
    let alone = digits.0.is_empty() || digits.mark(b"Tt ").is_some();
    i32::try_from(days).ok().filter(|_| alone)
}

/// Microseconds since 1970 in UTC of a text as RFC 3339 section 5.6 has it, for example `2023-05-01T12:34:56.5Z`.
/// `None` for anything else, dates that do not exist included. A leap second counts as the second before it.
#[must_use]
pub fn parse_timestamp(text: &str) -> Option<i64> {
    let mut digits = Digits(text.as_bytes());
    let days = digits.date()?;
    digits.mark(b"Tt ")?;
    let hour = digits.number(2)?;
    digits.mark(b":")?;
    let minute = digits.number(2)?;
    digits.mark(b":")?;
    let second = digits.number(2)?;
    let mut zone = digits.mark(b".Zz+-")?;
    let mut fraction = 0;
    if zone == b'.' {
        fraction = digits.fraction()?;
        zone = digits.mark(b"Zz+-")?;
    }
    let mut offset = 0;
    if matches!(zone, b'+' | b'-') {
        let hours = digits.number(2)?;
        digits.mark(b":")?;
        let minutes = digits.number(2)?;
        if hours > 23 || minutes > 59 {
            return None;
        }
        offset = (hours * 60 + minutes) * if zone == b'-' { -1 } else { 1 };
    }
    let exists = hour <= 23 && minute <= 59 && second <= 60 && digits.0.is_empty();
    let minutes = (days * 24 + hour) * 60 + minute - offset;
    exists.then_some((minutes * 60 + second.min(59)) * MICROSECONDS + fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2023-05-01T12:34:56Z", Some(1_682_944_496_000_000)),
            ("2023-05-01T12:34:56.1234567Z", Some(1_682_944_496_123_456)),
            ("2023-05-01T14:34:56.5+02:00", Some(1_682_944_496_500_000)),
            ("1969-12-31T23:59:59.999999Z", Some(-1)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800_000_000)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800_000_000)),
            ("2016-12-31T23:59:60Z", Some(1_483_228_799_000_000)),
            ("2023-00-01T00:00:00Z", None),
            ("2023-02-29T00:00:00Z", None),
            ("2023-13-01T00:00:00Z", None),
            ("2023-05-01T24:00:00Z", None),
            ("2023-05-01T12:34:56", None),
            ("2023-05-01T12:34:56.Z", None),
            ("2023-05-01T12:34:56Z ", None),
            ("2023-05-01T12:34:56+2:00", None),
            ("2023-05-01", None),
            ("", None),
        ] {
            assert_eq!(parse_timestamp(text), expected, "{text}");
        }
    }

    /// The way back, by counting days instead of by formula.
    fn written(micros: i64) -> String {
        let (days, rest) = (micros.div_euclid(86_400 * MICROSECONDS), micros.rem_euclid(86_400 * MICROSECONDS));
        let (mut year, mut left) = (1970, days);
        let length = |year: i64| if days_in_month(year, 2) == 29 { 366 } else { 365 };
        while left < 0 {
            year -= 1;
            left += length(year);
        }
        while left >= length(year) {
            left -= length(year);
            year += 1;
        }
        let mut month = 1;
        while left >= days_in_month(year, month) {
            left -= days_in_month(year, month);
            month += 1;
        }
        let (second, micros) = (rest / MICROSECONDS, rest % MICROSECONDS);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z", left + 1)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(micros in -62_135_596_800_000_000i64..253_402_300_800_000_000) {
            prop_assert_eq!(parse_timestamp(&written(micros)), Some(micros));
        }

        #[test]
        fn any_text_ends_without_panic(text in "\\PC{0,40}", digits in "[0-9TZ:.+-]{0,40}") {
            let _ = (parse_timestamp(&text), parse_timestamp(&digits));
        }
    }
}
