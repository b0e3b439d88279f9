#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# No panic can be reached from what the header declares. ARCHIVE was built with the feature
# prove-no-panic, whose panic handler calls a function that does not exist: where a panic
# is reachable the link fails, and the functions that reach it are named.
. "$(dirname "$0")/common.sh"
everything >"$work/declared"
if ! link "$work/program" "$archive" $(keep <"$work/declared"); then
    # Once more, without the proof, to see who calls it.
    link "$work/program" "$archive" -Wl,--defsym=swmgmt_a_panic_is_reachable=0 $(keep <"$work/declared")
    echo "a panic is reachable, from:"
    # Up from the panics to the first functions of ours; those between are core's.
    "$("${cc[@]}" -print-prog-name=objdump)" -d "$work/program" | awk '
        /^[0-9a-f]+ <.*>:$/ { caller = $2; gsub(/[<>:]/, "", caller) }
        /[ \t](call|jmp|bl|b|b\.n|b\.w|jal|j|auipc|jalr)[ \t].*<.*>/ {
            callee = $NF; gsub(/[<>]/, "", callee); sub(/\+0x.*/, "", callee)
            if (callee != caller) callers[callee] = callers[callee] " " caller
            if (callee ~ /9panicking/) way[callee] = callee
        }
        END {
            do {
                more = 0
                for (callee in way) if (callee !~ /swmgmt/) {
                    n = split(callers[callee], caller_of, " ")
                    for (i = 1; i <= n; i++) if (!(caller_of[i] in way)) {
                        way[caller_of[i]] = caller_of[i] "\n        -> " way[callee]
                        more = 1
                    }
                }
            } while (more)
            for (caller in way) if (caller ~ /swmgmt/) print "    " way[caller]
        }'
    exit 1
fi
echo "no panic is reachable from $(wc -l <"$work/declared") symbols"
