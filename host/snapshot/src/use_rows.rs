//! What reports say about people, from the table `usage` to one record per person and application, on disk by parts of
//! people: the table comes in the order of addresses, and is needed in the order of people.

use crate::array::PART;
use crate::catalog::Catalog;
use crate::error::SnapshotError;
use crate::everybody::Everybody;
use crate::row_stream::RowStream;
use crate::use_code::code_of;
use beacon_package::{KeptUseRow, PackageFolder};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;

/// Bytes of a record: person, application, code, last activity, refreshed.
const RECORD: usize = 11;

/// Bytes of each file that wait in memory.
const BUFFER: usize = 8 << 10;

/// What the reports say about one person and one application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    pub(crate) person: u32,
    pub(crate) application: u16,
    /// See [`crate::use_code`].
    pub(crate) code: u8,
    /// Days since 1970, 0 for none.
    pub(crate) last_activity: u16,
    /// Days since 1970, 0 for none.
    pub(crate) refreshed: u16,
}

impl Listed {
    fn bytes(self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        let (person, rest) = bytes.split_at_mut(4);
        person.copy_from_slice(&self.person.to_le_bytes());
        for (place, number) in rest.chunks_exact_mut(2).zip([self.application, self.last_activity, self.refreshed]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        if let Some(code) = bytes.last_mut() {
            *code = self.code;
        }
        bytes
    }

    fn from_bytes(bytes: [u8; RECORD]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, code] = bytes;
        Self {
            person: u32::from_le_bytes([a, b, c, d]),
            application: u16::from_le_bytes([e, f]),
            last_activity: u16::from_le_bytes([g, h]),
            refreshed: u16::from_le_bytes([i, j]),
            code,
        }
    }
}

/// A day as it is kept; days before 1970 or after 2149 are none that a report could mean.
fn kept(day: Option<i32>) -> u16 {
    day.and_then(|day| u16::try_from(day).ok()).unwrap_or(0)
}

/// Records by part of people.
pub(crate) struct UseRecords(Vec<Option<BufWriter<File>>>);

impl UseRecords {
    /// Reads the whole table. Counts of names that lead to nobody go to the applications.
    pub(crate) fn read(
        package: &PackageFolder,
        everybody: &Everybody,
        catalog: &mut Catalog,
        scratch: &Path,
    ) -> Result<Self, SnapshotError> {
        let mut records = Self((0..everybody.len().div_ceil(PART)).map(|_| None).collect());
        let columns = [
            "user_key",
            "application_id",
            "user_id",
            "attributable",
            "report",
            "period_days",
            "last_activity_on",
            "used_in_period",
            "refreshed_on",
        ];
        let mut rows = RowStream::open(package, "usage", &columns)?;
        let mut group = Group::default();
        // Rows are sorted by name and application, so all that concern one of each are neighbours.
        while rows.advance()? {
            let (key, application) = (rows.text(0).unwrap_or_default(), rows.text(1).unwrap_or_default());
            if group.key != key || group.application != application {
                records.take(&group, everybody, catalog, scratch)?;
                group.start(key, application, rows.text(2), rows.boolean(3) == Some(false));
            }
            group.rows.push(KeptUseRow {
                report: rows.owned(4).unwrap_or_default(),
                period_days: rows.integer(5).unwrap_or(0),
                last_activity_on: rows.day(6),
                used_in_period: rows.boolean(7),
                refreshed_on: rows.day(8),
            });
        }
        records.take(&group, everybody, catalog, scratch)?;
        Ok(records)
    }

    fn take(
        &mut self,
        group: &Group,
        everybody: &Everybody,
        catalog: &mut Catalog,
        scratch: &Path,
    ) -> Result<(), SnapshotError> {
        if group.rows.is_empty() {
            return Ok(());
        }
        let Some(number) = catalog.application(&group.application) else { return Ok(()) };
        let Some(application) = catalog.applications.get_mut(usize::from(number)) else { return Ok(()) };
        application.measured = true;
        for day in group.rows.iter().filter_map(|row| row.refreshed_on) {
            let (oldest, newest) = application.figures.unwrap_or((day, day));
            application.figures = Some((oldest.min(day), newest.max(day)));
        }
        if group.concealed {
            application.concealed += 1;
            return Ok(());
        }
        let Some(person) = group.user_id.as_deref().and_then(|id| everybody.number(id)) else {
            application.unmatched += 1;
            return Ok(());
        };
        let rows: Vec<_> = group.rows.iter().map(KeptUseRow::told).collect();
        let listed = Listed {
            person,
            application: number,
            code: code_of(&rows),
            last_activity: kept(rows.iter().filter_map(|row| row.last_activity_on).max()),
            // Of figures of several days the oldest is said: nothing may look fresher than it is.
            refreshed: kept(rows.iter().filter_map(|row| row.refreshed_on).min()),
        };
        let Some(place) = self.0.get_mut(person as usize / PART) else { return Ok(()) };
        let file = match place {
            Some(file) => file,
            None => {
                let file = tempfile::tempfile_in(scratch).map_err(SnapshotError::storage("write in", scratch))?;
                place.insert(BufWriter::with_capacity(BUFFER, file))
            }
        };
        file.write_all(&listed.bytes()).map_err(SnapshotError::storage("write in", scratch))
    }

    /// The records of a part of people, and no more of them afterwards.
    pub(crate) fn part(
        &mut self,
        part: usize,
        scratch: &Path,
        mut take: impl FnMut(Listed),
    ) -> Result<(), SnapshotError> {
        let failed = || SnapshotError::storage("read back from", scratch);
        let Some(writer) = self.0.get_mut(part).and_then(Option::take) else { return Ok(()) };
        let mut file = writer.into_inner().map_err(|error| failed()(error.into_error()))?;
        file.rewind().map_err(failed())?;
        let records = file.metadata().map_err(failed())?.len() / RECORD as u64;
        let mut reader = BufReader::with_capacity(64 << 10, file);
        let mut bytes = [0; RECORD];
        for _ in 0..records {
            reader.read_exact(&mut bytes).map_err(failed())?;
            take(Listed::from_bytes(bytes));
        }
        Ok(())
    }
}

/// The rows of one name and one application.
#[derive(Default)]
struct Group {
    key: String,
    application: String,
    user_id: Option<String>,
    concealed: bool,
    rows: Vec<KeptUseRow>,
}

impl Group {
    fn start(&mut self, key: &str, application: &str, user_id: Option<&str>, concealed: bool) {
        key.clone_into(&mut self.key);
        application.clone_into(&mut self.application);
        self.user_id = user_id.map(str::to_owned);
        self.concealed = concealed;
        self.rows.clear();
    }
}
