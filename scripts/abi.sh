#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# abi.sh [--update]: compares the binary interface with that of the last release, which is
# kept in tests/packaging/abi.xml; with --update it is written anew.
#
# What is compared is a shared object made of the header: every function, struct, part and
# constant. The archive's own debug information would do for abidiff, but tells of the
# core's private types, too, and nothing of constants. That the archive is what the header
# says is proved elsewhere: names and layouts (tests/packaging), types (cbindgen --verify).
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in
'' | --update) ;;
*)
    echo "abi.sh: there is no '$1'" >&2
    exit 2 ;;
esac
baseline=tests/packaging/abi.xml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc=${CC:-gcc}

{
    echo '#include <swmgmt.h>'
    echo 'struct swmgmt_part_t { char opaque; };'
    "$cc" -E -P include/swmgmt.h | tr '\n' ' ' | sed 's/static inline[^{]*{[^}]*}//g; s/;/;\n/g' |
        sed -nE -e 's/^.*extern const (swmgmt_part_t [a-z0-9_]+);/const \1 = {0};/p' \
            -e '/typedef|\(\*/!s/^ *([a-z].*\bswmgmt_[a-z0-9_]+\(.*\));/\1 { __builtin_trap(); }/p'
    echo 'enum swmgmt_constants {'
    "$cc" -E -P -dM include/swmgmt.h | LC_ALL=C sort |
        sed -nE 's/^#define (SWMGMT_[A-Z0-9_]+) .+/    value_of_\1 = (int)(\1),/p'
    echo '};'
    echo 'enum swmgmt_constants swmgmt_constants;'
} >"$work/interface.c"
"$cc" -std=c11 -g "-fdebug-prefix-map=$work/=" -shared -fPIC -I include "$work/interface.c" -o "$work/interface.so"

if [ "${1:-}" = --update ]; then
    abidw --no-corpus-path --no-comp-dir-path --no-show-locs "$work/interface.so" |
        sed '1a <!-- SPDX-License-Identifier: Apache-2.0 OR MIT -->' >"$baseline"
    echo "$baseline: $(grep -c '<function-decl' "$baseline") functions"
elif ! abidiff "$baseline" "$work/interface.so"; then
    echo "The interface has changed. If that is meant: scripts/abi.sh --update; a change that"
    echo "breaks firmware also raises SWMGMT_ABI and the version."
    exit 1
fi
