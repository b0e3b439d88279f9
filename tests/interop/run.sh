#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# run.sh DEVICE [pytest arguments]: drives the example device DEVICE with CoAP
# peers written independently of it.  The Python environment is made once in
# $SWMGMT_VENV, or in the temporary directory. Tests of packages need $SWMGMT_COMMAND, the
# command in tools/, and are skipped without it.
set -eu
. "$(dirname "$0")/../python.sh"
pytest_on "${SWMGMT_VENV:-}" "$@"
