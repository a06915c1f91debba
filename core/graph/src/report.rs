//! Usage reports: CSV files, read line by line while they arrive.
//!
//! Columns are found by their name, never by their place: Microsoft adds columns in the middle and leaves some out.

use crate::Trouble;
use beacon_kit::{Stream, parse_date};
use csv_core::{ReadRecordResult, Reader};

/// The longest line that is read: a line has some 40 short columns.
const LINE_BYTES: usize = 64 << 10;

/// The most columns of a line.
const COLUMNS: usize = 256;

/// Year 1, Microsoft's way of writing "never".
const NEVER: i32 = -719_162;

/// Where the wanted columns stand in one file; `None` for those it lacks.
type Places = Vec<Option<usize>>;

/// One line, seen through the wanted columns.
pub struct Line<'l> {
    text: &'l [u8],
    ends: &'l [usize],
    places: &'l [Option<usize>],
}

impl<'l> Line<'l> {
    fn cell(&self, place: usize) -> Option<&'l str> {
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        std::str::from_utf8(self.text.get(start..*self.ends.get(place)?)?).ok().map(str::trim)
    }

    /// A text; `None` if it is empty or the file has no such column.
    #[must_use]
    pub fn text(&self, column: usize) -> Option<&'l str> {
        let place = self.places.get(column).copied().flatten()?;
        self.cell(place).filter(|text| !text.is_empty())
    }

    /// A date in days since 1970, in either form; the year 1 is absent.
    #[must_use]
    pub fn date(&self, column: usize) -> Option<i32> {
        self.text(column).and_then(parse_date).filter(|date| *date != NEVER)
    }

    /// Yes or no, in any of the spellings that reports use.
    #[must_use]
    pub fn flag(&self, column: usize) -> Option<bool> {
        let text = self.text(column)?;
        let is = |words: [&str; 2]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is(["yes", "true"]) { Some(true) } else { is(["no", "false"]).then_some(false) }
    }

    /// A whole number.
    #[must_use]
    pub fn number(&self, column: usize) -> Option<i64> {
        self.text(column)?.parse().ok()
    }
}

/// Reads a file piece by piece.
struct Table<'c> {
    reader: Reader,
    wanted: &'c [&'c str],
    places: Option<Places>,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Bytes and ends of the line that is being read.
    filled: (usize, usize),
    started: bool,
}

impl<'c> Table<'c> {
    fn new(wanted: &'c [&'c str]) -> Self {
        let (text, ends) = (vec![0; LINE_BYTES], vec![0; COLUMNS]);
        Self { reader: Reader::new(), wanted, places: None, text, ends, filled: (0, 0), started: false }
    }

    /// Takes a piece; an empty one is the end of the file.
    fn read(&mut self, piece: &[u8], each: &mut dyn FnMut(&Line<'_>)) -> Result<(), Trouble> {
        let unreadable = |detail: &str| Trouble::Unreadable { detail: detail.to_owned() };
        let mut rest = piece;
        if !self.started {
            self.started = true;
            rest = rest.strip_prefix(b"\xef\xbb\xbf").unwrap_or(rest);
        }
        loop {
            let (bytes, fields) = self.filled;
            let (Some(text), Some(ends)) = (self.text.get_mut(bytes..), self.ends.get_mut(fields..)) else {
                return Err(unreadable("a line of the report has no end"));
            };
            let (result, read, written, ended) = self.reader.read_record(rest, text, ends);
            rest = rest.get(read..).unwrap_or_default();
            self.filled = (bytes + written, fields + ended);
            match result {
                ReadRecordResult::InputEmpty => return Ok(()),
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return Err(unreadable("a line of the report is too long"));
                }
                ReadRecordResult::Record => self.line(each)?,
                ReadRecordResult::End => return Ok(()),
            }
        }
    }

    fn line(&mut self, each: &mut dyn FnMut(&Line<'_>)) -> Result<(), Trouble> {
        let (bytes, fields) = std::mem::take(&mut self.filled);
        let text = self.text.get(..bytes).unwrap_or_default();
        let ends = self.ends.get(..fields).unwrap_or_default();
        match &self.places {
            Some(places) => each(&Line { text, ends, places }),
            None => {
                let line = Line { text, ends, places: &[] };
                let place = |name: &&str| {
                    (0..fields).find(|place| line.cell(*place).is_some_and(|cell| cell.eq_ignore_ascii_case(name)))
                };
                let places: Places = self.wanted.iter().map(place).collect();
                // The first wanted column says whose line it is.
                if places.first().copied().flatten().is_none() {
                    let detail = format!("the report has no column {}", self.wanted.first().unwrap_or(&""));
                    return Err(Trouble::Unreadable { detail });
                }
                self.places = Some(places);
            }
        }
        Ok(())
    }
}

