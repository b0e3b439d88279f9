// SPDX-License-Identifier: Apache-2.0 OR MIT
//! An archive with what clashes if anything does: a panic handler that is reached.
#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// One byte of a text; panics beyond its end.
#[no_mangle]
pub extern "C" fn second_archive(place: usize) -> u8 {
    b"second"[place]
}
