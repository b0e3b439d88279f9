# SPDX-License-Identifier: Apache-2.0 OR MIT
#
# Read in by the run.sh of every folder of Python tests: $here is that folder, and
# `python VENV ARGUMENTS...` runs Python there with what its requirements.txt names, in an
# environment that is made once in VENV, or in the temporary directory if that is empty.
here=$(cd "$(dirname "$0")" && pwd)
export PYTHONDONTWRITEBYTECODE=1

python() {
    venv=${1:-${TMPDIR:-/tmp}/swmgmt-$(basename "$here")-venv-$(id -u)}
    shift
    if ! cmp -s "$here/requirements.txt" "$venv/installed-requirements.txt"; then
        "${PYTHON:-python3}" -m venv "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
        cp "$here/requirements.txt" "$venv/installed-requirements.txt"
    fi
    cd "$here"
    exec "$venv/bin/python" "$@"
}

# pytest_on VENV DEVICE [pytest arguments]
pytest_on() {
    if [ $# -lt 2 ] || [ ! -x "$2" ]; then
        echo "usage: $0 DEVICE [pytest arguments]   (DEVICE: the program, built)" >&2
        exit 2
    fi
    venv=$1
    SWMGMT_DEVICE=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
    shift 2
    export SWMGMT_DEVICE
    python "$venv" -m pytest -q "$@"
}
