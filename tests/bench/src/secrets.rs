//! One secret, in memory.

use beacon_contract::SlotName;
use beacon_driver::{SecretSlots, SlotError};
use beacon_vault::Secret;
use std::collections::BTreeSet;

pub(crate) struct OneSecret {
    pub(crate) slot: SlotName,
    pub(crate) value: String,
}

impl SecretSlots for OneSecret {
    fn configured(&self) -> BTreeSet<SlotName> {
        BTreeSet::from([self.slot.clone()])
    }

    fn read(&self, slot: &SlotName, _origins: &BTreeSet<String>) -> Result<Option<Secret>, SlotError> {
        Ok((*slot == self.slot).then(|| Secret::from(self.value.clone())))
    }

    fn write(&self, slot: &SlotName, _origins: &BTreeSet<String>, _value: &Secret) -> Result<(), SlotError> {
        Err(SlotError { code: "bench.read_only", message: format!("the benchmark keeps no {slot}") })
    }
}
