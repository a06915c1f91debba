//! One run of one module.

use std::fmt;

use wasmtime::{InstancePre, Memory, Store, TypedFunc, WasmParams, WasmResults};

use crate::exports;
use crate::fault::{Fault, GuestBuffer};
use crate::guard::Guard;
use crate::limits::SandboxLimits;
use crate::ticker;

#[cfg(test)]
mod tests;

/// A module with a memory of its own. A run polls one instance from its first event to its last; instances share
/// nothing. May be moved between threads, and a poll blocks the thread it runs on.
///
/// One poll is this exchange: `beacon_alloc(len)` gives room for the input; the host copies it there; `beacon_poll`
/// points at address and length of the answer; the host copies that out; then `beacon_free` gives back the input and
/// the output. The module owns the two numbers themselves. Fuel and clock cover all four calls together.
pub struct Instance {
    store: Store<Guard>,
    memory: Memory,
    alloc: TypedFunc<u32, u32>,
    free: TypedFunc<(u32, u32), ()>,
    poll: TypedFunc<(u32, u32), u32>,
    limits: SandboxLimits,
    fuel_used: u64,
    poisoned: bool,
}

impl Instance {
    /// Instantiates in a fresh store.
    pub(crate) fn new(code: &InstancePre<Guard>, limits: SandboxLimits) -> Result<Self, Fault> {
        let mut store = Store::new(code.module().engine(), Guard::new(limits.memory_bytes));
        store.limiter(|guard| guard);
        arm(&mut store, &limits)?;
        let exported = (|| {
            let instance = code.instantiate(&mut store)?;
            let alloc = instance.get_typed_func(&mut store, exports::ALLOC)?;
            let free = instance.get_typed_func(&mut store, exports::FREE)?;
            let poll = instance.get_typed_func(&mut store, exports::POLL)?;
            let memory = instance.get_memory(&mut store, exports::MEMORY);
            let memory = memory.ok_or_else(|| wasmtime::Error::msg("the memory is not exported"))?;
            Ok((memory, alloc, free, poll))
        })();
        match exported {
            Ok((memory, alloc, free, poll)) => {
                Ok(Self { store, memory, alloc, free, poll, limits, fuel_used: 0, poisoned: false })
            }
            Err(error) => Err(Fault::of(error, store.data(), limits.fuel_per_poll)),
        }
    }

    /// Hands `input` to the module and returns its answer.
    ///
    /// # Errors
    /// A [`Fault`], after which the instance only answers [`Fault::Poisoned`].
    pub fn poll(&mut self, input: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut output = Vec::new();
        self.poll_into(input, &mut output)?;
        Ok(output)
    }

    /// As [`Instance::poll`], into a buffer that is cleared first and can be used again for the next poll. It is left
    /// empty after a fault.
    ///
    /// # Errors
    /// A [`Fault`], after which the instance only answers [`Fault::Poisoned`].
    pub fn poll_into(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), Fault> {
        output.clear();
        if self.poisoned {
            return Err(Fault::Poisoned);
        }
        // Poisoned until proven sound, so that no way out can forget it.
        self.poisoned = true;
        arm(&mut self.store, &self.limits)?;
        let result = self.exchange(input, output);
        let left = self.store.get_fuel().map_err(runtime)?;
        self.fuel_used = self.fuel_used.saturating_add(self.limits.fuel_per_poll.saturating_sub(left));
        match result {
            Ok(()) => self.poisoned = false,
            Err(_) => output.clear(),
        }
        result
    }

    /// Fuel used by all polls of this instance so far, a failed one included.
    #[must_use]
    pub const fn fuel_used(&self) -> u64 {
        self.fuel_used
    }

    /// Size of the module's memory now, in bytes. It never shrinks.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.memory.data_size(&self.store)
    }

    fn exchange(&mut self, input: &[u8], output: &mut Vec<u8>) -> Result<(), Fault> {
        let size = input.len();
        let length = match u32::try_from(size) {
            Ok(length) if size <= self.limits.input_bytes => length,
            _ => return Err(Fault::InputTooLarge { size, cap: self.limits.input_bytes }),
        };
        let address = call(&self.alloc, &mut self.store, length, &self.limits)?;
        self.copy_in(input, address, length)?;
        let reply = call(&self.poll, &mut self.store, (address, length), &self.limits)?;
        let (output_address, output_length) = self.read_reply(reply)?;
        self.copy_out(output_address, output_length, output)?;
        call(&self.free, &mut self.store, (address, length), &self.limits)?;
        call(&self.free, &mut self.store, (output_address, output_length), &self.limits)
    }

    fn copy_in(&mut self, input: &[u8], address: u32, length: u32) -> Result<(), Fault> {
        let bad = Fault::BadPointer { buffer: GuestBuffer::Input, address, length };
        if address == 0 && length > 0 {
            // Null is how an allocator says no.
            let wanted = self.store.data().refused();
            return Err(wanted.map_or(bad, |wanted| Fault::OutOfMemory { wanted, cap: self.limits.memory_bytes }));
        }
        self.memory.write(&mut self.store, address as usize, input).map_err(|_| bad)
    }

    /// The two numbers behind the result of `beacon_poll`: address and length of the answer.
    fn read_reply(&self, address: u32) -> Result<(u32, u32), Fault> {
        let mut reply = [0; 8];
        self.memory.read(&self.store, address as usize, &mut reply).map_err(|_| Fault::BadPointer {
            buffer: GuestBuffer::Reply,
            address,
            length: 8,
        })?;
        let [a, b, c, d, e, f, g, h] = reply;
        Ok((u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h])))
    }

    fn copy_out(&self, address: u32, length: u32, output: &mut Vec<u8>) -> Result<(), Fault> {
        let (start, size) = (address as usize, length as usize);
        if size > self.limits.output_bytes {
            return Err(Fault::OutputTooLarge { size, cap: self.limits.output_bytes });
        }
        let end = start.checked_add(size);
        let answer = end.and_then(|end| self.memory.data(&self.store).get(start..end));
        let answer = answer.ok_or(Fault::BadPointer { buffer: GuestBuffer::Output, address, length })?;
        output.try_reserve_exact(size).map_err(|_| Fault::HostMemory)?;
        output.extend_from_slice(answer);
        Ok(())
    }
}

/// Shows what is known without looking into the module's memory, which holds a tenant's data.
impl fmt::Debug for Instance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Instance")
            .field("fuel_used", &self.fuel_used)
            .field("poisoned", &self.poisoned)
            .finish_non_exhaustive()
    }
}

/// Gives a store the fuel and the time of one poll, and forgets what the last one left behind.
fn arm(store: &mut Store<Guard>, limits: &SandboxLimits) -> Result<(), Fault> {
    store.data_mut().begin_poll();
    store.set_epoch_deadline(ticker::ticks(limits.wall_per_poll));
    store.set_fuel(limits.fuel_per_poll).map_err(runtime)
}

fn call<Parameters: WasmParams, Results: WasmResults>(
    function: &TypedFunc<Parameters, Results>,
    store: &mut Store<Guard>,
    parameters: Parameters,
    limits: &SandboxLimits,
) -> Result<Results, Fault> {
    let result = function.call(&mut *store, parameters);
    result.map_err(|error| Fault::of(error, store.data(), limits.fuel_per_poll))
}

fn runtime(error: wasmtime::Error) -> Fault {
    Fault::Runtime { source: error.into_boxed_dyn_error() }
}
