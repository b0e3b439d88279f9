#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# demo.sh: installs what is missing (setup.sh), builds the library, the example device and
# the `swmgmt` tool, and shows real updates over CoAP on loopback; then once more with the
# device's power cut (kill -9) between the steps and in the middle of them; then signed
# packages, good ones and bad ones. Bytes stored are compared with bytes sent.
# The build is kept in build/release; set BUILD to have it elsewhere.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$root/build/release}
work=$(mktemp -d "${TMPDIR:-/tmp}/swmgmt-demo.XXXXXX")
device_pid='' server_pid=''

end() {
    local status=$?
    for pid in $device_pid $server_pid; do
        kill -9 "$pid" 2>/dev/null || true
    done
    if [ $status -ne 0 ]; then
        echo "*** the demo failed; logs are in $work" >&2
        tail -n 5 "$work"/*.log >&2 || true
    else
        rm -rf "$work"
    fi
}
trap end EXIT
say() { printf '\n== %s\n' "$*"; }
fail() { echo "*** $*" >&2; exit 1; }

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.02
    done
}

"$root/scripts/setup.sh"

# --- the two programs -------------------------------------------------------------------
say "building the library, the device and the tool"
generator=()
if [ ! -e "$build/CMakeCache.txt" ] && command -v ninja >/dev/null; then
    generator=(-G Ninja)
fi
cmake -S "$root" -B "$build" "${generator[@]}" >"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; fail "cmake cannot configure the build"; }
cmake --build "$build" --target swmgmt_device >>"$work/build.log" 2>&1 ||
    { cat "$work/build.log"; fail "the device cannot be built"; }
cargo build --release --locked --quiet --manifest-path "$root/tools/Cargo.toml" \
    --target-dir "$build/tools"
device=$build/swmgmt_device tool=$build/tools/release/swmgmt
ls -sh "$device" "$tool" | sed "s|$root/||"

# --- how it is played -------------------------------------------------------------------
# start_server ARGUMENTS...: on a port of its own choice, then always on that one
port=0
start_server() {
    : >"$work/server.log"
    "$tool" server --listen "127.0.0.1:$port" --endpoint demo "$@" >"$work/server.log" 2>&1 &
    server_pid=$!
    wait_for 10 grep -q '^listening on' "$work/server.log" || fail "the server does not start"
    port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$work/server.log")
}

# device_on ARGUMENTS...: the device's power is on
device_on() {
    : >"$work/device.log"
    "$device" --server "coap://127.0.0.1:$port" --endpoint demo --dir "$dir" "$@" \
        >"$work/device.log" 2>&1 &
    device_pid=$!
    disown # so that the shell does not announce its end
}

device_off() {
    kill -9 "$device_pid" 2>/dev/null || fail "the device has ended by itself"
    wait_for 5 gone || fail "the device outlives kill -9"
    device_pid=''
}

gone() { ! kill -0 "$device_pid" 2>/dev/null; }

device_says() { grep -q "^9/0 state=$1 " "$work/device.log"; }

# server_ends STATUS: prints what it has seen
server_ends() {
    local status=0
    wait "$server_pid" || status=$?
    server_pid=''
    grep -vE '^(listening|device )|^ *[0-9]+ %' "$work/server.log" | sed 's/^/    server: /'
    [ $status -eq "$1" ] || fail "the server ended with status $status, not $1"
}

# update ARGUMENTS... -- ARGUMENTS...: one run of the server and of the device
update() {
    local of_server=()
    while [ "$1" != -- ]; do of_server+=("$1"); shift; done
    shift
    start_server --timeout 30 "${of_server[@]}"
    device_on "$@"
    server_ends 0
    device_off
}

installed_is() {
    cmp "$work/$1" "$dir/0/installed/package" || fail "what is installed is not $1"
    echo "    compared: $(stat -c %s "$work/$1") bytes of $1, stored as they were sent"
}

server_saw() { grep -q "$1" "$work/server.log" || fail "the server has not seen: $1"; }

for n in 1 2 3; do
    head -c $((256 * 1024 + n * 10007)) /dev/urandom >"$work/app-$n"
done
head -c $((4 * 1024 * 1024)) /dev/urandom >"$work/app-big"

# --- act one ----------------------------------------------------------------------------
dir=$work/first
say "push app-1 in blocks of 1024 bytes, install it, activate it"
update --block-size 1024 "$work/app-1" -- --expect "file:$work/app-1"
server_saw 'state: DOWNLOADED'
installed_is app-1

say "update the running software: Uninstall 1 (for update), push app-2, install, activate"
update --steps update --
update --steps push,install,activate "$work/app-2" -- --expect "file:$work/app-2"
installed_is app-2

say "another update; its install fails (58), the package stays, and a second try succeeds"
update --steps update --
update --retry 1 "$work/app-3" -- --expect "file:$work/app-3" --install-fails 1
server_saw '/9/0/9 result: .*(58)'
installed_is app-3

say "uninstall"
update --no-push --uninstall --
[ ! -e "$dir/0/installed/package" ] || fail "the software is still there"
echo "    the slot is empty"

# --- act two: the same, and the power goes -----------------------------------------------
dir=$work/second
say "the power goes in the middle of a push (blocks of 64 bytes, so that there is a middle)"
start_server --timeout 3 --block-size 64 --steps push "$work/app-big"
device_on --expect "file:$work/app-big"
half_way() { [ "$(stat -c %s "$dir/0/package" 2>/dev/null || echo 0)" -gt 1000000 ]; }
wait_for 30 half_way || fail "the package does not arrive"
device_off
echo "    cut after $(stat -c %s "$dir/0/package") of $(stat -c %s "$work/app-big") bytes"
server_ends 4

say "it comes back with an empty slot, and takes app-1; the power goes when it is DELIVERED"
start_server --timeout 30 --steps push "$work/app-1"
device_on --expect "file:$work/app-1"
server_ends 0
device_off

say "it still has app-1, installs and activates it"
update --steps install,activate --
installed_is app-1

say "prepared for an update, the power goes; app-1 stays until app-2 is installed"
update --steps update --
installed_is app-1

say "app-2 arrives, and the power goes in the middle of its installation"
start_server --timeout 3 --steps push,install "$work/app-2"
device_on --expect "file:$work/app-2" --install-pending 1500
wait_for 20 device_says INSTALLING || fail "the installation does not begin"
sleep 0.3
device_off
server_ends 4

say "it comes back, learns what became of it, and the server activates app-2"
update --steps activate --
installed_is app-2

say "a failed install (58), a power cut, and the retry"
update --steps update --
start_server --timeout 30 "$work/app-3"
device_on --expect "file:$work/app-3" --install-fails 1
server_ends 6
device_off
update --steps install,activate --
installed_is app-3

say "uninstall"
update --no-push --uninstall --
[ ! -e "$dir/0/installed/package" ] || fail "the software is still there"
echo "    the slot is empty"

# --- act three: a signed package of two components ---------------------------------------
dir=$work/third
say "a key; a package of two components, signed with it; the device trusts the public key"
"$tool" package keygen "$work/release"
"$tool" package create --name lamp --version 1.3 --counter 7 --key "$work/release.pem" \
    --component "name=boot,version=2.0,type=1,file=$work/app-1" \
    --component "name=app,version=1.3,file=$work/app-2" -o "$work/lamp-1.3.swpk"
"$tool" package corrupt --flip 300000.0 "$work/lamp-1.3.swpk" -o "$work/broken.swpk"
"$tool" package corrupt --counter 6 --key "$work/release.pem" "$work/lamp-1.3.swpk" -o "$work/older.swpk"

# refused FILE REASON STATUS: nothing of it stays
refused() {
    start_server --timeout 30 --steps push "$work/$1"
    device_on --trust "$work/release.pub.pem"
    server_ends "$3"
    device_off
    server_saw "/9/0/16 reason: $2"
    [ ! -e "$dir/0/package" ] || fail "something of $1 is still there"
}

say "a bit was flipped on the way: 53"
refused broken.swpk 53:digest 6

say "the good one; the server sees its components"
update "$work/lamp-1.3.swpk" -- --trust "$work/release.pub.pem"
server_saw '/14/0 component: boot 2.0, active: true'
cmp "$work/app-1" "$dir/0/installed/component.0" || fail "the first component is not app-1"
cmp "$work/app-2" "$dir/0/installed/component.1" || fail "the second component is not app-2"

say "an older one instead (security counter 6 after 7): 57"
update --steps update -- --trust "$work/release.pub.pem"
refused older.swpk 57:rollback 5
echo "    of what was refused nothing was stored"
printf '\nAll of it went as it should.\n'
