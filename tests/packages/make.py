#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""make.py [--check]: writes the packages of this folder, packages.csv about them, and two
of 4 KiB in sweep/, for tests/c/sweep.c.

A writer of its own, from docs/package.md, so that the library's is not its own judge.
With --check nothing is written: what is here must be what would be, and each signature
must be what packages.csv says. Needs the module cryptography (requirements.txt).
"""
import csv
import hashlib
import io
import pathlib
import struct
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

HERE = pathlib.Path(__file__).resolve().parent
PREHASHED = utils.Prehashed(SHA256())


def sha256(data):
    return hashlib.sha256(data).digest()


class Key:
    def __init__(self, name):
        self.private = load_pem_private_key((HERE / name).read_bytes(), None)
        public = self.private.public_key()
        self.id = sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        self.is_ed25519 = isinstance(self.private, ed25519.Ed25519PrivateKey)
        self.algorithm = 1 if self.is_ed25519 else 2
        self.size = 64 if self.is_ed25519 else 72

    def sign(self, digest):
        if self.is_ed25519:
            return self.private.sign(digest)
        der = self.private.sign(digest, ec.ECDSA(PREHASHED, deterministic_signing=True))
        return der.ljust(self.size, b"\0")

    def verifies(self, digest, signature):
        public = self.private.public_key()
        try:
            if self.is_ed25519:
                public.verify(signature, digest)
            else:
                public.verify(signature[: signature[1] + 2], digest, ec.ECDSA(PREHASHED))
        except InvalidSignature:
            return False
        return True


ED25519 = Key("test-ed25519.pem")
P256 = Key("test-p256.pem")
OTHER = Key("test-other.pem")


def field(kind, value):
    return struct.pack("<BH", kind, len(value)) + value


def component(name, version, kind, data, length=None, digest=None):
    size = len(data) if length is None else length
    head = struct.pack("<I32sHB", size, digest or sha256(data), kind, len(name.encode()))
    return field(8, head + name.encode() + version.encode())


def package(fields, payload, key=None, sign=None, form=1, flags=0, size=0, total=0, algorithm=None):
    """`size` and `total` are added to the true ones; `sign` alters a signature."""
    if key:
        fields += field(9, key.id)
    length = 12 + len(fields) + 35 + (4 + key.size if key else 0)
    manifest = b"SWPK" + struct.pack("<BBHI", form, flags, length + size, length + len(payload) + total)
    manifest += fields
    digest = sha256(manifest)
    manifest += field(10, digest)
    if key:
        signature = key.sign(digest)
        manifest += field(11, bytes([algorithm or key.algorithm]) + (sign or bytes)(signature))
    return manifest + payload


def flip(data, at, bit=0):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


APP = b"These are the bytes of a program.\n"
NAMES = field(1, b"blink") + field(2, b"1.2.3")
LEAST = NAMES + component("app", "1.2.3", 0, APP)
OPTIONAL = b"".join([
    field(3, bytes.fromhex("2b5b3f0c9d6a4c1e8f00112233445566")),
    field(4, bytes.fromhex("7d0e1a2b3c4d4e5f8a9bacbdcedfe0f1")),
    field(5, b"urn:dev:ops:32473-LAMP-0001"),
    field(6, struct.pack("<I", 7)),
    field(7, b"1.1"),
])
ALL = NAMES + OPTIONAL + component("app", "1.2.3", 1, APP)
PARTS = [
    ("boot", "2.0", 1, b"boot loader"),
    ("radio", "5.1.2+7", 2, bytes(range(70))),
    ("Zubeh\u00f6r", "", 3, b"\xff"),
    ("app", "1.2.3", 0, APP),
]
FOUR = NAMES + b"".join(component(*part) for part in PARTS)
FOUR_BYTES = b"".join(part[3] for part in PARTS)

least = package(LEAST, APP)
signed = package(LEAST, APP, ED25519)

# File, what the parser says (0: nothing), the signature, and what is meant.
PACKAGES = [
    ("least", least, 0, "none", "nothing that may be left out"),
    ("signed", signed, 0, "good", "the same; signed with Ed25519"),
    ("all", package(ALL, APP, ED25519), 0, "good", "every field"),
    ("four", package(FOUR, FOUR_BYTES, ED25519), 0, "good", "four components; one of them without a version"),
    ("p256", package(ALL, APP, P256), 0, "good", "signed with ECDSA on P-256"),
    ("p256-short", package(NAMES + field(6, struct.pack("<I", 79)) + LEAST[len(NAMES):], APP, P256), 0, "good",
     "the same; a signature of 69 bytes"),
    ("ignorable", package(NAMES + field(200, b"of a later release") + LEAST[len(NAMES):], APP, ED25519), 0, "good",
     "a field that need not be known"),
    ("other-key", package(LEAST, APP, OTHER), 0, "good", "signed with the test key other"),
    ("bad-signature", package(LEAST, APP, ED25519, sign=lambda s: flip(s, 0)), 0, "bad", "one bit of the signature"),
    ("bad-payload", flip(signed, len(signed) - 1), 53, "good", "one bit of a component"),
    ("bad-manifest", flip(signed, 15), 53, "bad", "one bit of the name"),
    ("truncated", signed[:-1], 53, "good", "the last byte is missing"),
    ("over-long", signed + b"\0", 53, "good", "one byte too many"),
    ("format-2", package(LEAST, APP, ED25519, form=2), 54, "good", "a later format"),
    ("flag", package(LEAST, APP, ED25519, flags=1), 54, "good", "a flag"),
    ("critical", package(LEAST + field(12, b"encrypted"), APP, ED25519), 54, "good", "a field that must be known"),
    ("algorithm", package(LEAST, APP, ED25519, algorithm=3), 54, "good", "signature algorithm 3"),
    ("twice", package(NAMES + NAMES + LEAST[len(NAMES):], APP, ED25519), 53, "good", "two names"),
    ("nameless", package(LEAST[8:], APP, ED25519), 53, "good", "no name"),
    ("empty", package(NAMES, b"?", ED25519), 53, "good", "no component"),
    ("overlap", package(NAMES + component("a", "", 0, APP) + component("b", "", 0, APP), APP, ED25519), 53, "good",
     "two components of the same bytes"),
    ("gap", package(LEAST, APP + b"\0", ED25519), 53, "good", "a byte that is no component's"),
    ("wrap", package(NAMES + component("a", "", 0, b"", 0xffffffff) + component("b", "", 0, b"", len(APP) + 1), APP,
                     ED25519), 53, "good", "lengths that come to the right sum in 32 bits"),
    ("long", package(LEAST, APP, ED25519, size=1), 53, "good", "a manifest that says it is longer"),
]


def swept_package():
    """4096 bytes, with three components and every field but the minimum version."""
    parts = [("boot", "2.0", 1, bytes(range(256)) * 2), ("radio", "5.1.2+7", 2, b"\xff"), ("app", "", 0, b"")]
    while True:
        fields = NAMES + OPTIONAL[: -len(field(7, b"1.1"))] + b"".join(component(*part) for part in parts)
        made = package(fields, b"".join(part[3] for part in parts), ED25519)
        if len(made) == 4096:
            return made
        parts[2] = (*parts[2][:3], bytes(n * n % 251 for n in range(len(parts[2][3]) + 4096 - len(made))))


def swept_image():
    """An MCUboot image of 4096 bytes as imgtool makes it, with a counter and a dependency."""
    def tlvs(magic, *entries):
        data = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in entries)
        return struct.pack("<HH", magic, len(data) + 4) + data

    protected = tlvs(0x6908, (0x50, struct.pack("<I", 7)), (0x40, struct.pack("<B3xBBHI", 1, 1, 2, 3, 4)))
    body = bytes(n * n % 253 for n in range(4096 - 32 - len(protected) - 4 - 36 - 36 - 68))
    image = struct.pack("<IIHHIIBBHI4x", 0x96f3b83d, 0, 32, len(protected), len(body), 0, 1, 2, 3, 0)
    image += body + protected
    digest = sha256(image)
    return image + tlvs(0x6907, (0x10, digest), (0x01, ED25519.id), (0x24, ED25519.sign(digest)))


def files():
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["package", "result", "signature", "what"])
    made = {}
    for name, data, result, signature, what in PACKAGES:
        made[name + ".swpk"] = data
        rows.writerow([name, result, signature, what])
        if check_signature(data) != signature:
            sys.exit(f"make.py: the signature of {name} is not {signature}")
    made["sweep/ed25519.swpk"] = swept_package()
    made["sweep/ed25519.img"] = swept_image()
    made["packages.csv"] = table.getvalue().encode()
    return made


def check_signature(data):
    at, seen, covered = 12, {}, None
    while 11 not in seen and at + 3 <= len(data):
        kind, size = struct.unpack_from("<BH", data, at)
        if kind == 10:
            covered = sha256(data[:at])
        seen[kind] = data[at + 3:at + 3 + size]
        at += 3 + size
        if kind == 10 and 9 not in seen:
            return "none"
    key = next(key for key in (ED25519, P256, OTHER) if key.id == seen[9])
    return "good" if covered == seen[10] and key.verifies(seen[10], seen[11][1:]) else "bad"


def main():
    made = files()
    if sys.argv[1:] != ["--check"]:
        for name, data in made.items():
            (HERE / name).parent.mkdir(exist_ok=True)
            (HERE / name).write_bytes(data)
        return
    here = {str(path.relative_to(HERE)) for path in HERE.rglob("*.*") if path.suffix in (".swpk", ".img", ".csv")}
    wrong = sorted(here ^ made.keys())
    wrong += [name for name in sorted(here & made.keys()) if (HERE / name).read_bytes() != made[name]]
    if wrong:
        sys.exit("make.py: not as they would be made: " + ", ".join(wrong))
    print(f"make.py: {len(PACKAGES)} packages are as they would be made")


main()
