//! One run of one module, and the one call into it.

use crate::bounds::{self, INPUT_BYTES, MEMORY_BYTES, OUTPUT_BYTES};
use crate::fault::{Fault, GuestBuffer};
use crate::javascript::{member, words};
use crate::module::Module;
use js_sys::{ArrayBuffer, Function, Object, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A module with a memory of its own. Not polled again after a fault: whoever gets one drops the instance.
///
/// One poll is the exchange of the host's sandbox: `beacon_alloc(len)` gives room for the input, which is copied there;
/// `beacon_poll` points at address and length of the answer, which is copied out; `beacon_free` gives back both.
pub(crate) struct Instance {
    memory: WebAssembly::Memory,
    alloc: Function,
    free: Function,
    poll: Function,
}

impl Instance {
    /// Instantiates with nothing to import.
    pub(crate) async fn new(module: &Module) -> Result<Self, Fault> {
        let promise = WebAssembly::instantiate_module(&module.code, &Object::new());
        let instance = JsFuture::from(promise).await.map_err(|thrown| Fault::Stopped { words: words(&thrown) })?;
        let exports = instance.unchecked_into::<WebAssembly::Instance>().exports();
        let function = |name| member(&exports, name).dyn_into::<Function>().map_err(|_| Fault::Exports);
        Ok(Self {
            memory: member(&exports, "memory").dyn_into().map_err(|_| Fault::Exports)?,
            alloc: function("beacon_alloc")?,
            free: function("beacon_free")?,
            poll: function("beacon_poll")?,
        })
    }

    /// Hands events to the module and returns its wishes.
    pub(crate) fn poll(&self, input: &Uint8Array) -> Result<Uint8Array, Fault> {
        let length = input.length();
        if length > INPUT_BYTES {
            return Err(Fault::InputTooLarge { size: length });
        }
        let address = number(&self.alloc.call1(&JsValue::UNDEFINED, &length.into()))?;
        if address == 0 && length > 0 {
            // Null is how an allocator says no.
            return Err(Fault::NoRoom { length });
        }
        self.view(GuestBuffer::Input, address, length)?.set(input, 0);
        let reply = number(&self.poll.call2(&JsValue::UNDEFINED, &address.into(), &length.into()))?;
        let mut numbers = [0; 8];
        self.view(GuestBuffer::Reply, reply, 8)?.copy_to(&mut numbers);
        let [a, b, c, d, e, f, g, h] = numbers;
        let (output, size) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        if size > OUTPUT_BYTES {
            return Err(Fault::OutputTooLarge { size });
        }
        let answer = self.view(GuestBuffer::Output, output, size)?;
        let answer = answer.slice(0, size);
        self.give_back(address, length)?;
        self.give_back(output, size)?;
        Ok(answer)
    }

    fn give_back(&self, address: u32, length: u32) -> Result<(), Fault> {
        let freed = self.free.call2(&JsValue::UNDEFINED, &address.into(), &length.into());
        freed.map(drop).map_err(|thrown| Fault::Stopped { words: words(&thrown) })
    }

    /// A piece of the module's memory. Made anew after each call: a memory that grows gets another buffer.
    fn view(&self, buffer: GuestBuffer, address: u32, length: u32) -> Result<Uint8Array, Fault> {
        let memory = self.memory.buffer().dyn_into::<ArrayBuffer>().map_err(|_| Fault::Exports)?;
        let size = memory.byte_length();
        if size > MEMORY_BYTES {
            return Err(Fault::Memory);
        }
        let place = bounds::place(buffer, address, length, size)?;
        Ok(Uint8Array::new_with_byte_offset_and_length(&memory, place.start, length))
    }
}

/// The 32 bits that a function gave. JavaScript shows them with a sign.
fn number(result: &Result<JsValue, JsValue>) -> Result<u32, Fault> {
    let value = result.as_ref().map_err(|thrown| Fault::Stopped { words: words(thrown) })?;
    let value = value.as_f64().ok_or(Fault::ResultType)?;
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let bits = value as i32;
    if f64::from(bits) == value { Ok(bits.cast_unsigned()) } else { Err(Fault::ResultType) }
}
