#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# compare.sh OLD.a NEW.a [RUNS] [FIRST_SEED]: the same random runs with two archives, RUNS (1000)
# of each kind; tells where they differ, and fails if they do. tests/compare/README.md.
# In the environment: KINDS "push records"; SHOW and AROUND: how many differences of a kind are
# shown (2), and lines around them (8); CC; KEEP=folder: the two drivers are left there.
set -euo pipefail
if [ $# -lt 2 ]; then
    echo "compare.sh OLD.a NEW.a [RUNS] [FIRST_SEED]" >&2
    exit 2
fi
old=$(realpath "$1")
new=$(realpath "$2")
runs=${3:-1000}
first=${4:-1}
cd "$(dirname "$0")/.."
work=${KEEP:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT

warnings='-Wall -Wextra -Wpedantic -Wconversion -Wundef -Werror'
for which in old new; do
    # shellcheck disable=SC2086
    ${CC:-gcc} -std=c11 -O2 -g $warnings -Iinclude -DPACKAGES="\"$PWD/tests/packages/\"" \
        tests/compare/*.c tests/c/packed.c tests/c/fake.c tests/c/digest.c \
        "${!which}" -o "$work/$which"
done

# hashes WHICH KIND: in batches, so that a run without an end is found, and the rest still done;
# after three of them it is not.
hashes() {
    local seed=$first end=$((first + runs)) batch stuck=0
    : >"$work/$1.hash"
    while [ "$seed" -lt "$end" ]; do
        batch=$((end - seed < 500 ? end - seed : 500))
        [ $stuck -lt 3 ] && timeout 120 "$work/$1" "$2" "$seed" "$batch" >"$work/$1.batch" 2>/dev/null ||
            stuck=$((stuck + 1))
        [ $stuck -le 3 ] || { seq -f '%.0f none' "$seed" $((end - 1)) >>"$work/$1.hash"; break; }
        cat "$work/$1.batch" >>"$work/$1.hash"
        seed=$((seed + $(wc -l <"$work/$1.batch")))
        if [ "$(wc -l <"$work/$1.batch")" -lt "$batch" ]; then
            echo "$seed none" >>"$work/$1.hash"
            seed=$((seed + 1))
        fi
    done
}

# text WHICH KIND SEED
text() {
    timeout 60 "$work/$1" "$2" "$3" >"$work/$1.text" 2>&1 || echo "does not return" >>"$work/$1.text"
}

differences=0
total=0
calls=0
for kind in ${KINDS:-$("$work/old")}; do
    hashes old "$kind" &
    hashes new "$kind"
    wait
    made=$(awk '{ n += $3 } END { print n + 0 }' "$work/old.hash")
    awk 'NR == FNR { old[FNR] = $2; next } old[FNR] != $2 { print $1 }' \
        "$work/old.hash" "$work/new.hash" >"$work/seeds"
    found=$(wc -l <"$work/seeds")
    printf '%-12s %7d runs %10d calls %6d differences' "$kind" "$runs" "$made" "$found"
    [ "$found" -eq 0 ] || printf ', the first with seed %s' "$(sed -n 1p "$work/seeds")"
    printf '\n'
    sed -n "1,${SHOW:-2}p" "$work/seeds" | while read -r seed; do
        text old "$kind" "$seed"
        text new "$kind" "$seed"
        echo "--- driver $kind $seed"
        # A long difference is the first one's consequence.
        { diff -U "${AROUND:-8}" "$work/old.text" "$work/new.text" || true; } | sed -n 3,42p | cut -c1-300
    done
    differences=$((differences + found))
    total=$((total + runs))
    calls=$((calls + made))
done
echo "$total runs, $calls calls, $differences differences"
[ "$differences" -eq 0 ]
