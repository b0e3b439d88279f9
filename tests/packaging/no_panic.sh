#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# no_panic.sh CC ARCHIVE: links everything that ARCHIVE exports. It was built with the
# feature prove-no-panic, whose panic handler calls a function that does not exist: where
# a panic is reachable the link fails, and names the functions that reach it.
set -eu
cc=$1 archive=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

readelf --wide --syms "$archive" |
    awk '$5 == "GLOBAL" && $7 != "UND" && $8 ~ /^swmgmt_/ { print $8 }' | sort -u >"$work/exported"
[ -s "$work/exported" ] || { echo "no symbols found in $archive"; exit 1; }

echo 'int main(void) { return 0; }' >"$work/main.c"
if ! "$cc" "$work/main.c" "$archive" -o "$work/program" -Wl,--gc-sections \
    $(sed 's/^/-Wl,-u,/' "$work/exported") 2>"$work/errors"; then
    cat "$work/errors"
    # Once more, without the proof, to see who calls it.
    "$cc" "$work/main.c" "$archive" -o "$work/program" -Wl,--gc-sections \
        -Wl,--defsym=swmgmt_a_panic_is_reachable=0 $(sed 's/^/-Wl,-u,/' "$work/exported")
    echo "a panic is reachable, from:"
    objdump -d "$work/program" | awk '
        /^[0-9a-f]+ <.*>:$/ { caller = $2 }
        /(call|jmp|bl|b|jal|j) .*<.*9panicking/ && caller !~ /9panicking/ { print caller, $NF }' |
        tr -d '<>:' | sort -u | sed 's/^/    /'
    exit 1
fi
echo "no panic is reachable from $(wc -l <"$work/exported") symbols"
