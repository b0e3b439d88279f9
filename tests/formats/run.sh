#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# run.sh DEVICE [pytest arguments]: asks DEVICE (device.c, built) in every Content-Format, and
# reads and writes them with codecs made independently of it.  The Python environment is made
# once in $SWMGMT_FORMATS_VENV, or in the temporary directory.
set -eu

if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: $0 DEVICE [pytest arguments]   (DEVICE: the program made of device.c)" >&2
    exit 2
fi
SWMGMT_DEVICE=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
export SWMGMT_DEVICE
export PYTHONDONTWRITEBYTECODE=1

here=$(cd "$(dirname "$0")" && pwd)
venv=${SWMGMT_FORMATS_VENV:-${TMPDIR:-/tmp}/swmgmt-formats-venv-$(id -u)}
if ! cmp -s "$here/requirements.txt" "$venv/installed-requirements.txt"; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed-requirements.txt"
fi
cd "$here"
exec "$venv/bin/python" -m pytest -q "$@"
