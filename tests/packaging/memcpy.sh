#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# The C library's memcpy and the like win: the archive, though it comes first, brings none.
. "$(dirname "$0")/common.sh"
cat >"$work/main.c" <<'C'
#include <string.h>
char to[256], from[256];
int main(int argc, char **argv)
{
    (void)argv;
    memmove(to + 1, to, (size_t)argc); /* a size that is not known: no inlining */
    memset(to, argc, (size_t)argc);
    memcpy(to, from, (size_t)argc);
    return memcmp(to, from, (size_t)argc);
}
C
for function in memcpy memmove memset memcmp; do
    link "$work/program" -O0 -fno-builtin "$archive" $(everything | keep) \
        "-Wl,--trace-symbol=$function" >"$work/trace"
    cat "$work/errors" >>"$work/trace"
    grep 'definition of' "$work/trace" | grep -vE '[/\\]lib(c[._-]|c_nano)[^/]*: ' >>"$work/others" || true
    grep -q 'definition of' "$work/trace" || { echo "$function is not in the program"; failed=1; }
done
complain "not the C library's" "$work/others"
[ $failed -eq 0 ] && echo "memcpy, memmove, memset and memcmp are the C library's"
exit $failed
