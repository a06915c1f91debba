//! Every fault at every place: the import equals the truth and says `complete`, or it says what is missing and why.
//! There is no third outcome. The matrix is printed, and kept as a snapshot so that a changed cell shows.
//!
//! By itself a share is tried: a row that is like another one at one place, and what ends a run at one mandatory table.
//! `BEACON_MATRIX=whole` tries every cell. `BEACON_MATRIX_TENANTS` is the number of tenants side by side.

mod drawing;
mod faults;
mod ground;
mod outcome;
mod places;
mod plan;

use drawing::drawn;
use faults::faults;
use ground::{Found, Ground};
use plan::{Cell, imports};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Tenants side by side: a third of the imports mostly wait.
const TENANTS: usize = 5;

/// What was found, by fault and place.
type Matrix = BTreeMap<(String, &'static str), Found>;

fn tried(imports: &[Vec<Cell<'_>>], tenants: usize) -> Matrix {
    let next = AtomicUsize::new(0);
    let matrix = Mutex::new(Matrix::new());
    std::thread::scope(|scope| {
        for _ in 0..tenants {
            scope.spawn(|| {
                let ground = Ground::new();
                while let Some(cells) = imports.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = ground.try_cells(cells);
                    let keys = cells.iter().map(|cell| (cell.fault.name.clone(), cell.place.name));
                    matrix.lock().expect("no other panic").extend(keys.zip(found));
                }
            });
        }
    });
    matrix.into_inner().expect("no other panic")
}

/// What is not as it must be.
fn wrong(cells: &[Cell<'_>], matrix: &Matrix) -> Vec<String> {
    let mut wrong = Vec::new();
    for cell in cells {
        let here = format!("{} at {}", cell.fault.name, cell.place.name);
        let Some(found) = matrix.get(&(cell.fault.name.clone(), cell.place.name)) else {
            wrong.push(format!("{here}: not tried"));
            continue;
        };
        let expected = cell.expected();
        if found.outcome != expected {
            wrong.push(format!("{here}: {} instead of {expected}", found.outcome));
        }
        wrong.extend(found.wrong.iter().map(|what| format!("{here}: {what}")));
    }
    wrong
}

#[test]
fn every_fault_at_every_place_ends_complete_or_says_why_not() {
    let whole = std::env::var("BEACON_MATRIX").is_ok_and(|share| share == "whole");
    let tenants = std::env::var("BEACON_MATRIX_TENANTS").ok().and_then(|number| number.parse().ok()).unwrap_or(TENANTS);
    let faults = faults();
    let imports = imports(&faults, whole);
    let matrix = tried(&imports, tenants);
    let drawn = drawn(&faults, &matrix);
    println!("{} cells in {} imports\n\n{drawn}", matrix.len(), imports.len());
    let wrong = wrong(&imports.concat(), &matrix);
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    insta::assert_snapshot!(if whole { "whole" } else { "share" }, drawn);
}
