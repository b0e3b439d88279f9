#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Nothing of ours is in RAM before the firmware gives it: no .data, no .bss. A hosted
# target's relocated constants (.data.rel.ro) are read-only when the program runs.
. "$(dirname "$0")/common.sh"
readelf --wide --sections "$archive" | sed 's/^ *\[ *[0-9]*\] *//' | awk '
    /^File: / { ours = $0 ~ /\(swmgmt-[^)]*\)/ }
    ours && /^\.text/ { code++ }
    ours && $7 ~ /W/ && $1 !~ /^\.data\.rel\.ro/ && $5 !~ /^0+$/ { print $1, "(0x" $5 " bytes)" }
    END { if (!code) print "no code of ours was found" }' >"$work/writable"
complain "writable data in the archive" "$work/writable"
[ $failed -eq 0 ] && echo "no .data and no .bss"
exit $failed