/// Reads a report to its end. `wanted` are the names of the columns, the first of which must be there; `each` gets every
/// line, and `page` is called now and then, when it is time to hand rows over.
///
/// # Errors
/// [`Trouble`] of a refusal, or of a file that is no such report; what `each` was given before stays valid.
pub async fn read_report(
    mut stream: Stream,
    wanted: &[&str],
    mut each: impl FnMut(&Line<'_>),
    mut page: impl FnMut(),
) -> Result<(), Trouble> {
    if stream.status() != 200 {
        return Err(Trouble::of(&stream.whole().await));
    }
    let mut table = Table::new(wanted);
    while let Some(piece) = stream.piece().await {
        // Small enough that the rows of one go stay small as well.
        for part in piece.chunks(PART_BYTES) {
            table.read(part, &mut each)?;
            page();
        }
    }
    table.read(&[], &mut each)?;
    page();
    if table.places.is_none() {
        return Err(Trouble::Unreadable { detail: "the report is empty".to_owned() });
    }
    Ok(())
}

/// Bytes of a report between two hand-overs of rows.
const PART_BYTES: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (String, Option<i32>, Option<bool>, Option<i64>);

    fn read(file: &[u8], step: usize) -> Result<Vec<Read>, Trouble> {
        let mut table = Table::new(&["User Principal Name", "Last Activity Date", "Is Deleted", "Send Count"]);
        let mut lines = Vec::new();
        let mut each = |line: &Line<'_>| {
            lines.push((line.text(0).unwrap_or("-").to_owned(), line.date(1), line.flag(2), line.number(3)));
        };
        for piece in file.chunks(step) {
            table.read(piece, &mut each)?;
        }
        table.read(&[], &mut each)?;
        Ok(lines)
    }

    #[test]
    fn columns_are_found_by_name_whatever_the_pieces() {
        let file = "\u{feff}New Column,is deleted,User Principal Name,Display Name,Last Activity Date\r\n\
                    x,True,a@b.c,\"Smith, \"\"Jr\"\"\",2026-11-23\r\n\
                    ,no,,x,2021-10-25T00:00:00Z\r\n\
                    x,Yes,\"q@b\n.c\",x,0001-01-01\r\n\
                    x,maybe,z@b.c";
        for step in [1, 2, 7, 4096] {
            let lines = read(file.as_bytes(), step).expect("a report");
            assert_eq!(lines.len(), 4, "{step}");
            assert_eq!(lines[0], ("a@b.c".to_owned(), Some(20_780), Some(true), None));
            assert_eq!(lines[1], ("-".to_owned(), Some(18_925), Some(false), None));
            assert_eq!(lines[2], ("q@b\n.c".to_owned(), None, Some(true), None));
            assert_eq!(lines[3], ("z@b.c".to_owned(), None, None, None));
        }
    }

    #[test]
    fn what_is_no_report_is_unreadable() {
        assert!(read(b"<html><body>busy</body></html>", 7).is_err());
        assert!(read(&[b'x'; 2 * LINE_BYTES], 4096).is_err());
        assert!(read(&[b','; 2 * COLUMNS], 4096).is_err());
        assert_eq!(read(b"User Principal Name\r\n", 7).expect("a report"), []);
    }
}
