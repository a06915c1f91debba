//! Lines of a CSV file, counted as an editor counts them: they end with CR, LF, or both together.

use csv::StringRecord;

/// Counts up to one record after the other. The library's own count stands still at line ends that it has not taken yet,
/// and at empty lines in front of a record.
pub(crate) struct CsvLines<'t> {
    text: &'t [u8],
    counted: usize,
    line: u64,
}

impl<'t> CsvLines<'t> {
    pub(crate) fn of(text: &'t [u8]) -> Self {
        Self { text, counted: 0, line: 1 }
    }

    /// The line in which a record begins; records come in the order of the file.
    pub(crate) fn line(&mut self, record: &StringRecord) -> u64 {
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(usize::MAX);
        self.count_while(|at, byte| at < begins || is_end(byte))
    }

    /// The line in which the text ends.
    pub(crate) fn last(&mut self) -> u64 {
        self.count_while(|_, _| true)
    }

    fn count_while(&mut self, goes_on: impl Fn(usize, u8) -> bool) -> u64 {
        while let Some(byte) = self.text.get(self.counted).copied().filter(|byte| goes_on(self.counted, *byte)) {
            self.counted = self.counted.saturating_add(1);
            let both = byte == b'\r' && self.text.get(self.counted) == Some(&b'\n');
            self.line += u64::from(is_end(byte) && !both);
        }
        self.line
    }
}

fn is_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
