// SPDX-License-Identifier: Apache-2.0 OR MIT
//! The C boundary: everything unsafe, and nothing else. One file per section of
//! include/swmgmt.h, in its order; `handle` makes contexts of pointers, `door` the callbacks.
#![allow(unsafe_code, non_camel_case_types, non_upper_case_globals, clippy::missing_safety_doc)]

/// The value of a `Result`, or the status that ends the call.
macro_rules! or_status {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(status) => return status,
        }
    };
}

// Blank lines keep the order, which is that of the header.
pub mod numbers;

mod hash;

pub mod host;

pub mod package;

pub mod parts;

pub mod handle;

pub mod context;

pub mod completion;

pub mod values;

pub mod server;

pub mod request;

pub mod front;

pub mod text;

mod door;

#[cfg(all(feature = "panic-handler", not(test), not(feature = "std")))]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(feature = "prove-no-panic")]
    {
        extern "C" {
            fn swmgmt_a_panic_is_reachable() -> !;
        }
        // SAFETY: there is no such function: the link fails where a panic is reachable.
        unsafe { swmgmt_a_panic_is_reachable() }
    }
    #[cfg(not(feature = "prove-no-panic"))]
    loop {
        core::hint::spin_loop();
    }
}
