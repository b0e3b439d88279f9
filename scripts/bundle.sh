#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# bundle.sh [PRESET...]: makes DIST/swmgmt-<version>-<target>.tar.gz, which needs no Rust, for
# the presets that are named or for all, and DIST/SHA256SUMS. A bundle is a prefix as
# cmake --install makes it, with licences, bill of materials and checksums. The same commit
# and the same toolchains give the same bytes; outside a repository, the same date of
# Cargo.toml instead of the commit's. DIST is dist/; builds are in BUILD (build/).
set -euo pipefail
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja
cd "$(dirname "$0")/.."
build=${BUILD:-$PWD/build} dist=${DIST:-$PWD/dist}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Cargo.toml)}
mkdir -p "$dist"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A field of swmgmt-built.json, or a failure.
built() { sed -n "s/^ *\"$2\": \"\(.*\)\",\?$/\1/p" "$1/swmgmt-built.json" | grep .; }

# run COMMAND...: says nothing unless it fails
run() { "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }; }

# The archive and the texts may name a distribution's folders, but nothing of this machine.
names_no_place() { # DIRECTORY
    local place
    for place in "$PWD" "$build" "$work" "${CARGO_HOME:-$HOME/.cargo}" "$HOME/"; do
        if grep -rlF -- "$place" "$1"; then
            echo "bundle.sh: these files name $place" >&2
            exit 1
        fi
    done
}

bundle() { # PRESET
    local binary=$build/$1 name
    run cmake --preset "$1" -B "$binary" -DCMAKE_INSTALL_LIBDIR=lib
    run cmake --build "$binary" --target swmgmt_archive
    name=swmgmt-$(built "$binary" version)-$(built "$binary" target)
    [ ! -e "$work/$name" ] || return 0 # m4 and m7 take the same
    run cmake --install "$binary" --prefix "$work/$name"
    run python3 scripts/inventory.py "$binary/swmgmt-built.json" "$work/$name"
    cp docs/footprint.md "$work/$name/share/doc/swmgmt/"
    names_no_place "$work/$name"
    (cd "$work/$name" && find . -type f ! -name SHA256SUMS -printf '%P\0' | LC_ALL=C sort -z |
        xargs -0 sha256sum >SHA256SUMS)
    tar -C "$work" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
        --mode=u=rwX,go=rX --format=ustar -cf - "$name" | gzip -n -9 >"$dist/$name.tar.gz"
    printf '%-58s %8d bytes\n' "$name.tar.gz" "$(stat -c %s "$dist/$name.tar.gz")"
}

[ $# -gt 0 ] || mapfile -t presets < <(cmake --list-presets | sed -n 's/^ *"\(.*\)"$/\1/p')
for preset in "${@:-${presets[@]}}"; do
    bundle "$preset"
done
(cd "$dist" && sha256sum -- *.tar.gz >SHA256SUMS)
