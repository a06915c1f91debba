//! Sorted people of several connections as one list, from any place on.
//!
//! Each connection has its people in order. Where a place of the merged list lies in each of them is found by halving,
//! so that the middle of two million people costs a few hundred lookups and not a million.

use crate::cell::{SortKey, compare};
use crate::error::SnapshotError;
use crate::people_set::PeopleSet;
use std::cmp::Ordering;

/// People of one connection in order.
pub(crate) struct PeopleList {
    pub(crate) people: Vec<u32>,
    /// Rows before each of them, and of all; `None` if each is one row.
    before: Option<Vec<u64>>,
}

impl PeopleList {
    /// Sorted by rank; equal ranks by number; those without a rank come last, whatever the direction.
    pub(crate) fn new(set: &PeopleSet, ranks: Option<(&[u32], u32)>, descending: bool) -> Self {
        let Some((ranks, largest)) = ranks else {
            return Self { people: set.iter().collect(), before: None };
        };
        let place = |person: u32| match ranks.get(person as usize).copied().unwrap_or(0) {
            0 => largest as usize,
            rank if descending => (largest - rank) as usize,
            rank => rank as usize - 1,
        };
        let mut starts = vec![0u32; largest as usize + 2];
        for person in set.iter() {
            if let Some(count) = starts.get_mut(place(person) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut people = vec![0; sum as usize];
        for person in set.iter() {
            if let Some(start) = starts.get_mut(place(person)) {
                if let Some(slot) = people.get_mut(*start as usize) {
                    *slot = person;
                }
                *start += 1;
            }
        }
        Self { people, before: None }
    }

    /// Gives each person so many rows; who has none is left out.
    pub(crate) fn weighted(mut self, rows: &[u16]) -> Self {
        let of = |person: &u32| rows.get(*person as usize).copied().unwrap_or(0);
        self.people.retain(|person| of(person) > 0);
        let mut sum = 0;
        let ends = self.people.iter().map(|person| {
            sum += u64::from(of(person));
            sum
        });
        self.before = Some(std::iter::once(0).chain(ends).collect());
        self
    }

    /// Rows of the first so many people.
    fn rows_before(&self, position: usize) -> u64 {
        match &self.before {
            Some(before) => before.get(position).copied().unwrap_or(0),
            None => position as u64,
        }
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows_before(self.people.len())
    }
}

/// Key of the person of a connection.
pub(crate) type KeyOf<'k> = dyn Fn(usize, u32) -> Result<Option<SortKey>, SnapshotError> + 'k;

/// Several lists as one.
pub(crate) struct Merged<'k> {
    pub(crate) lists: Vec<PeopleList>,
    pub(crate) key_of: Box<KeyOf<'k>>,
    pub(crate) descending: bool,
}

impl Merged<'_> {
    pub(crate) fn rows(&self) -> u64 {
        self.lists.iter().map(PeopleList::rows).sum()
    }

    fn key(&self, list: usize, position: usize) -> Result<Option<SortKey>, SnapshotError> {
        let person = self.lists.get(list).and_then(|list| list.people.get(position));
        person.map_or(Ok(None), |person| (self.key_of)(list, *person))
    }

    /// How many of a list, between two positions, come before the pivot of another list.
    fn before_pivot(
        &self,
        list: usize,
        (mut low, mut high): (usize, usize),
        (pivot_list, pivot): (usize, Option<&SortKey>),
    ) -> Result<usize, SnapshotError> {
        while low < high {
            let middle = low + (high - low) / 2;
            let order = compare(self.key(list, middle)?.as_ref(), pivot, self.descending);
            if order.then(list.cmp(&pivot_list)) == Ordering::Less {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Position in each list of the first person whose rows reach beyond `offset`, and rows of that person to skip.
    fn start(&self, offset: u64) -> Result<(Vec<usize>, u64), SnapshotError> {
        let mut low = vec![0; self.lists.len()];
        let mut high: Vec<_> = self.lists.iter().map(|list| list.people.len()).collect();
        loop {
            let widths = low.iter().zip(&high).map(|(low, high)| high - low);
            let Some((pivot_list, width)) = widths.enumerate().max_by_key(|(_, width)| *width) else { break };
            if width == 0 {
                break;
            }
            let middle = low.get(pivot_list).copied().unwrap_or(0) + width / 2;
            let pivot = if self.lists.len() > 1 { self.key(pivot_list, middle)? } else { None };
            let mut counts = Vec::with_capacity(low.len());
            let mut rows = 0;
            for (list, (range, people)) in low.iter().copied().zip(high.iter().copied()).zip(&self.lists).enumerate() {
                let count = if list == pivot_list {
                    middle
                } else {
                    self.before_pivot(list, range, (pivot_list, pivot.as_ref()))?
                };
                rows += people.rows_before(if list == pivot_list { middle + 1 } else { count });
                counts.push(count);
            }
            let is_before = rows <= offset;
            for (list, count) in counts.into_iter().enumerate() {
                let (side, to) = match (is_before, list == pivot_list) {
                    (true, true) => (&mut low, count + 1),
                    (true, false) => (&mut low, count),
                    (false, _) => (&mut high, count),
                };
                if let Some(place) = side.get_mut(list) {
                    *place = to;
                }
            }
        }
        let reached: u64 = self.lists.iter().zip(&low).map(|(list, position)| list.rows_before(*position)).sum();
        Ok((low, offset.saturating_sub(reached)))
    }

    /// People from `offset` on, until their rows are enough: list and number, and how many rows of the first to skip.
    pub(crate) fn window(&self, offset: u64, limit: usize) -> Result<(Vec<(usize, u32)>, u64), SnapshotError> {
        let (mut positions, skip) = self.start(offset)?;
        let several = self.lists.len() > 1;
        let head = |list: usize, position: usize| -> Result<Option<Option<SortKey>>, SnapshotError> {
            let is_there = self.lists.get(list).is_some_and(|list| position < list.people.len());
            if !is_there {
                return Ok(None);
            }
            if several { self.key(list, position).map(Some) } else { Ok(Some(None)) }
        };
        let mut heads = Vec::with_capacity(self.lists.len());
        for (list, position) in positions.iter().enumerate() {
            heads.push(head(list, *position)?);
        }
        let mut people = Vec::new();
        let wanted = skip.saturating_add(limit as u64);
        let mut rows = 0;
        while rows < wanted {
            let present = heads.iter().enumerate().filter_map(|(list, key)| Some((list, key.as_ref()?)));
            let first = present.min_by(|one, other| {
                compare(one.1.as_ref(), other.1.as_ref(), self.descending).then(one.0.cmp(&other.0))
            });
            let Some((list, _)) = first else { break };
            let (Some(position), Some(one)) = (positions.get_mut(list), self.lists.get(list)) else { break };
            let Some(person) = one.people.get(*position) else { break };
            people.push((list, *person));
            rows += one.rows_before(*position + 1) - one.rows_before(*position);
            *position += 1;
            let next = head(list, *position)?;
            if let Some(head) = heads.get_mut(list) {
                *head = next;
            }
        }
        Ok((people, skip))
    }
}
