#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# teeth.sh [CMAKE ARGUMENT...]: each proof bites. Plants one fault at a time in a copy of
# the tree, configured with the arguments (none: this machine; --preset m4), and expects
# that the proof against it, which held before, fails and names the culprit.
# PROOFS='float_abi|symbols' limits it to these.
set -euo pipefail
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree build=$work/build
proofs=${PROOFS:-.*}
bad=0 bitten=0

fresh() {   # a copy of the tree; new times of all files, so that cargo looks again
    rm -rf "$tree" && mkdir "$tree"
    tar -C "$root" --exclude-from="$root/tests/packaging/not_source" --anchored -cf - . | tar -C "$tree" -xmf -
}
prove() {   # prove REGEX
    cmake --build "$build" --target swmgmt_archive >"$work/log" 2>&1 || return
    ctest --test-dir "$build" -R "^archive\.($1)\$" --no-tests=error --output-on-failure >"$work/log" 2>&1
}

# Code that swmgmt_version() runs.
code() {
    printf '\n#[allow(unsafe_code, missing_docs, dead_code, clippy::all)]\nmod planted;\n' >>"$tree/src/lib.rs"
    cat >"$tree/src/planted.rs"
    sed -i 's/pub extern "C" fn swmgmt_version() -> u32 {/&\n    crate::planted::fault();/' "$tree"/src/ffi/*.rs
    grep -q 'planted::fault' "$tree"/src/ffi/*.rs
}

# bites PROOF CULPRIT WHAT PLANT...: the culprit is a regular expression
bites() {
    local proof=$1 culprit=$2 what=$3
    shift 3
    grep -qxE "$proofs" <<<"$proof" || return 0
    fresh
    if ! "$@"; then
        echo "cannot plant $what"
    elif prove "$proof"; then
        echo "archive.$proof does not notice: $what"
    elif ! grep -q ": archive\.$proof .*Failed" "$work/log"; then
        echo "archive.$proof was not run: $what" && tail -n 40 "$work/log"
    elif ! grep -qE "$culprit" "$work/log"; then
        echo "archive.$proof does not name $culprit: $what" && tail -n 40 "$work/log"
    else
        printf '%-10s bites: %-38s %s\n' "$proof" "$what" "$(grep -oE "$culprit" "$work/log" | head -n 1 | cut -c1-60)"
        bitten=$((bitten + 1))
        return
    fi
    bad=$((bad + 1))
}

an_index() { code <<'R'
#[inline(never)]
pub fn fault() {
    let at = core::hint::black_box(7);
    core::hint::black_box([1, 2, 3][at]);
}
R
}
a_format_call() { code <<'R'
use core::fmt::Write;
struct Nowhere;
impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        core::hint::black_box(text);
        Ok(())
    }
}
pub fn fault() {
    let _ = write!(Nowhere, "{}", core::hint::black_box(7));
}
R
}
a_static() { # a_static VALUE
    code <<R
static mut PLANTED: u32 = $1;
pub fn fault() {
    unsafe { PLANTED = PLANTED.wrapping_add(core::hint::black_box(1)) }
}
R
}
a_heap() { code <<'R'
extern "C" { fn malloc(size: usize) -> *mut u8; }
pub fn fault() {
    core::hint::black_box(unsafe { malloc(1) });
}
R
}
an_export() { code <<'R'
#[no_mangle]
pub extern "C" fn planted_helper() {}
pub fn fault() {}
R
}
a_memcpy() { code <<'R'
#[no_mangle]
pub unsafe extern "C" fn memcpy(to: *mut u8, _: *const u8, _: usize) -> *mut u8 { to }
pub fn fault() {}
R
}
a_part() { code <<'R'
extern "C" { static swmgmt_sha256: u8; }
pub fn fault() {
    core::hint::black_box(core::ptr::addr_of!(swmgmt_sha256));
}
R
}
a_message() { code <<'R'
pub fn fault() {
    core::hint::black_box(crate::coap::message::Message::parse(core::hint::black_box(&[])).is_some());
}
R
}
a_rust_field() {
    sed -i 's/pub struct swmgmt_chunk_t {/&\n    \/\/\/ Planted.\n    pub planted: u64,/' $(grep -rl 'pub struct swmgmt_chunk_t {' "$tree/src")
}
a_c_field() {
    sed -i 's/^} swmgmt_chunk_t;/    uint8_t planted;\n&/' "$tree/include/swmgmt.h" && grep -q planted "$tree/include/swmgmt.h"
}
an_enum() {
    sed -i 's/^typedef int32_t swmgmt_status_t;/&\ntypedef struct { enum { PLANTED } kind; } swmgmt_planted_t;/' \
        "$tree/include/swmgmt.h"
    printf 'swmgmt_planted_t 4 4\nswmgmt_planted_t.kind 0 0\n' >>"$tree/tests/packaging/layouts.txt"
    # What Rust thinks of it is not the question here.
    sed -i 's/^diff .*rust.*/: >"$work\/difference"/' "$tree/tests/packaging/layouts.sh"
}
no_lto() { sed -i 's/^lto = "fat"/lto = "off"/' "$tree/Cargo.toml" "$tree/tests/packaging/second_archive/Cargo.toml"; }
rusts_builtins() { sed -i 's/if(builtins)/if(OFF)/' "$tree/cmake/remove_builtins.cmake"; }
alike_floats() {
    sed -i -e 's/FLOAT_ABI=soft/FLOAT_ABI=HARD/; s/FLOAT_ABI=hard/FLOAT_ABI=soft/; s/FLOAT_ABI=HARD/FLOAT_ABI=hard/' \
        -e 's/FLOAT_ABI=ilp32/FLOAT_ABI=none/' "$tree/tests/packaging/proofs.cmake"
    sed -i 's/^ilp32)/none) other=() ;;\n&/' "$tree/tests/packaging/float_abi.sh"
}

