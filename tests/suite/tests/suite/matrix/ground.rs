//! A tenant in which cells are tried one after the other, and the check of everything that an import of it leaves.

use super::outcome::Outcome;
use super::plan::Cell;
use crate::harness::rows::{Row, Table};
use crate::harness::scene::Import;
use crate::harness::{Finished, Scene, rows, truth};
use beacon_contract::dataset::TABLES;
use beacon_simulator::LoggedRequest;
use serde_json::Value;
use std::collections::BTreeMap;

/// Enough for two pages of people and two of subscriptions.
const USERS: u64 = 28;
const PAGE: u64 = 18;

/// What came of a cell, and what is wrong about it.
pub(super) struct Found {
    pub(super) outcome: Outcome,
    pub(super) wrong: Vec<String>,
}

/// A tenant with what a right import of it holds.
pub(super) struct Ground {
    scene: Scene,
    truth: BTreeMap<&'static str, Table>,
}

impl Ground {
    pub(super) fn new() -> Self {
        let scene = Scene::paged(USERS, PAGE);
        let undisturbed = scene.import("Contoso");
        let known = |name: &'static str| match name {
            // The generator knows nothing of what people call the plans.
            "applications" => rows::table(&undisturbed.folder, name, &[]),
            name => truth::table(&scene.tenant, name),
        };
        let truth = TABLES.iter().map(|table| (table.name, known(table.name))).collect();
        for table in TABLES {
            assert_eq!(undisturbed.block()["tables"][table.name]["status"], "complete", "{}", table.name);
        }
        let ground = Self { scene, truth };
        ground.clear();
        ground
    }

    /// Each import begins without an earlier package, and the search for secrets has less to read.
    fn clear(&self) {
        for package in self.scene.packages() {
            std::fs::remove_dir_all(package).expect("a package of our own");
        }
    }

    /// Imports while all these faults happen, each at its own place, and looks at everything.
    pub(super) fn try_cells(&self, cells: &[Cell<'_>]) -> Vec<Found> {
        self.scene.tenant.clear_faults();
        self.scene.tenant.clear_requests();
        self.scene.tenant.disturb(cells.iter().flat_map(|cell| cell.place.rules(&cell.fault.kind, cell.fault.always)));
        let finished = self.scene.run("Contoso", &[]);
        let requests = self.scene.tenant.requests();
        let mut found = match finished.code {
            Some(0 | 3) => self.imported(&finished, cells),
            _ => cells.iter().map(|_| self.ended(&finished)).collect(),
        };
        for (cell, found) in cells.iter().zip(&mut found) {
            if !requests.iter().any(|request| struck(request, cell)) {
                found.wrong.push("the fault did not happen".to_owned());
            }
        }
        self.clear();
        found
    }

    fn ended(&self, finished: &Finished) -> Found {
        let code = finished.code.unwrap_or(-1);
        let mut wrong = Vec::new();
        if !self.scene.packages().is_empty() {
            wrong.push("a run that ended left a package".to_owned());
        }
        Found { outcome: Outcome::Ended(finished.error().code, code), wrong }
    }

    fn imported(&self, finished: &Finished, cells: &[Cell<'_>]) -> Vec<Found> {
        let import = Import::of(finished);
        let block = import.block();
        let status = |table: &str| block["tables"][table]["status"].as_str().unwrap_or_default().to_owned();
        let mandatory = |table: &str| block["tables"][table]["mandatory"] == true;
        let whole = TABLES.iter().all(|table| !mandatory(table.name) || status(table.name) == "complete");
        let mut wrong = Vec::new();
        if (block["status"] == "complete") != whole || (finished.code == Some(0)) != whole {
            wrong.push(format!("the package says {} with exit code {:?}", block["status"], finished.code));
        }
        let folder = import.folder.display().to_string();
        if !whole && self.scene.beacon(&["package", "verify", &folder]).code != Some(0) {
            wrong.push("the package does not verify".to_owned());
        }
        let outcomes: BTreeMap<&str, Outcome> =
            TABLES.iter().map(|table| (table.name, outcome(&block, table.name))).collect();
        for (table, outcome) in &outcomes {
            wrong.extend(self.untrue(&import, table, outcome));
            for expected in cells.iter().filter_map(|cell| cell.expected_of_looked_up(table)) {
                if *outcome != expected {
                    wrong.push(format!("{table} is {outcome} without all people, instead of {expected}"));
                }
            }
            let touched = cells.iter().any(|cell| cell.touches().contains(table));
            if !touched && *outcome != Outcome::Complete {
                wrong.push(format!("{table}, which nothing happened to, is {outcome}"));
            }
        }
        let of_cell = |cell: &Cell<'_>| {
            let mut ends: Vec<_> = cell.place.tables.iter().filter_map(|table| outcomes.get(table)).cloned().collect();
            ends.dedup();
            let mut wrong = wrong.clone();
            if ends.len() > 1 {
                wrong.push(format!("its tables end differently: {ends:?}"));
            }
            Found { outcome: ends.pop().unwrap_or(Outcome::Complete), wrong }
        };
        cells.iter().map(of_cell).collect()
    }

    /// What a table says that is not so.
    fn untrue(&self, import: &Import, table: &'static str, outcome: &Outcome) -> Option<String> {
        let truth = self.truth.get(table)?;
        let there = import.folder.join(format!("{table}.parquet")).exists();
        match outcome {
            Outcome::Skipped(_) => there.then(|| format!("{table} is skipped and has a file")),
            Outcome::Complete | Outcome::Partial(_) if !there => Some(format!("{table} has no file")),
            _ => {
                let found = truth::found(&import.folder, table);
                // What such a table lacks is the person behind an address, and nothing else.
                let without_people = *outcome == Outcome::Partial("ledger.source_incomplete".to_owned());
                let is_true = |row: &Row, known: &Row| {
                    let lacks = |column: &str| without_people && column == "user_id" && row[column].is_null();
                    row.len() == known.len() && known.iter().all(|(name, value)| row[name] == *value || lacks(name))
                };
                let other = found.iter().find(|(key, row)| !truth.get(*key).is_some_and(|known| is_true(row, known)));
                let lacking = truth.keys().find(|key| *outcome == Outcome::Complete && !found.contains_key(*key));
                let other = other.map(|(key, row)| format!("{table} {key:?} is {row:?}, not {:?}", truth.get(key)));
                other.or_else(|| lacking.map(|key| format!("{table} is complete and lacks {key:?}")))
            }
        }
    }
}

fn struck(request: &LoggedRequest, cell: &Cell<'_>) -> bool {
    cell.place.was_struck(request, &cell.fault.kind)
}

fn outcome(block: &Value, table: &str) -> Outcome {
    let report = &block["tables"][table];
    let reason = &report["reason"];
    let code = reason["code"].as_str().unwrap_or("no reason");
    let named = match reason["arguments"]["cause"].as_str().filter(|_| code == "microsoft_365.reports_missing") {
        Some(cause) => format!("{code} ({cause})"),
        None => code.to_owned(),
    };
    match report["status"].as_str() {
        Some("complete") => Outcome::Complete,
        Some("partial") => Outcome::Partial(named),
        Some("skipped") => Outcome::Skipped(named),
        other => panic!("{table} ends as {other:?}"),
    }
}
