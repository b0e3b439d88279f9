#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# reproducible.sh [PRESET]: bundles made in two folders, of other names and depths, are the
# same to the byte. Without a preset: this machine's.
set -euo pipefail
command -v make >/dev/null || export CMAKE_GENERATOR=Ninja
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SOURCE_DATE_EPOCH=1000000000
for folder in one two/deeper; do
    mkdir -p "$work/$folder"
    tar -C "$root" --exclude-from="$root/tests/packaging/not_source" --anchored -cf - . | tar -C "$work/$folder" -xf -
    BUILD=$work/$folder/build DIST=$work/$folder/dist "$work/$folder/scripts/bundle.sh" "${1:-linux-x86-64}"
done
cmp "$work"/one/dist/*.tar.gz "$work"/two/deeper/dist/*.tar.gz && echo "the same to the byte"
