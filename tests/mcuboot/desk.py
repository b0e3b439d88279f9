# SPDX-License-Identifier: Apache-2.0 OR MIT
"""imgtool, which makes images and checks them, and the command, which checks them, too."""
import hashlib
import json
import os
import subprocess

from click.testing import CliRunner
from imgtool import image, keys, main

COMMAND = os.environ["SWMGMT_COMMAND"]
SLOT = "0x20000"
KEYS = ["ed25519", "p256", "other-ed25519", "other-p256", "rsa"]
TYPES = {"ed25519": "ed25519", "p256": "ecdsa-p256", "rsa": "rsa-2048"}


def imgtool(*arguments):
    """The command itself; whether it ended well."""
    return CliRunner().invoke(main.imgtool, [str(argument) for argument in arguments]).exit_code == 0


class Desk:
    def __init__(self, folder):
        self.folder = folder
        self.loaded = {None: None}
        for name in KEYS:
            assert imgtool("keygen", "-t", TYPES[name.split("-")[-1]], "-k", self.private(name))
            assert imgtool("getpub", "-e", "pem", "-k", self.private(name), "-o", self.public(name))
            self.loaded[name] = keys.load(str(self.private(name)))

    def private(self, name):
        return self.folder / f"{name}.pem"

    def public(self, name):
        return self.folder / f"{name}.pub.pem"

    def key_id(self, name):
        return hashlib.sha256(self.loaded[name].get_public_bytes()).hexdigest()

    def write(self, data, name="it.bin"):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def make(self, body, *options, key=None, header=0x20, version="1.2.3"):
        """An image as imgtool makes it, of a body without header."""
        made = self.folder / "made.bin"
        sign = ["-k", self.private(key)] if key else []
        source = self.write(body, "body.bin")
        assert imgtool("sign", *sign, "-H", header, "-S", SLOT, "-v", version, "--pad-header", *options, source, made)
        return made.read_bytes()

    def theirs(self, data, key=None):
        """Whether imgtool finds it good. This is what its command calls; where that breaks off, so does this."""
        try:
            return image.Image.verify(str(self.write(data)), self.loaded[key])[0] == image.VerifyResult.OK
        except Exception:
            return False

    def ours(self, data, key=None, *options):
        """The Status Reason; empty: it is good."""
        trusted = ["--key", self.public(key)] if key else ["--unsigned"]
        ran = self.swmgmt("verify", "--json", *trusted, *options, self.write(data))
        told = json.loads(ran.stdout)
        assert ran.returncode == (0 if told["good"] else 1), ran.stderr
        return told.get("reason", "")

    def info(self, data):
        return json.loads(self.swmgmt("info", "--json", self.write(data)).stdout)

    def swmgmt(self, *arguments):
        return subprocess.run([COMMAND, "package", *map(str, arguments)], capture_output=True, text=True)
