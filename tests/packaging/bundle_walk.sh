#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# bundle_walk.sh [PRESET...]: a bundle is all that a firmware needs. Each is unpacked in an
# empty folder, linked by CMake where neither cargo nor rustc can be found, and walks the
# table, on bare metal in QEMU. Bundles are in DIST (dist/), which scripts/bundle.sh fills
# from the builds in BUILD (build/). Without a preset: all of bare metal that QEMU has.
set -euo pipefail
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$root/build} dist=${DIST:-$root/dist}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
cd "$root"
[ $# -gt 0 ] || set -- $(cmake --list-presets=test | sed -n 's/^ *"\(.*\)"$/\1/p' | grep -v '^linux-')

# Every command there is, but Rust's.
mkdir "$work/bin"
IFS=: read -ra folders <<<"$PATH"
for folder in "${folders[@]}" /usr/bin /bin; do
    find -L "$folder" -maxdepth 1 -type f -perm -u+x ! -name 'cargo*' ! -name 'rust*' -print0 2>/dev/null |
        xargs -0r ln -s -t "$work/bin" 2>/dev/null || true # the first of a name is the one
done
hidden() { env -i PATH="$work/bin" HOME="$work" LC_ALL=C ${CMAKE_GENERATOR:+"CMAKE_GENERATOR=$CMAKE_GENERATOR"} "$@"; }
for command in cargo rustc; do
    ! hidden bash -c "command -v $command" || { echo "$command is not hidden"; exit 1; }
done

cached() { sed -n "s/^$2:[A-Z]*=//p" "$build/$1/CMakeCache.txt"; }

walk() { # PRESET, in an empty folder
    local preset=$1 target
    target=$(sed -n 's/^ *"target": "\(.*\)",$/\1/p' "$build/$preset/swmgmt-built.json")
    cp -r --parents cmake/SwmgmtPrograms.cmake cmake/toolchains c-examples/baremetal/board \
        tests/c tests/conformance "$work/$preset" &&
        cp tests/packaging/bundle_walk/CMakeLists.txt "$work/$preset" &&
        cd "$work/$preset" &&
        tar -xzf "$dist"/swmgmt-*-"$target.tar.gz" &&
        (cd swmgmt-*-"$target" && sha256sum --check --quiet SHA256SUMS) || return
    set -- -D "CMAKE_PREFIX_PATH=$(echo "$PWD"/swmgmt-*-"$target")"
    if [ -n "$(cached "$preset" SWMGMT_CPU)" ]; then
        set -- "$@" -D "SWMGMT_CPU=$(cached "$preset" SWMGMT_CPU)" -D "SWMGMT_FLOAT=$(cached "$preset" SWMGMT_FLOAT)" \
            -D "CMAKE_TOOLCHAIN_FILE=cmake/toolchains/$(basename "$(cached "$preset" CMAKE_TOOLCHAIN_FILE)")"
    fi
    hidden cmake -S . -B build "$@" && hidden cmake --build build || return
    if [ "$preset" = m23 ]; then
        echo "1: linked: QEMU has no such machine"
    else
        hidden ctest --test-dir build --no-tests=error --verbose
    fi
}

for preset in "$@"; do
    mkdir "$work/$preset"
    if (walk "$preset") >"$work/log" 2>&1; then
        printf '%-14s %s\n' "$preset" "$(grep '^1: ' "$work/log" | tail -n 1 | cut -c4-)"
    else
        echo "FAILED $preset" && tail -n 40 "$work/log" && failed=1
    fi
done
exit $failed
