#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# SECOND=FILE, another Rust archive with a panic handler of its own, links beside ours, in
# either order.
. "$(dirname "$0")/common.sh"
for order in "$archive $SECOND" "$SECOND $archive"; do
    link "$work/program" $order -Wl,-u,second_archive $(everything | keep)
    symbols "$work/program" >"$work/linked"
    for symbol in second_archive swmgmt_boot; do
        grep -qx "$symbol" "$work/linked" || { echo "the program lacks $symbol"; exit 1; }
    done
done
echo "links beside a second Rust archive"
