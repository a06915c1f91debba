//! What the journal of an interrupted run holds, read with the keys of the installation.

use super::Scene;
use beacon_contract::{Event, decode_events};
use beacon_driver::{JournalEntry, JournalReader};
use beacon_store::Store;
use beacon_vault::{KeyFile, Vault};
use std::path::PathBuf;

/// The folder of every run that has one.
pub(crate) fn runs(scene: &Scene) -> Vec<PathBuf> {
    let runs = std::fs::read_dir(scene.data().join("runs")).into_iter().flatten().flatten();
    runs.map(|run| run.path()).collect()
}

/// Bytes of the journals that are there.
pub(crate) fn bytes(scene: &Scene) -> u64 {
    let lengths = runs(scene).into_iter().map(|run| std::fs::metadata(run.join("journal")).map_or(0, |it| it.len()));
    lengths.sum()
}

/// How many answers the journal of the one run that did not end holds as a whole. No process may own the data folder.
pub(crate) fn answers(scene: &Scene) -> usize {
    let store = Store::open(&scene.data()).expect("a data folder that nobody owns");
    let running = store.running_runs().expect("runs");
    let [run] = running.as_slice() else { return 0 };
    let keys = KeyFile::open(&scene.key_file()).expect("the key file");
    let stored = store.data_keys(run.connection).expect("keys");
    let keys = Vault::new(keys).unlock(run.connection.into(), &stored).expect("keys that open");
    let key = keys.derive_run_key(run.id.into()).expect("the key of the run");
    let path = scene.data().join("runs").join(run.id.to_string()).join("journal");
    // Killed before it wrote the first line, a run has no journal.
    let Ok(journal) = JournalReader::open(&path, &key) else { return 0 };
    let mut answers = 0;
    for entry in journal {
        if let JournalEntry::Events(message) = entry.expect("a sound journal") {
            let events = decode_events(&message).expect("sound events");
            answers += events.iter().filter(|event| matches!(event, Event::End { .. } | Event::Failed(_))).count();
        }
    }
    answers
}
