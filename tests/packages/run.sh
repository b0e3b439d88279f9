#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# run.sh: whether the packages here are as make.py would make them, and their signatures as
# packages.csv says. The Python environment is made once in $SWMGMT_PACKAGES_VENV, or in the
# temporary directory.
set -eu
. "$(dirname "$0")/../python.sh"
python "${SWMGMT_PACKAGES_VENV:-}" make.py --check
