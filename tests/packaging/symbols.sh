#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# The archive defines what the header declares and nothing else, and wants nothing but
# memcpy and the like.
. "$(dirname "$0")/common.sh"

# One line per global symbol of our own member; the others are the compiler's helpers.
readelf --wide --syms "$archive" | awk '
    /^File: / { ours = $0 ~ /\(swmgmt-[^)]*\)/ }
    ours && ($5 == "GLOBAL" || $5 == "WEAK") && $6 != "HIDDEN" {
        print ($7 == "UND" ? "UNDEFINED" : "DEFINED"), $8 }' | sort -u >"$work/all"
sed -n 's/^DEFINED //p' "$work/all" >"$work/defined"
sed -n 's/^UNDEFINED //p' "$work/all" >"$work/undefined"
[ -s "$work/defined" ] || { echo "no symbols found in $archive"; exit 1; }

everything >"$work/declared"
comm -23 "$work/defined" "$work/declared" >"$work/extra"
comm -13 "$work/defined" "$work/declared" >"$work/missing"
complain "defined by the archive, not declared in the header" "$work/extra"
complain "declared in the header, not defined by the archive" "$work/missing"

grep -vxE 'mem(cpy|move|set|cmp)|bcmp|strlen|_GLOBAL_OFFSET_TABLE_|__[a-z0-9]*[dstx][if][0-9]?|__aeabi_[a-z0-9_]+' \
    "$work/undefined" >"$work/wanted" || true
complain "wanted by the archive from elsewhere" "$work/wanted"

[ $failed -eq 0 ] && echo "$(wc -l <"$work/defined") symbols, all declared; nothing else in or out"
exit $failed
