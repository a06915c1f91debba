//! What is polled: a module in the sandbox, or the same connector called natively in benchmarks and tests.

use beacon_contract::FailKind;

/// Why a poll did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct GuestFault {
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// Whether the same events lead to the same fault: only then it is evidence against the module.
    pub deterministic: bool,
}

impl GuestFault {
    /// What the fault asks of a person.
    #[must_use]
    pub fn kind(&self) -> FailKind {
        if self.deterministic { FailKind::Defect } else { FailKind::Retry }
    }
}

/// Something that turns events into wishes.
pub trait Guest: Send {
    /// One poll: `output` is replaced by the wishes.
    ///
    /// # Errors
    /// [`GuestFault`]; the guest is not polled again after one.
    fn poll(&mut self, events: &[u8], output: &mut Vec<u8>) -> Result<(), GuestFault>;
}

impl Guest for beacon_sandbox::Instance {
    fn poll(&mut self, events: &[u8], output: &mut Vec<u8>) -> Result<(), GuestFault> {
        self.poll_into(events, output).map_err(|fault| GuestFault {
            code: fault.code().to_owned(),
            message: fault.to_string(),
            deterministic: fault.is_deterministic(),
        })
    }
}
