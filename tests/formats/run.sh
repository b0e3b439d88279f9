#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# run.sh DEVICE [pytest arguments]: asks DEVICE (device.c, built) in every Content-Format, and
# reads and writes them with codecs made independently of it.  The Python environment is made
# once in $SWMGMT_FORMATS_VENV, or in the temporary directory.
set -eu
. "$(dirname "$0")/../python.sh"
pytest_on "${SWMGMT_FORMATS_VENV:-}" "$@"
