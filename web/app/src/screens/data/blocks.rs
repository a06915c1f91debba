//! The rows that are held: in blocks, as they were asked for, never more than a few.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rows of one request.
pub(crate) const BLOCK: u64 = 100;

/// Blocks that are held; the farthest from what is seen go first.
pub(crate) const HELD: usize = 16;

/// A row as the host sent it.
pub(crate) type Row = Arc<Vec<Value>>;

/// What was asked for, and of which question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    question: u64,
    pub(crate) block: u64,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is to a question that nobody asks any more.
    Late,
    /// It is the first of another question: what was held is gone.
    First,
    Added,
}

/// Rows by block.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    /// Counts questions, and new data under the same question.
    question: u64,
    held: BTreeMap<u64, Vec<Row>>,
    /// Blocks that answer the question as it is now; others are shown until they are asked for anew.
    fresh: BTreeSet<u64>,
    under_way: BTreeSet<u64>,
    /// What is held answers another question.
    is_replaced: bool,
}

impl Blocks {
    /// Another question: what is held is shown until the first answer comes, which has to be that of the first block.
    pub(crate) fn replace(&mut self) {
        self.renew();
        self.is_replaced = true;
    }

    /// New data: what is held stays until it is answered anew.
    pub(crate) fn renew(&mut self) {
        self.question = self.question.wrapping_add(1);
        self.fresh.clear();
        self.under_way.clear();
    }

    /// Whether what is held answers another question.
    pub(crate) fn is_replaced(&self) -> bool {
        self.is_replaced
    }

    /// What has to be asked for so that these rows are held; from now on it is under way.
    pub(crate) fn ask(&mut self, (from, to): (u64, u64)) -> Vec<Ticket> {
        let (first, last) = if self.is_replaced { (0, 0) } else { blocks_of((from, to)) };
        let missing = (first..=last).filter(|block| !self.fresh.contains(block) && !self.under_way.contains(block));
        let missing: Vec<_> = missing.collect();
        self.under_way.extend(&missing);
        missing.into_iter().map(|block| Ticket { question: self.question, block }).collect()
    }

    /// Takes an answer in, while these rows are seen.
    pub(crate) fn take(&mut self, ticket: Ticket, rows: Vec<Vec<Value>>, seen: (u64, u64)) -> Taken {
        if !self.give_up(ticket) {
            return Taken::Late;
        }
        let first = std::mem::take(&mut self.is_replaced);
        if first {
            self.held.clear();
        }
        self.held.insert(ticket.block, rows.into_iter().map(Arc::new).collect());
        self.fresh.insert(ticket.block);
        let (from, to) = if first { (0, 0) } else { blocks_of(seen) };
        while self.held.len() > HELD {
            let away = |block: u64| from.saturating_sub(block).max(block.saturating_sub(to));
            let Some(farthest) = self.held.keys().copied().max_by_key(|block| away(*block)) else { break };
            self.held.remove(&farthest);
            self.fresh.remove(&farthest);
        }
        if first { Taken::First } else { Taken::Added }
    }

    /// Nothing came: it may be asked for again. Whether anybody still waits for it.
    pub(crate) fn give_up(&mut self, ticket: Ticket) -> bool {
        let awaited = ticket.question == self.question;
        if awaited {
            self.under_way.remove(&ticket.block);
        }
        awaited
    }

    /// One row, if it is held.
    pub(crate) fn row(&self, row: u64) -> Option<Row> {
        self.held.get(&(row / BLOCK))?.get(usize::try_from(row % BLOCK).ok()?).cloned()
    }

    /// Rows around one that are held without a gap, from the first to the one behind the last.
    pub(crate) fn around(&self, row: u64) -> (u64, u64) {
        let is_held = |block: u64| self.held.contains_key(&block);
        let middle = row / BLOCK;
        let first = (0..middle).rev().take_while(|block| is_held(*block)).last().unwrap_or(middle);
        let behind = (middle..).find(|block| !is_held(*block)).unwrap_or(middle);
        let held: usize = self.held.range(first..behind).map(|(_, rows)| rows.len()).sum();
        (first * BLOCK, first * BLOCK + held as u64)
    }
}

