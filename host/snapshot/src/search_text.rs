//! The text that a search goes through: everybody's name, addresses, department and employee id, folded.
//!
//! It is read as a whole, some 100 bytes for each person: a million people are searched in some 20 milliseconds. So
//! every substring of any length is found and counted exactly, in any script, without an index. One of trigrams would
//! find nothing shorter than three letters, and would have to be built and kept.

use crate::file::Damage;
use crate::fold::fold;
use crate::people_set::PeopleSet;
use memchr::memmem::Finder;
use rusqlite::{Connection, params};

/// People of one block.
pub(crate) const BLOCK: usize = 4_096;

/// Stands between two fields of a person, and after each person; a folded text holds none.
const BETWEEN: char = '\u{1f}';

/// Blocks in the making.
#[derive(Default)]
pub(crate) struct SearchBlocks {
    text: String,
    ends: Vec<u8>,
    people: usize,
    block: usize,
}

impl SearchBlocks {
    /// Takes the next person.
    pub(crate) fn push<'t>(
        &mut self,
        connection: &Connection,
        fields: impl IntoIterator<Item = Option<&'t str>>,
    ) -> rusqlite::Result<()> {
        let start = self.text.len();
        for field in fields.into_iter().flatten() {
            let folded = fold(field);
            // Mail address and principal name are mostly the same.
            let known = self.text.get(start..).is_some_and(|known| known.contains(&folded));
            if !known {
                self.text.push_str(&folded);
                self.text.push(BETWEEN);
            }
        }
        self.text.push(BETWEEN);
        self.ends.extend_from_slice(&u32::try_from(self.text.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.people += 1;
        if self.people == BLOCK { self.flush(connection) } else { Ok(()) }
    }

    pub(crate) fn flush(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.people == 0 {
            return Ok(());
        }
        connection.prepare_cached("INSERT INTO search (block, ends, data) VALUES (?1, ?2, ?3)")?.execute(params![
            self.block as i64,
            self.ends,
            self.text.as_bytes()
        ])?;
        self.text.clear();
        self.ends.clear();
        (self.people, self.block) = (0, self.block + 1);
        Ok(())
    }
}

/// Everybody in whose text the needle occurs.
pub(crate) fn search(connection: &Connection, needle: &str, people: usize) -> Result<PeopleSet, Damage> {
    let folded = fold(needle);
    let finder = Finder::new(folded.as_bytes());
    let mut found = PeopleSet::empty(people);
    let mut statement = connection.prepare_cached("SELECT block, ends, data FROM search ORDER BY block")?;
    let mut blocks = statement.query([])?;
    while let Some(row) = blocks.next()? {
        let block: i64 = row.get(0)?;
        let first = usize::try_from(block).unwrap_or(usize::MAX).saturating_mul(BLOCK);
        let (ends, text) = (row.get_ref(1)?.as_blob()?, row.get_ref(2)?.as_blob()?);
        let mut from = 0;
        let mut people =
            ends.chunks_exact(4).map(|end| end.try_into().map_or(0, u32::from_le_bytes) as usize).enumerate();
        while let Some(place) = text.get(from..).and_then(|rest| finder.find(rest)) {
            let Some((person, end)) = people.find(|(_, end)| *end > from + place) else { break };
            found.insert(first.saturating_add(person));
            from = end;
        }
    }
    Ok(found)
}
