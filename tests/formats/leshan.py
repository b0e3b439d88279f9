# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Eclipse Leshan's codecs (leshan/Peer.java), behind a pipe."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import codec
from device import path_of, unhex

HERE = pathlib.Path(__file__).parent
POM = HERE / "leshan" / "pom.xml"


def jars():
    """What pom.xml names, fetched once by Maven; None where that cannot be done."""
    if not shutil.which("java") or not shutil.which("mvn"):
        return None
    lib = pathlib.Path(os.environ.get("SWMGMT_LESHAN") or
                       pathlib.Path(tempfile.gettempdir()) / f"swmgmt-formats-leshan-{os.getuid()}")
    if not (lib / "pom.xml").exists() or (lib / "pom.xml").read_bytes() != POM.read_bytes():
        done = subprocess.run(["mvn", "-q", "-B", "-f", POM, "dependency:copy-dependencies",
                               f"-DoutputDirectory={lib}"], capture_output=True, timeout=300)
        if done.returncode:
            return None
        shutil.copy(POM, lib)
    return lib


def leaf_word(at, leaf):
    kind, value = leaf
    return f"/{'/'.join(map(str, at))}={kind}:" + (
        (value.hex() or "-") if isinstance(value, bytes) else str(value))


class Leshan:
    def __init__(self, lib):
        oma = HERE.parent / "oma"
        self.process = subprocess.Popen(
            ["java", "-XX:TieredStopAtLevel=1", "-Xss4m", "-cp", f"{lib}/*", HERE / "leshan" / "Peer.java",
             oma / "9.xml", oma / "14.xml"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def line(self, command):
        self.process.stdin.write(command + "\n\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "Leshan has ended"
        return answer.rstrip("\n")

    def decode(self, format, path, payload):
        """{path: (type, value)}, as codec.decode()."""
        answer = self.line(f"d {format} /{'/'.join(map(str, path))} {payload.hex() or '-'}")
        if answer.startswith("!"):
            raise codec.Broken(answer)
        leaves = {}
        for word in answer.split():
            at, _, value = word.partition("=")
            kind, _, value = value.partition(":")
            leaves[path_of(at[1:])] = (int(kind), unhex(value) if kind in "12" else int(value))
        return leaves

    def encode(self, format, path, leaves):
        words = " ".join(leaf_word(at, leaf) for at, leaf in leaves.items())
        answer = self.line(f"e {format} /{'/'.join(map(str, path))} {words}")
        if answer.startswith("!"):
            raise codec.Broken(answer)
        return unhex(answer)
