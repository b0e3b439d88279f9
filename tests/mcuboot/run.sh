#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# run.sh COMMAND [pytest arguments]: has imgtool make and check MCUboot images, and COMMAND
# (tools/, built) check the same ones. The Python environment is made once in
# $SWMGMT_MCUBOOT_VENV, or in the temporary directory.
set -eu
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: $0 COMMAND [pytest arguments]   (COMMAND: swmgmt, built)" >&2
    exit 2
fi
SWMGMT_COMMAND=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
export SWMGMT_COMMAND
shift
. "$(dirname "$0")/../python.sh"
python "${SWMGMT_MCUBOOT_VENV:-}" -m pytest -q "$@"
