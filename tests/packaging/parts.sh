#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# A part that no configuration names is not linked: a program with every function of the
# core has no symbol of a part, and each part brings code of its own. Nor has a program the
# packet front that does not call it.
. "$(dirname "$0")/common.sh"
parts >"$work/parts"
[ -s "$work/parts" ] || { echo "the header declares no part"; exit 1; }

functions | keep >"$work/core"
link "$work/none" "$archive" $(cat "$work/core")
symbols "$work/none" >"$work/of_core"
while read -r part; do
    link "$work/one" "$archive" $(cat "$work/core") "-Wl,-u,$part"
    symbols "$work/one" FUNC | comm -23 - "$work/of_core" >"$work/brings"
    grep -qx "$part" "$work/of_core" && echo "$part: named by the core"
    [ -s "$work/brings" ] || echo "$part: its functions are linked without it"
    echo "$part brings $(wc -l <"$work/brings") functions" >&2
done <"$work/parts" >"$work/linked"
# Also in pieces. (A CRC the core has of its own.)
grep sha256 "$work/of_core" >>"$work/linked" || true
complain "linked into a program that names no part" "$work/linked"

functions | grep -vx swmgmt_front | keep >"$work/others"
link "$work/none" "$archive" $(cat "$work/others")
symbols "$work/none" | grep 4coap >"$work/linked" || true
complain "linked into a program that does not call swmgmt_front()" "$work/linked"
symbols "$work/one" | grep 4coap >"$work/linked" || { echo "the packet front is not found by name"; failed=1; }
exit $failed
