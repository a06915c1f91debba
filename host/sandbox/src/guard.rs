//! The limiter of memory: says yes or no to growth and remembers why.

use wasmtime::ResourceLimiter;

use crate::bounds::TABLE_ELEMENTS;

/// The state of a store: its memory limit, and what became of the last wish to grow.
pub(crate) struct Guard {
    memory_bytes: usize,
    /// Bytes that the module last asked for in vain. A Rust module answers a refusal with `unreachable`; this is how
    /// that trap is told from an ordinary abort.
    refused: Option<usize>,
}

/// The operating system did not give memory that the limits allow. The poll ends at once: a module that went on
/// without it would answer differently than on another machine.
#[derive(Debug, thiserror::Error)]
#[error("the operating system refused memory")]
pub(crate) struct HostRefusedMemory;

impl Guard {
    pub(crate) fn new(memory_bytes: usize) -> Self {
        Self { memory_bytes, refused: None }
    }

    /// Forgets an earlier refusal: the module has lived with it.
    pub(crate) fn begin_poll(&mut self) {
        self.refused = None;
    }

    /// Bytes that the limits allow.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// Bytes asked for and refused since the poll began.
    pub(crate) fn refused(&self) -> Option<usize> {
        self.refused
    }
}

impl ResourceLimiter for Guard {
    fn memory_growing(&mut self, _current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        // The declared maximum is checked here too, so that a failure after a yes can only be the system's.
        let allowed = desired <= self.memory_bytes && maximum.is_none_or(|maximum| desired <= maximum);
        if !allowed {
            self.refused = Some(desired);
        }
        Ok(allowed)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(error.context(HostRefusedMemory))
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(u64::try_from(desired).is_ok_and(|desired| desired <= TABLE_ELEMENTS))
    }

    fn instances(&self) -> usize {
        1
    }

    fn memories(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_granted_up_to_the_smaller_of_limit_and_declaration() {
        let mut guard = Guard::new(100);
        assert!(guard.memory_growing(0, 100, Some(200)).unwrap());
        assert!(guard.memory_growing(0, 50, Some(50)).unwrap());
        assert_eq!(guard.refused(), None);
        assert!(!guard.memory_growing(0, 101, Some(200)).unwrap());
        assert!(!guard.memory_growing(0, 60, Some(50)).unwrap());
        assert_eq!(guard.refused(), Some(60));
        guard.begin_poll();
        assert_eq!(guard.refused(), None);
    }

    #[test]
    fn a_table_is_granted_up_to_the_bound() {
        let mut guard = Guard::new(0);
        assert!(guard.table_growing(0, 10_000, None).unwrap());
        assert!(!guard.table_growing(0, 10_001, None).unwrap());
    }
}
