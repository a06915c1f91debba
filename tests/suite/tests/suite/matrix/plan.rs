//! Which cells are tried, and which of them in one import.

use super::faults::Fault;
use super::outcome::Outcome;
use super::places::{PLACES, Part, Place};

/// One cell of the matrix.
#[derive(Clone, Copy)]
pub(super) struct Cell<'f> {
    pub(super) fault: &'f Fault,
    pub(super) place: Place,
}

/// What is looked up among people, and is not whole without them.
const LOOKED_UP: [&str; 4] = ["groups", "usage", "activations", "storage"];

impl Cell<'_> {
    pub(super) fn expected(&self) -> Outcome {
        self.fault.expected(&self.place)
    }

    /// The tables that need not be complete.
    pub(super) fn touches(&self) -> Vec<&'static str> {
        match self.expected() {
            Outcome::Complete => Vec::new(),
            _ if self.place.tables.contains(&"users") => [self.place.tables, &LOOKED_UP].concat(),
            _ => self.place.tables.to_vec(),
        }
    }

    /// How a table must end that is looked up among people of whom some are missing; `None` for other tables.
    pub(super) fn expected_of_looked_up(&self, table: &str) -> Option<Outcome> {
        let lacks_people = self.place.tables.contains(&"users") && matches!(self.expected(), Outcome::Partial(_));
        let reason = if table == "groups" { "microsoft_365.people_incomplete" } else { "ledger.source_incomplete" };
        (lacks_people && LOOKED_UP.contains(&table)).then(|| Outcome::Partial(reason.to_owned()))
    }

    /// Whether both can happen in one import, each with its own consequences.
    fn goes_with(&self, other: &Self) -> bool {
        let ends = |cell: &Self| matches!(cell.expected(), Outcome::Ended(..));
        self.place.name != other.place.name
            && self.fault.passes() == other.fault.passes()
            && !ends(self)
            && !ends(other)
            && !self.touches().iter().any(|table| other.touches().contains(table))
    }
}

/// Places that this row is tried at: all; or for a share, one in turn of those that end a run (each costs a run of its
/// own) and of a row that is like another one.
fn places_of(number: usize, fault: &Fault, whole: bool) -> Vec<Place> {
    let fitting: Vec<Place> = PLACES.into_iter().filter(|place| fault.fits(place)).collect();
    let in_turn = |places: &[Place]| places.get(number % places.len().max(1)).copied();
    if whole || fault.passes() {
        return fitting;
    }
    if fault.twin {
        return in_turn(&fitting).into_iter().collect();
    }
    let (mandatory, others): (Vec<_>, Vec<_>) = fitting.into_iter().partition(|place| place.part == Part::Mandatory);
    in_turn(&mandatory).into_iter().chain(others).collect()
}

/// Imports with the cells that happen in each. What waits long does so in few imports, one fault at all its places;
/// otherwise an import has different faults at different places, so that one cannot be taken for another.
pub(super) fn imports(faults: &[Fault], whole: bool) -> Vec<Vec<Cell<'_>>> {
    let chosen: Vec<(&Fault, Vec<Place>)> =
        faults.iter().enumerate().map(|(number, fault)| (fault, places_of(number, fault, whole))).collect();
    let (slow, quick): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|(fault, _)| fault.is_slow());
    let slow = slow.iter().flat_map(|(fault, places)| places.iter().map(|place| Cell { fault, place: *place }));
    let mut cells: Vec<Cell<'_>> = slow.collect();
    for number in 0..quick.len() {
        for (turn, place) in PLACES.iter().enumerate() {
            let (fault, places) = &quick[(number + 5 * turn) % quick.len()];
            if places.iter().any(|chosen| chosen.name == place.name) {
                cells.push(Cell { fault, place: *place });
            }
        }
    }
    let mut imports: Vec<Vec<Cell<'_>>> = Vec::new();
    for cell in cells {
        match imports.iter_mut().find(|together| together.iter().all(|other| cell.goes_with(other))) {
            Some(together) => together.push(cell),
            None => imports.push(vec![cell]),
        }
    }
    imports
}
