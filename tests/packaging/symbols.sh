#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# symbols.sh CC ARCHIVE HEADER: the archive defines what the header declares and nothing
# else, wants nothing but memcpy and the like, and brings no heap, no text formatting and
# no panic into a program. readelf is used because nm, with LLVM's plugin installed, says
# "no symbols" of objects that a newer LLVM has written.
set -eu
cc=$1 archive=$2 header=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
complain() {    # complain TEXT FILE: if FILE is not empty
    if [ -s "$2" ]; then
        echo "$1:" && sed 's/^/    /' "$2" && failed=1
    fi
}

# One line per global symbol of our own member; the others are the compiler's helpers.
readelf --wide --syms "$archive" | awk '
    /^File: / { ours = $0 ~ /\(swmgmt-[^)]*\)/ }
    ours && ($5 == "GLOBAL" || $5 == "WEAK") && $6 != "HIDDEN" {
        print ($7 == "UND" ? "UNDEFINED" : "DEFINED"), $8 }' | sort -u >"$work/all"
sed -n 's/^DEFINED //p' "$work/all" >"$work/defined"
sed -n 's/^UNDEFINED //p' "$work/all" >"$work/undefined"
[ -s "$work/defined" ] || { echo "no symbols found in $archive"; exit 1; }

# Functions and parts that the header declares; swmgmt_init() is inline.
"$cc" -E -P -x c "$header" | tr '\n' ' ' | sed 's/{[^}]*}/ /g' |
    grep -oE 'swmgmt_[a-z0-9_]+ *\(|swmgmt_part_t swmgmt_[a-z0-9_]+ *;' |
    sed -e 's/^swmgmt_part_t //' -e 's/ *[(;]$//' | grep -vxE 'swmgmt_init|swmgmt_[a-z0-9_]+_t' |
    sort -u >"$work/declared"
comm -23 "$work/defined" "$work/declared" >"$work/extra"
comm -13 "$work/defined" "$work/declared" >"$work/missing"
complain "defined by the archive, not declared in the header" "$work/extra"
complain "declared in the header, not defined by the archive" "$work/missing"

grep -vxE 'mem(cpy|move|set|cmp)|bcmp|strlen|_GLOBAL_OFFSET_TABLE_|__[a-z0-9]*[dstx][if][0-9]?|__aeabi_[a-z0-9]+' \
    "$work/undefined" >"$work/wanted" || true
complain "wanted by the archive from elsewhere" "$work/wanted"

# A program that keeps everything the header declares.
echo 'int main(void) { return 0; }' >"$work/main.c"
"$cc" "$work/main.c" "$archive" -o "$work/program" -Wl,--gc-sections \
    $(sed 's/^/-Wl,-u,/' "$work/declared")
readelf --wide --syms "$work/program" | awk '{ print $8 }' | sort -u >"$work/linked"
grep -q '^swmgmt_boot$' "$work/linked" || { echo "the program lacks swmgmt_boot"; failed=1; }
grep -E '4core3fmt|4core9panicking|rust_begin_unwind|__rust_(alloc|dealloc|realloc)|^(malloc|free|realloc|calloc)(@|$)|alloc5alloc' \
    "$work/linked" >"$work/unwanted" || true
complain "linked into a program, and must not be" "$work/unwanted"

[ $failed -eq 0 ] && echo "$(wc -l <"$work/defined") symbols, all declared; nothing else in or out"
exit $failed
