//! The task `check`, driven here: it asks nobody, so the worker is all the driver it needs.

use crate::fault::Fault;
use crate::instance::Instance;
use crate::module::Module;
use beacon_contract::{
    CONTRACT_VERSION, Event, Fail, FieldError, FieldErrors, FrameReader, FrameWriter, Settings, SlotName, Start, Task,
    joined_errors,
};
use js_sys::Uint8Array;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// Kinds of the wishes that a check is answered by (`docs/wire.md`, section 4). Reading these alone, instead of all
/// kinds, keeps a sixth of the worker's size away from the browser.
const FIELD_ERRORS: u8 = 73;
const DONE: u8 = 77;
const FAIL: u8 = 78;

/// Time and seed of a run: the browser's, as everything that is not the module's.
pub(crate) struct Surroundings {
    pub(crate) now: String,
    pub(crate) seed: String,
}

/// What is wrong with these settings: by the form, and by the module's own rules.
pub(crate) async fn check(
    module: &Module,
    given: &Settings,
    configured: BTreeSet<SlotName>,
    surroundings: Surroundings,
) -> Result<Vec<FieldError>, Fault> {
    let form = module.form()?;
    let general = form.check(given, &configured);
    let mut writer = FrameWriter::new();
    let start = Start {
        contract: CONTRACT_VERSION,
        task: Task::Check.name().to_owned(),
        settings: form.effective(given),
        configured,
        now: surroundings.now,
        seed: surroundings.seed,
        plan: None,
    };
    Event::Start(start).write(&mut writer);
    let instance = Instance::new(module).await?;
    let wishes = instance.poll(&Uint8Array::from(writer.finish().as_slice()))?;
    Ok(joined_errors(general, rules(&wishes.to_vec())?))
}

/// What the module finds.
fn rules(message: &[u8]) -> Result<Vec<FieldError>, Fault> {
    let mut rules = Vec::new();
    let mut end = None;
    for frame in FrameReader::new(message) {
        let frame = frame.map_err(|_| Fault::Wishes)?;
        if end.is_some() {
            return Err(Fault::Wishes);
        }
        match frame.kind {
            FIELD_ERRORS => rules = read::<FieldErrors>(frame.bytes)?.errors,
            DONE => end = Some(None),
            FAIL => end = Some(Some(read::<Fail>(frame.bytes)?)),
            // Notes and progress are for runs with somebody who listens.
            _ if !frame.is_critical() => {}
            _ => return Err(Fault::NotOnlyChecked),
        }
    }
    match end {
        None => Err(Fault::Stalled),
        Some(Some(fail)) if rules.is_empty() => Err(Fault::CheckFailed { code: fail.code }),
        Some(_) => Ok(rules),
    }
}

fn read<T: DeserializeOwned>(header: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(header).map_err(|_| Fault::Wishes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use beacon_contract::{Done, FailKind, GrantKind, GrantWish, RequestId, Wish};
    use std::collections::BTreeMap;

    fn message(wishes: &[Wish<'_>]) -> Vec<u8> {
        let mut writer = FrameWriter::new();
        wishes.iter().for_each(|wish| wish.write(&mut writer));
        writer.finish()
    }

    fn errors(fields: &[&str]) -> Vec<FieldError> {
        fields.iter().map(|field| FieldError::new(field, "a.rule")).collect()
    }

    fn failed() -> Wish<'static> {
        Wish::Fail(Fail { kind: FailKind::Defect, code: "a.failure".to_owned(), arguments: BTreeMap::new() })
    }

    #[test]
    fn rules_come_with_an_end() {
        let found = || Wish::FieldErrors(FieldErrors { errors: errors(&["tenant"]) });
        for end in [Wish::Done(Done::default()), failed()] {
            assert_eq!(rules(&message(&[found(), end])).unwrap(), errors(&["tenant"]));
        }
        assert_eq!(rules(&message(&[Wish::Done(Done::default())])).unwrap(), []);
        assert!(matches!(rules(&message(&[found()])), Err(Fault::Stalled)));
        let twice = message(&[Wish::Done(Done::default()), Wish::Done(Done::default())]);
        assert!(matches!(rules(&twice), Err(Fault::Wishes)));
        assert!(matches!(rules(&message(&[failed()])), Err(Fault::CheckFailed { code }) if code == "a.failure"));
    }

    #[test]
    fn a_check_asks_nobody() {
        let profile = "graph".parse().unwrap();
        let kind = GrantKind::ClientSecret;
        let grant = Wish::Grant(GrantWish { id: RequestId(1), profile, kind, parameters: BTreeMap::new() });
        assert!(matches!(rules(&message(&[grant])), Err(Fault::NotOnlyChecked)));
        assert!(matches!(rules(b"nonsense"), Err(Fault::Wishes)));
    }
}
