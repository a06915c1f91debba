//! Lines of a CSV file, counted as an editor counts them.

use csv::StringRecord;

/// Counts up to one record after the other. The library's own count stands still at line ends that it has not taken yet,
/// and at empty lines in front of a record.
pub(crate) struct CsvLines<'t> {
    text: &'t [u8],
    counted: usize,
    line: u64,
}

impl<'t> CsvLines<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text: text.as_bytes(), counted: 0, line: 1 }
    }

    /// The line in which a record begins; records come in the order of the file.
    pub(crate) fn line(&mut self, record: &StringRecord) -> u64 {
        let begins = record.position().map_or(0, csv::Position::byte);
        let begins = usize::try_from(begins).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.counted) {
            if self.counted >= begins && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.counted += 1;
        }
        self.line
    }
}
