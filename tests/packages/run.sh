#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# run.sh: whether the packages here are as make.py would make them, and their signatures as
# packages.csv says. The Python environment is made once in $SWMGMT_PACKAGES_VENV, or in the
# temporary directory.
set -eu
export PYTHONDONTWRITEBYTECODE=1
here=$(cd "$(dirname "$0")" && pwd)
venv=${SWMGMT_PACKAGES_VENV:-${TMPDIR:-/tmp}/swmgmt-packages-venv-$(id -u)}
if ! cmp -s "$here/requirements.txt" "$venv/installed-requirements.txt"; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed-requirements.txt"
fi
exec "$venv/bin/python" "$here/make.py" --check
