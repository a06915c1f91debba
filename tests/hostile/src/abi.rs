//! The five exports, written by hand so that the reply can lie.

#![expect(unsafe_code, reason = "raw memory is what crosses the boundary of a module")]

use crate::{Answer, Guest};
use std::alloc::Layout;
use std::cell::{Cell, RefCell};

thread_local! {
    static GUEST: RefCell<Guest> = const { RefCell::new(Guest::new()) };
    static REPLY: Cell<[u32; 2]> = const { Cell::new([0; 2]) };
}

fn layout(length: u32) -> Layout {
    // One byte at least: the allocator takes no empty layout. Lengths beyond the address space end in the same trap
    // as any other lack of memory.
    Layout::from_size_align((length as usize).max(1), 1).unwrap_or(Layout::new::<[u8; 1]>())
}

/// Marks the version of the contract.
// SAFETY: the name belongs to the contract and is defined once.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn beacon_abi_1() {}

/// Room for a message of the host.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn beacon_alloc(length: u32) -> *mut u8 {
    // SAFETY: the layout is never empty.
    unsafe { std::alloc::alloc(layout(length)) }
}

/// Gives room back.
///
/// # Safety
/// `address` comes from [`beacon_alloc`] with this length, or is the answer of [`beacon_poll`].
// SAFETY: as above.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn beacon_free(address: *mut u8, length: u32) {
    if length > 0 {
        // SAFETY: allocated with this layout, by `beacon_alloc` or as a boxed slice of bytes.
        unsafe { std::alloc::dealloc(address, layout(length)) }
    }
}

/// Answers a message of events.
///
/// # Safety
/// `address` comes from [`beacon_alloc`] with this length and has been written.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn beacon_poll(address: *const u8, length: u32) -> *const u32 {
    // SAFETY: the host filled the buffer and leaves it alone during the call.
    let message = unsafe { std::slice::from_raw_parts(address, length as usize) };
    let reply = match GUEST.with(|guest| guest.borrow_mut().poll(message)) {
        Answer::Message(bytes) => {
            let bytes = bytes.into_boxed_slice();
            let length = bytes.len() as u32;
            [Box::into_raw(bytes).cast::<u8>() as u32, length]
        }
        Answer::Forged { address, length } => [address, length],
        Answer::NoReply => return std::ptr::without_provenance(u32::MAX as usize - 3),
    };
    REPLY.with(|place| {
        place.set(reply);
        place.as_ptr().cast()
    })
}
