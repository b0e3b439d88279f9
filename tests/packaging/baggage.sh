#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# A program that keeps everything the header declares gets no heap, no text formatting and
# no panic with it.
. "$(dirname "$0")/common.sh"
link "$work/program" "$archive" $(everything | keep)
symbols "$work/program" >"$work/linked"
grep -q '^swmgmt_boot$' "$work/linked" || { echo "the program lacks swmgmt_boot"; exit 1; }
grep -E '4core3fmt|4core9panicking|rust_begin_unwind|__rust_(alloc|dealloc|realloc)|^(malloc|free|realloc|calloc)(@|$)|5alloc' \
    "$work/linked" >"$work/unwanted" || true
complain "linked into a program, and must not be" "$work/unwanted"
[ $failed -eq 0 ] && echo "none of $(wc -l <"$work/linked") symbols is of a heap, core::fmt or a panic"
exit $failed
