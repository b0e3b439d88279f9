#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Every public struct has the layout of layouts.txt: as C compilers see the header, whatever
# the size of their enums, and as Rust laid it out. ARCHIVE was built with full debug
# information.
. "$(dirname "$0")/common.sh"

# "struct SIZE" and "struct.field OFFSET", from what the debug information says. In C the
# names are typedefs of structs without one.
layouts() {
    readelf --debug-dump=info "$1" 2>/dev/null | awk '
        function is(tag) { return $0 ~ "\\(DW_TAG_" tag "\\)" }
        function close_entry() {
            if (tag == "struct") { if (name) struct[name] = die; size[die] = bytes }
            else if (tag == "typedef") struct[name] = type
            else if (tag == "member" && name) field[owner] = field[owner] " " name " " place
            tag = name = type = bytes = place = ""
        }
        / Abbrev Number: / {
            close_entry()
            level = $0; sub(/^ *</, "", level); sub(/>.*/, "", level)
            if (is("structure_type")) { tag = "struct"; die = $0; sub(/^[^>]*></, "", die)
                sub(/>.*/, "", die); at[level + 0] = die }
            else if (is("typedef")) tag = "typedef"
            else if (is("member")) { tag = "member"; owner = at[level - 1] }
            else at[level + 0] = ""
            next
        }
        /DW_AT_name / { name = $NF }
        /DW_AT_type / { type = $NF; gsub(/[<>]|0x/, "", type) }
        /DW_AT_byte_size / { bytes = $NF }
        /DW_AT_data_member_location/ { place = $NF }
        END {
            close_entry()
            for (name in struct) if (name ~ /^swmgmt_.*_t$/ && size[struct[name]] != "") {
                print name, size[struct[name]]
                n = split(field[struct[name]], word, " ")
                for (i = 1; i < n; i += 2) print name "." word[i], word[i + 1]
            }
        }' | sort -u
}

column=$("${cc[@]}" -E -P -x c - <<<'__SIZEOF_POINTER__' | awk '$1 == 4 { print 2 } $1 == 8 { print 3 }')
awk -v column="$column" '!/^#/ { print $1, $column }' "$here/layouts.txt" | sort -u >"$work/documented"
echo '#include <swmgmt.h>' >"$work/header.c"
for flags in "" -fshort-enums -fno-short-enums; do
    "${cc[@]}" $flags -g -fno-eliminate-unused-debug-types -I "$(dirname "$header")" \
        -c "$work/header.c" -o "$work/header.o"
    layouts "$work/header.o" >"$work/c"
    [ -s "$work/c" ] || { echo "no struct is found in the header"; exit 1; }
    diff "$work/documented" "$work/c" >"$work/difference" || true
    complain "layouts.txt (<) and the C compiler (>) with ${flags:-its own enums}" "$work/difference"
done
layouts "$archive" | awk '
    NR == FNR { wanted[$1]; next }
    { type = $1; sub(/\..*/, "", type) } type in wanted' "$work/documented" - >"$work/rust"
diff "$work/documented" "$work/rust" >"$work/difference" || true
complain "layouts.txt (<) and the archive (>)" "$work/difference"
[ $failed -eq 0 ] && echo "$(wc -l <"$work/documented") sizes and offsets agree"
exit $failed