/// First and last block of some rows.
fn blocks_of((from, to): (u64, u64)) -> (u64, u64) {
    (from / BLOCK, to.saturating_sub(1).max(from) / BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(name: &str) -> Vec<Vec<Value>> {
        (0..BLOCK).map(|row| vec![Value::from(format!("{name} {row}"))]).collect()
    }

    fn shown(blocks: &Blocks, row: u64) -> Option<String> {
        Some(blocks.row(row)?.first()?.as_str()?.to_owned())
    }

    #[track_caller]
    fn fill(blocks: &mut Blocks, name: &str, seen: (u64, u64)) {
        for ticket in blocks.ask(seen) {
            assert_ne!(blocks.take(ticket, rows(name), seen), Taken::Late);
        }
    }

    #[test]
    fn each_block_is_asked_for_once() {
        let mut blocks = Blocks::default();
        let asked = blocks.ask((150, 310));
        assert_eq!(asked.iter().map(|ticket| ticket.block).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(blocks.ask((150, 310)), []);
        assert!(asked.iter().all(|ticket| blocks.give_up(*ticket)));
        assert_eq!(blocks.ask((150, 300)).len(), 2);
        assert_eq!(blocks.ask((0, 0)).len(), 1);
    }

    #[test]
    fn a_late_answer_never_drops_what_is_seen() {
        let mut blocks = Blocks::default();
        let far = blocks.ask((900_000, 900_050));
        for block in 0..HELD as u64 {
            fill(&mut blocks, "near", (block * BLOCK, block * BLOCK + 40));
        }
        let seen = (0, 40);
        for ticket in far {
            assert_eq!(blocks.take(ticket, rows("far"), seen), Taken::Added);
        }
        assert_eq!(shown(&blocks, 0).as_deref(), Some("near 0"));
        assert_eq!(shown(&blocks, 900_000), None);
        // What was dropped can be asked for again.
        assert_eq!(blocks.ask((900_000, 900_050)).len(), 1);
    }

    #[test]
    fn what_is_far_from_what_is_seen_goes_first() {
        let mut blocks = Blocks::default();
        for block in 0..3 * HELD as u64 {
            fill(&mut blocks, "row", (block * BLOCK, block * BLOCK + 40));
        }
        let held = (0..3 * HELD as u64).filter(|block| blocks.row(block * BLOCK).is_some()).collect::<Vec<_>>();
        assert_eq!(held, (2 * HELD as u64..3 * HELD as u64).collect::<Vec<_>>());
    }

    #[test]
    fn answers_to_a_question_that_was_replaced_are_ignored() {
        let mut blocks = Blocks::default();
        fill(&mut blocks, "old", (0, 250));
        let late = blocks.ask((400, 450));
        blocks.replace();
        assert!(blocks.is_replaced());
        // What was there is seen until there is something else; nothing is asked for but the beginning.
        assert_eq!(shown(&blocks, 120).as_deref(), Some("old 20"));
        let asked = blocks.ask((100, 250));
        assert_eq!(asked.iter().map(|ticket| ticket.block).collect::<Vec<_>>(), [0]);
        for ticket in late {
            assert_eq!(blocks.take(ticket, rows("late"), (0, 40)), Taken::Late);
            assert!(!blocks.give_up(ticket));
        }
        assert_eq!(shown(&blocks, 400), None);
        for ticket in asked {
            assert_eq!(blocks.take(ticket, rows("new"), (100, 250)), Taken::First);
        }
        assert_eq!((shown(&blocks, 0).as_deref(), shown(&blocks, 120)), (Some("new 0"), None));
    }

    #[test]
    fn new_data_takes_the_place_of_old_where_it_is() {
        let mut blocks = Blocks::default();
        fill(&mut blocks, "old", (300, 450));
        blocks.renew();
        assert_eq!(shown(&blocks, 320).as_deref(), Some("old 20"));
        let mut asked = blocks.ask((300, 450)).into_iter();
        assert_eq!(asked.next().map(|ticket| blocks.take(ticket, rows("new"), (300, 450))), Some(Taken::Added));
        assert_eq!(shown(&blocks, 320).as_deref(), Some("new 20"));
        assert_eq!(shown(&blocks, 420).as_deref(), Some("old 20"));
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn rows_without_a_gap_can_be_printed() {
        let mut blocks = Blocks::default();
        assert_eq!(blocks.around(120), (100, 100));
        fill(&mut blocks, "row", (200, 450));
        assert_eq!(blocks.around(320), (200, 500));
        assert_eq!(blocks.around(120), (100, 100));
        let last = blocks.ask((500, 540));
        for ticket in last {
            blocks.take(ticket, rows("row").into_iter().take(7).collect(), (500, 507));
        }
        assert_eq!(blocks.around(210), (200, 507));
    }
}
