#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
# readme.sh CC ARCHIVE INCLUDE README EXAMPLE: the first program of the README is the
# example file, compiles without a warning, and prints what the README says.
set -eu
cc=$1 archive=$2 include=$3 readme=$4 example=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
block() { # the first block of a language
    awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ && on { exit } on' "$readme"
}
block c >"$work/readme.c"
block text >"$work/wanted"
[ -s "$work/readme.c" ] && [ -s "$work/wanted" ]
cmp "$work/readme.c" "$example"
"$cc" -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror -I "$include" "$work/readme.c" "$archive" -o "$work/program"
"$work/program" >"$work/got"
diff "$work/wanted" "$work/got"
