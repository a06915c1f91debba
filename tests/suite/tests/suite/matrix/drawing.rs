//! The matrix as text.

use super::Matrix;
use super::faults::Fault;
use super::outcome::Outcome;
use super::places::{PLACES, Place};
use std::fmt::Write as _;

/// Rows are faults, columns are places; an empty cell was not tried. Reasons are numbered below.
pub(super) fn drawn(faults: &[Fault], matrix: &Matrix) -> String {
    let mut reasons: Vec<&str> = matrix.values().filter_map(|found| found.outcome.reason()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let number = |reason: &str| reasons.iter().position(|known| *known == reason).map_or(0, |at| at + 1);
    let cell = |fault: &Fault, place: &Place| match matrix.get(&(fault.name.clone(), place.name)) {
        None => String::new(),
        Some(found) => match &found.outcome {
            Outcome::Complete => "complete".to_owned(),
            Outcome::Partial(reason) => format!("partial {}", number(reason)),
            Outcome::Skipped(reason) => format!("skipped {}", number(reason)),
            Outcome::Ended(reason, exit) => format!("ended {} ({exit})", number(reason)),
        },
    };
    let mut table = vec![[vec!["fault".to_owned()], PLACES.map(|place| place.name.to_owned()).to_vec()].concat()];
    table.extend(faults.iter().map(|fault| {
        let cells = PLACES.iter().map(|place| cell(fault, place));
        std::iter::once(fault.name.clone()).chain(cells).collect()
    }));
    let width = |column: usize| table.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..=PLACES.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
    };
    let mut text = table.iter().map(line).collect::<Vec<_>>().join("\n");
    text.push_str("\n\nended N (E): no package, reason N, exit code E\n");
    for (number, reason) in (1..).zip(&reasons) {
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{number:2}  {reason}");
    }
    text
}
