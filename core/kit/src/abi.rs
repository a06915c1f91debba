//! The five exports of contract version 1: the only unsafe code of `core`.
//!
//! The host asks for room, writes a message there, and calls poll; the result points at two numbers, address and
//! length of the answer. Both buffers are given back by the host. Everything is one thread: the target has no other.

#![expect(unsafe_code, reason = "raw memory is what crosses the boundary of a module")]

use crate::{Connector, Guest};
use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::ptr::NonNull;

/// The memory of one module instance.
pub struct Instance<C> {
    guest: RefCell<Guest<C>>,
    reply: Cell<[u32; 2]>,
}

impl<C: Connector> Instance<C> {
    /// An instance that waits for its first message.
    #[must_use]
    pub fn new() -> Self {
        Self { guest: RefCell::new(Guest::new()), reply: Cell::new([0; 2]) }
    }

    /// Answers the message at `address`. The result stays valid until the next call.
    ///
    /// # Safety
    /// `address` and `length` are a buffer of [`alloc`] that holds `length` written bytes.
    pub unsafe fn poll(&self, address: *const u8, length: u32) -> *const u32 {
        // SAFETY: the caller vouches for address and length, and nobody writes to the buffer during this call.
        let message = unsafe { std::slice::from_raw_parts(address, length as usize) };
        // Boxed, so that the allocation is exactly as long as the host is told, which is what `free` assumes.
        let answer = self.guest.borrow_mut().poll(message).into_boxed_slice();
        let length = answer.len();
        let address = Box::into_raw(answer).cast::<u8>();
        // On the 32-bit target both fit; elsewhere the numbers mean nothing and zero is refused by every host.
        self.reply.set([address.addr(), length].map(|number| u32::try_from(number).unwrap_or(0)));
        self.reply.as_ptr().cast()
    }
}

impl<C: Connector> Default for Instance<C> {
    fn default() -> Self {
        Self::new()
    }
}

fn layout(length: u32) -> Option<Layout> {
    Layout::array::<u8>(length as usize).ok().filter(|layout| layout.size() > 0)
}

/// Room for `length` bytes; null if there is none.
#[must_use]
pub fn alloc(length: u32) -> *mut u8 {
    match layout(length) {
        // SAFETY: the size is not zero.
        Some(layout) => unsafe { std::alloc::alloc(layout) },
        None => NonNull::dangling().as_ptr(),
    }
}

/// Gives room back.
///
/// # Safety
/// `address` comes from [`alloc`] with this `length`, or is the answer of [`Instance::poll`] with its length; it was
/// not given back before and nobody uses it any more.
pub unsafe fn free(address: *mut u8, length: u32) {
    if let Some(layout) = layout(length) {
        // SAFETY: both `alloc` and a boxed slice of bytes allocate with exactly this layout.
        unsafe { std::alloc::dealloc(address, layout) }
    }
}

/// Makes a crate a module: defines the exports for one [`Connector`]. Use it once, for `wasm32` only.
#[macro_export]
macro_rules! export {
    ($connector:ty) => {
        thread_local! {
            static INSTANCE: $crate::abi::Instance<$connector> = $crate::abi::Instance::new();
        }

        /// Marks the version of the contract.
        // SAFETY: the name belongs to the contract and is defined once per module.
        #[unsafe(no_mangle)]
        pub extern "C" fn beacon_abi_1() {}

        /// Room for a message of the host.
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        pub extern "C" fn beacon_alloc(length: u32) -> *mut u8 {
            $crate::abi::alloc(length)
        }

        /// Gives room back.
        ///
        /// # Safety
        /// See `beacon_kit::abi::free`.
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn beacon_free(address: *mut u8, length: u32) {
            // SAFETY: the host gives back what it got, as the contract asks.
            unsafe { $crate::abi::free(address, length) }
        }

        /// Answers a message of events by a message of wishes.
        ///
        /// # Safety
        /// See `beacon_kit::abi::Instance::poll`.
        // SAFETY: as above.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn beacon_poll(address: *const u8, length: u32) -> *const u32 {
            // SAFETY: the host hands over a buffer of `beacon_alloc` that it filled.
            INSTANCE.with(|instance| unsafe { instance.poll(address, length) })
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_and_taken_back() {
        for length in [0, 1, 4096] {
            let address = alloc(length);
            assert!(!address.is_null());
            // SAFETY: just allocated with this length.
            unsafe {
                address.write_bytes(7, length as usize);
                free(address, length);
            }
        }
    }
}