fresh
(cd "$tree" && cmake -S . -B "$build" -DSWMGMT_BUILD_EXAMPLES=OFF -DSWMGMT_PROVE=ON "$@") >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
prove "$proofs" || { echo "without a plant:" && grep -vE 'Passed|Start' "$work/log"; bad=1; }

bites no_panic 7planted5fault                  "an index"                      an_index
bites baggage 4core3fmt                     "a format call"                 a_format_call
bites no_data '\.bss[^ ]*PLANTED'           "a static"                      a_static 0
bites no_data '\.data[^ ]*PLANTED'          "a static with a value"         a_static 7
bites symbols planted_helper                "an exported helper"            an_export
bites symbols 'malloc$'                   "a heap that is wanted"         a_heap
bites memcpy 'swmgmt-.*definition of memcpy' "a memcpy of our own"           a_memcpy
bites parts 'swmgmt_sha256: named by.*'     "a part that the core names"    a_part
bites parts '.*4coap.*'                      "a message read elsewhere"      a_message
bites layouts 'swmgmt_chunk_t.planted'      "a field in Rust only"          a_rust_field
bites layouts 'swmgmt_chunk_t.planted'      "a field in the header only"    a_c_field
bites layouts 'with .*enums'                "a C enum in a struct"          an_enum
bites second 'rust_begin_unwind'            "archives without LTO"          no_lto
if ctest --test-dir "$build" -N -R archive.float_abi | grep -q 'Total Tests: 1'; then
    bites float_abi 'takes the archive.*'   "a program of the same floats"  alike_floats
fi
if [ -e "$build/libswmgmt.a" ]; then    # of bare metal
    bites memcpy 'compiler_builtins-.*definition of memcpy' "compiler_builtins left in" rusts_builtins
fi
echo "$bitten faults found, $bad not"
[ $bad -eq 0 ]
