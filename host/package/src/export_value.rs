//! Cells of an export: dates and yes or no, in every spelling that admin centers use.

use jiff::civil::Date;

/// A cell that is none of the spellings; the text says what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadCell(pub(crate) &'static str);

const DATE: BadCell = BadCell("a date like 2027-05-31 or 5/31/2027 (month/day/year)");
const FLAG: BadCell = BadCell("yes or no");

/// A date, alone or with a time after it: `2027-05-31`, `2027-05-31T10:00:00Z`, `5/31/2027`, `5/31/2027 10:00:00 AM`.
/// Empty means never, and so does the year 1, Microsoft's other way of writing it.
pub(crate) fn date(cell: &str) -> Result<Option<Date>, BadCell> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let day = cell.split(['T', ' ']).next().unwrap_or_default();
    let found = if day.contains('/') { month_day_year(day) } else { iso(day) }.ok_or(DATE)?;
    Ok(Some(found).filter(|date| date.year() > 1))
}

fn iso(day: &str) -> Option<Date> {
    let shaped = day.len() == 10 && day.bytes().filter(|byte| *byte == b'-').count() == 2;
    if shaped { day.parse().ok() } else { None }
}

fn month_day_year(day: &str) -> Option<Date> {
    let mut parts = day.split('/');
    let mut number = |longest: usize| parts.next().filter(|part| part.len() <= longest)?.parse::<i16>().ok();
    let (month, day, year) = (number(2)?, number(2)?, number(4)?);
    // Two digits could be any century.
    if parts.next().is_some() || year < 1 || (year > 1 && year < 1000) {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Yes or no; empty is neither.
pub(crate) fn flag(cell: &str) -> Result<Option<bool>, BadCell> {
    match cell.trim().to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "yes" | "true" | "1" => Ok(Some(true)),
        "no" | "false" | "0" => Ok(Some(false)),
        _ => Err(FLAG),
    }
}

/// Days of a period: `30`, `D30`, `30 days`.
pub(crate) fn days(cell: &str) -> Result<Option<i64>, BadCell> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let lower = cell.to_ascii_lowercase();
    let number = lower.trim_start_matches('d').trim_end_matches("days").trim();
    number.parse::<u16>().map(|days| Some(days.into())).map_err(|_| BadCell("a number of days like 30"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expected: Option<&str>) {
        assert_eq!(date(cell), Ok(expected.map(|text| text.parse().unwrap())), "{cell}");
    }

    #[test]
    fn every_form_of_a_date() {
        check("2026-01-02", Some("2026-01-02"));
        check(" 2026-01-02T23:59:59Z", Some("2026-01-02"));
        check("2026-01-02 23:59:59.000", Some("2026-01-02"));
        check("1/2/2026", Some("2026-01-02"));
        check("12/31/2025 11:59:59 PM", Some("2025-12-31"));
        check("", None);
        check("  ", None);
        check("0001-01-01T00:00:00Z", None);
        check("1/1/0001", None);
        for bad in ["31/12/2025", "2026-13-01", "1/2/26", "20260102", "yesterday", "1/2/2026/3", "46000", "Jan 2, 2026"]
        {
            assert_eq!(date(bad), Err(DATE), "{bad}");
        }
    }

    #[test]
    fn every_form_of_yes_and_of_a_period() {
        for (cell, expected) in [("Yes", Some(true)), ("FALSE", Some(false)), ("no ", Some(false)), ("", None)] {
            assert_eq!(flag(cell), Ok(expected), "{cell}");
        }
        assert_eq!(flag("maybe"), Err(FLAG));
        for (cell, expected) in [("30", Some(30)), ("D180", Some(180)), ("28 days", Some(28)), (" ", None)] {
            assert_eq!(days(cell), Ok(expected), "{cell}");
        }
        assert!(days("-30").is_err() && days("month").is_err());
    }
}
