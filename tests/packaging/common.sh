# SPDX-License-Identifier: Apache-2.0 OR MIT
# What the proofs share. Each is called as
#   bash NAME.sh ARCHIVE HEADER CC [FLAG...]
# with the compiler and the flags of the target; nothing is run, so that any target will do.
# readelf is used because nm, with LLVM's plugin installed, says "no symbols" of objects
# that a newer LLVM has written.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
archive=$1 header=$2
shift 2
cc=("$@")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

complain() {    # complain TEXT FILE: if FILE is not empty
    if [ -s "$2" ]; then
        echo "$1:" && sed 's/^/    /' "$2" && failed=1
    fi
}

declared() {    # functions and parts that the header declares; swmgmt_init() is inline
    "${cc[@]}" -E -P -x c "$header" | tr '\n' ' ' | sed 's/{[^}]*}/ /g' |
        grep -oE 'swmgmt_[a-z0-9_]+ *\(|swmgmt_part_t swmgmt_[a-z0-9_]+ *;' |
        sed 's/ *[(;]$//' | grep -vE '^swmgmt_init$|_t$' | sort -u
}
parts() { declared | sed -n 's/^swmgmt_part_t //p'; }
functions() { declared | grep -v '^swmgmt_part_t '; }
everything() { declared | sed 's/^swmgmt_part_t //' | sort -u; }

# picolibc's linker script has 64 KB of flash, unless it is told.
case ${cc[*]} in *picolibc*) cc+=(-Wl,--defsym=__flash_size=4M) ;; esac

# link PROGRAM ARGUMENT...: no start-up code is needed to look at a program
link() {
    local program=$1
    shift
    [ -e "$work/main.c" ] || echo 'int main(void) { return 0; }' >"$work/main.c"
    "${cc[@]}" -nostartfiles -Wl,-e,main -Wl,--gc-sections "$work/main.c" -o "$program" "$@" \
        2>"$work/errors" || { cat "$work/errors"; return 1; }
}
keep() { sed 's/^/-Wl,-u,/'; }  # names to linker arguments

symbols() {     # symbols FILE [TYPE]: names of what a program defines
    readelf --wide --syms "$1" |
        awk -v type="${2-}" '$7 != "UND" && $8 != "" && (type == "" || $4 == type) { print $8 }' | sort -u
}
