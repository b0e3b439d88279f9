// SPDX-License-Identifier: Apache-2.0 OR MIT
//! Names for numbers, linked only where they are used, and the release number.

use super::numbers::*;
use core::ffi::c_char;

/// # Safety
/// `text` is NULL or a C string that stays.
pub(super) unsafe fn c_string(text: *const c_char) -> &'static [u8] {
    if text.is_null() {
        return &[];
    }
    let text = text.cast::<u8>();
    let mut length = 0usize;
    // SAFETY: the caller's contract: there is a NUL, after 255 bytes at most. CStr, or a loop
    // without a bound, would bring strlen, memchr and, from a core that is compiled with
    // overflow checks, a panic.
    unsafe {
        while length < 255 && *text.add(length) != 0 {
            length = length.wrapping_add(1);
        }
        core::slice::from_raw_parts(text, length)
    }
}

/// The release of this archive: major times 65536, plus minor times 256, plus patch.
///
/// @note Any thread.
#[no_mangle]
pub extern "C" fn swmgmt_version() -> u32 {
    const fn number(text: &str) -> u32 {
        let mut digits = text.as_bytes();
        let mut n = 0u32;
        while let [digit, rest @ ..] = digits {
            n = n.wrapping_mul(10).wrapping_add((*digit).wrapping_sub(b'0') as u32);
            digits = rest;
        }
        n
    }
    const VERSION: u32 = number(env!("CARGO_PKG_VERSION_MAJOR")) << 16
        | number(env!("CARGO_PKG_VERSION_MINOR")) << 8
        | number(env!("CARGO_PKG_VERSION_PATCH"));
    VERSION
}

/// Says in English what a status means.
///
/// @param[in] status  A status, or a negative answer.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
#[no_mangle]
pub extern "C" fn swmgmt_strerror(status: swmgmt_status_t) -> *const c_char {
    match status {
        SWMGMT_OK => c"done",
        SWMGMT_EINVAL => c"NULL, out of range, or not a context",
        SWMGMT_EABI => c"header and archive disagree",
        SWMGMT_ENOMEM => c"no room",
        SWMGMT_EBUSY => c"busy",
        SWMGMT_ENOENT => c"no such thing, or no more",
        SWMGMT_EEXIST => c"already there",
        SWMGMT_EORDER => c"before or after swmgmt_boot()",
        SWMGMT_ESTALE => c"no such operation in flight",
        SWMGMT_ERECORD => c"a record could not be read or written",
        SWMGMT_EPART => c"a part that the configuration needs is not named",
        _ => c"unknown status",
    }
    .as_ptr()
}

/// The name of a state that swmgmt_state() tells.
///
/// @param[in] state  SWMGMT_INITIAL and so on.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
#[no_mangle]
pub extern "C" fn swmgmt_state_name(state: u8) -> *const c_char {
    match state {
        SWMGMT_INITIAL => c"INITIAL",
        SWMGMT_RECEIVING => c"RECEIVING",
        SWMGMT_FETCHING => c"FETCHING",
        SWMGMT_VERIFYING => c"VERIFYING",
        SWMGMT_DELIVERED => c"DELIVERED",
        SWMGMT_INSTALLING => c"INSTALLING",
        SWMGMT_INACTIVE => c"INACTIVE",
        SWMGMT_ACTIVE => c"ACTIVE",
        SWMGMT_ACTIVATING => c"ACTIVATING",
        SWMGMT_DEACTIVATING => c"DEACTIVATING",
        SWMGMT_PREPARING => c"PREPARING",
        SWMGMT_UNINSTALLING => c"UNINSTALLING",
        SWMGMT_INITIAL_FOR_UPDATE => c"INITIAL_FOR_UPDATE",
        _ => c"unknown state",
    }
    .as_ptr()
}

/// What a value of Update Result (9/x/9) means.
///
/// @param[in] result  0 ... 3, 50 ... 59.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
#[no_mangle]
pub extern "C" fn swmgmt_result_name(result: u8) -> *const c_char {
    match result {
        0 => c"initial value",
        1 => c"downloading",
        2 => c"installed",
        3 => c"downloaded and verified",
        50 => c"not enough storage",
        51 => c"out of memory",
        52 => c"connection lost",
        53 => c"integrity check failed",
        54 => c"unsupported package type",
        56 => c"invalid URI",
        57 => c"device defined error",
        58 => c"installation failed",
        59 => c"uninstallation failed",
        _ => c"reserved",
    }
    .as_ptr()
}

/// The name of an operation kind, for a trace.
///
/// @param[in] kind  SWMGMT_OP_LOAD and so on.
/// @return Text that stays; never NULL.
///
/// @note Any thread.
#[no_mangle]
pub extern "C" fn swmgmt_operation_name(kind: u8) -> *const c_char {
    match kind {
        SWMGMT_OP_LOAD => c"load",
        SWMGMT_OP_SAVE => c"save",
        SWMGMT_OP_OPEN => c"open",
        SWMGMT_OP_WRITE => c"write",
        SWMGMT_OP_READ => c"read",
        SWMGMT_OP_DISCARD => c"discard",
        SWMGMT_OP_FETCH => c"fetch",
        SWMGMT_OP_VERIFY => c"verify",
        SWMGMT_OP_INSTALL => c"install",
        SWMGMT_OP_UNINSTALL => c"uninstall",
        SWMGMT_OP_PREPARE => c"prepare",
        SWMGMT_OP_ACTIVATE => c"activate",
        SWMGMT_OP_DEACTIVATE => c"deactivate",
        SWMGMT_OP_OUTCOME => c"outcome",
        SWMGMT_OP_CANCEL => c"cancel",
        SWMGMT_OP_ABOUT => c"about",
        SWMGMT_OP_KEY => c"key",
        SWMGMT_OP_SIGNATURE => c"signature",
        SWMGMT_OP_FITS => c"fits",
        SWMGMT_OP_COUNTER => c"counter",
        SWMGMT_OP_COMMIT => c"commit",
        _ => c"unknown operation",
    }
    .as_ptr()
}
