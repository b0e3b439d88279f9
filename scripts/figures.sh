#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Prints what the library costs on this machine: symbols, flash of a linked minimal
# program, memory, heap, instructions per chunk and byte, and the time to push 16 MB.
# Usage: scripts/figures.sh [BUILD_DIR]; needs valgrind, nm, size, coap-client.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/figures}
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DSWMGMT_BUILD_TESTS=OFF >/dev/null
cmake --build "$build" -j2 >"$build/build.log" 2>&1
archive=$(find "$build" -name libswmgmt.a -not -path '*/deps/*' | head -n 1)
flags="-std=c11 -Os -Iinclude -ffunction-sections -Wl,--gc-sections"
work=$(mktemp -d)
trap 'rm -rf "$work"; jobs -p | xargs -r kill 2>/dev/null || true' EXIT
# shellcheck disable=SC2086
{
    cc $flags c-examples/minimal.c "$archive" -o "$work/minimal"
    cc $flags tests/bench/chunks.c "$archive" -o "$work/chunks"
    echo 'int main(void) { return 0; }' | cc $flags -x c - -o "$work/empty"
}
text() { size "$1" | awk 'NR == 2 { print $1 + $2 }'; }

echo "exported symbols: $(nm -g --defined-only "$archive" 2>/dev/null | awk '$3 ~ /^swmgmt_/ { print $3 }' | sort -u | wc -l), all swmgmt_*"
echo "minimal program, linked, over an empty one ($(uname -m)): $(($(text "$work/minimal") - $(text "$work/empty"))) bytes"
echo "memory that the caller gives (swmgmt_memory):"
"$work/chunks" memory
heap=$(valgrind "$work/chunks" 100 1024 sha256 2>&1 | awk '/total heap usage/ { print $5 }')
echo "heap: ${heap:-?} allocations while a package is pushed"

instructions() { # of N chunks of a size, the start taken off
    local n
    for n in 1 101; do
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work/chunks" "$n" "$1" "$2" 2>&1 |
            awk '/Collected/ { print $4 }'
    done | awk 'NR == 1 { a = $1 } NR == 2 { print ($1 - a) / 100 }'
}
echo "instructions ($(uname -m), callgrind)   per chunk of 1024   per byte"
for part in none crc32 crc32_small sha256; do
    big=$(instructions 1024 $part) small=$(instructions 512 $part)
    awk -v p=$part -v b="$big" -v s="$small" 'BEGIN { printf "  %-30s %12.0f %15.2f\n", p, b, (b - s) / 512 }'
done

device=$(find "$build" -type f -name 'swmgmt_device' -perm -u+x | head -n 1)
if [ -z "$device" ] || ! command -v coap-client-notls >/dev/null; then
    echo "push of 16 MB: no device or no coap-client here"
    exit 0
fi
# shellcheck disable=SC2046,SC2086
cc -std=c11 -O2 tests/bench/bare_store.c $(pkg-config --cflags --libs libcoap-3-notls) -o "$work/bare"
head -c 16777216 /dev/urandom > "$work/package"
"$work/bare" 56841 "$work/stored" > /dev/null &
"$device" --listen 56842 --dir "$work/dir" --expect "file:$work/package" > /dev/null &
sleep 1
push() { # the time of one push
    local before after
    before=$(date +%s%N)
    coap-client-notls -v 0 -m put -b 1024 -t 42 -f "$work/package" "$1" > /dev/null
    after=$(date +%s%N)
    echo $(((after - before) / 1000000))
}
for _ in 1 2 3 4 5; do
    push coap://127.0.0.1:56841/9/0/2 >> "$work/bare.ms"
    push coap://127.0.0.1:56842/9/0/2 >> "$work/device.ms"
    coap-client-notls -v 0 -m post coap://127.0.0.1:56842/9/0/6 > /dev/null # throws it away
done
median() { sort -n "$1" | sed -n 3p; }
bare=$(median "$work/bare.ms") ours=$(median "$work/device.ms")
cmp -s "$work/package" "$work/stored" || echo "the bare server has stored something else"
awk -v a="$ours" -v b="$bare" 'BEGIN {
    printf "push of 16 MB in blocks of 1024, medians of 5, alternating: device %d ms, bare server %d ms, ratio %.2f\n", a, b, a / b }'
