# SPDX-License-Identifier: Apache-2.0 OR MIT
"""A developer's desk: `swmgmt package` makes packages and breaks them, imgtool makes MCUboot
images, and `swmgmt server` takes a device through an update."""

import base64
import collections
import json
import os
import pathlib
import random
import subprocess
import sys

from wire import PATIENCE

COMMAND = os.environ.get("SWMGMT_COMMAND") and os.path.abspath(os.environ["SWMGMT_COMMAND"])
VENDOR = "2b5b3f0c-9d6a-4c1e-8f00-112233445566"
CLASS = "7d0e1a2b-3c4d-4e5f-8a9b-acbdcedfe0f1"
OTHER = "00000000-0000-4000-8000-000000000001"
# name: version, type, bytes. `little` makes a package that fits into one request.
PARTS = {"boot": ("2.0", 1, random.Random(1).randbytes(2500)),
         "app": ("1.3", 0, random.Random(2).randbytes(6001)),
         "little": ("", 3, random.Random(3).randbytes(300))}


def bytes_of(*names):
    return [PARTS[name][2] for name in names]


class Desk:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name, algorithm in (("release", "ed25519"), ("spare", "ed25519"),
                                ("revoked", "ed25519"), ("p256", "p256")):
            self.swmgmt("keygen", "--algorithm", algorithm, name)
        for name, (_, _, data) in PARTS.items():
            (self.folder / f"{name}.bin").write_bytes(data)

    def swmgmt(self, *arguments):
        """`swmgmt package`; what it tells."""
        ran = subprocess.run([COMMAND, "package", "--json", *map(str, arguments)], cwd=self.folder,
                             capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def public(self, name, der=False):
        path = self.folder / f"{name}.pub.pem"
        if der:
            lines = path.read_text().splitlines()
            path = path.with_suffix(".der")
            path.write_bytes(base64.b64decode("".join(lines[1:-1])))
        return path

    def make(self, *options, key="release", parts=("boot", "app"), version="1.3", name="lamp"):
        """A package."""
        made = self.folder / "made.swpk"
        signed = ["--key", f"{key}.pem"] if key else []
        components = [f"--component=name={part},version={PARTS[part][0]},type={PARTS[part][1]},"
                      f"file={part}.bin" for part in parts]
        self.swmgmt("create", "--name", name, "--version", version, *signed, *components,
                    *options, "-o", made, "--force")
        return made.read_bytes()

    def corrupt(self, package, *how):
        """A package made bad, and what a device shows: result and reason."""
        made = self.folder / "bad.swpk"
        told = self.swmgmt("corrupt", *how, self.write(package), "-o", made, "--force")
        return made.read_bytes(), told["result"], told["reason"]

    def write(self, data, name="it.swpk"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def image(self, *options, key="release", version="1.3.0", name="app"):
        """An MCUboot image."""
        made = self.folder / "made.bin"
        imgtool = pathlib.Path(sys.executable).with_name("imgtool")
        signed = ["-k", self.folder / f"{key}.pem"] if key else []
        subprocess.run([imgtool, "sign", *signed, "--version", version, "--header-size", "0x20",
                        "--pad-header", "--slot-size", "0x20000", *options,
                        self.folder / f"{name}.bin", made], check=True, capture_output=True)
        return made.read_bytes()


# What `swmgmt server` ended with; what it saw of 7, 9 and 12, one after the other; all it told.
Seen = collections.namedtuple("Seen", "exit states results active reason software components events")


class Server:
    """`swmgmt server` and one device that registers with it."""

    def __init__(self, desk, device):
        self.desk = desk
        self.device = device

    def begin(self, *arguments):
        self.process = subprocess.Popen(
            [COMMAND, "server", "--json", "--listen", "127.0.0.1:0",
             "--timeout", str(max(int(PATIENCE), 1)), *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        address = json.loads(self.process.stdout.readline())["address"]
        return ["--server", f"coap://{address}", "--endpoint", "lamp"]

    def end(self):
        out, _ = self.process.communicate(timeout=5 * PATIENCE)
        self.device.log += out
        events = [json.loads(line) for line in out.splitlines()]
        values = {n: [it["value"] for it in events if it.get("path") == f"/9/0/{n}" and "value" in it]
                  for n in (7, 9, 12)}
        texts = {it["event"]: it["text"] for it in events if "path" in it and "text" in it}
        components = {it["identity"]: (it["version"], it["active"], it["path"])
                      for it in events if it["event"] == "component"}
        return Seen(self.process.returncode, values[7], values[9], values[12], texts.get("reason"),
                    (texts.get("name"), texts.get("version")), components, events)

    def run(self, package, device=(), server=()):
        """One run of both; None: nothing to push."""
        file = [self.desk.write(package)] if package else []
        self.device.spawn(*self.begin(*server, *file), *device)
        seen = self.end()
        self.device.kill()
        return seen

    def update(self, package, device=()):
        """Lets the software that is there be updated."""
        return self.run(package, device, server=["--update"])
