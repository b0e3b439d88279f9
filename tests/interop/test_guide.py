# SPDX-License-Identifier: Apache-2.0 OR MIT
"""docs/signing.md: its commands are run, and print what it says."""

import pathlib
import re
import subprocess

from desk import COMMAND
from device import free_port

GUIDE = pathlib.Path(__file__).parents[2] / "docs" / "signing.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "--- end of a block ---"


def test_signing(desk, device, tmp_path):
    blocks = BLOCK.findall(GUIDE.read_text())
    server = f"127.0.0.1:{free_port()}"
    # The reader's PATH, and a port that is free.
    script = [f'swmgmt() {{ if [ "$1" = server ]; then shift; set -- server --listen {server} "$@"; fi;'
              f' "{COMMAND}" "$@"; }}',
              f'device() {{ shift 2; exec "{device.executable}" --server coap://{server} "$@"; }}']
    for language, text in blocks:
        script += [text, f"echo '{END}'"] if language == "sh" else []
    ran = subprocess.run(["bash", "-c", "\n".join(script)], cwd=tmp_path, capture_output=True,
                         text=True, timeout=300)
    print(ran.stdout, ran.stderr)
    printed = iter(ran.stdout.split(END))
    shown = []
    for language, text in blocks:
        if language == "sh":
            shown = next(printed).splitlines()
            continue
        for line in text.splitlines():
            assert line in shown, f"not printed: {line}"
            shown = shown[shown.index(line) + 1:]
    folder = tmp_path / "lamp"
    assert (folder / "counters" / "0").read_text() == "8\n"
    assert (folder / "0" / "installed" / "component.0").read_bytes() == b"application"
