#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""signed.py > signed.c: small MCUboot images signed with the test keys of tests/packages, which
tests/c/packed.c cannot make. Needs the module cryptography."""
import hashlib
import pathlib
import struct

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

KEYS = pathlib.Path(__file__).resolve().parent.parent / "packages"


def tlvs(magic, *entries):
    data = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in entries)
    return struct.pack("<HH", magic, len(data) + 4) + data


def image(key, version, counter, size):
    private = load_pem_private_key((KEYS / key).read_bytes(), None)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    protected = tlvs(0x6908, (0x50, struct.pack("<I", counter)))
    data = struct.pack("<IIHHIIBBHI4x", 0x96F3B83D, 0, 32, len(protected), size, 0, *version)
    data += bytes(n * n % 253 for n in range(size)) + protected
    digest = hashlib.sha256(data).digest()
    return data + tlvs(0x6907, (0x10, digest), (0x01, hashlib.sha256(public).digest()), (0x24, private.sign(digest)))


IMAGES = [image("test-ed25519.pem", (1, 2, 3, 0), 1, 60), image("test-ed25519.pem", (1, 3, 0, 7), 3, 200),
          image("test-other.pem", (2, 0, 0, 0), 2, 90)]
print("/* SPDX-License-Identifier: Apache-2.0 OR MIT */")
print("/* Made by signed.py. */")
print('#include "signed.h"\n')
print(f"const unsigned signed_count = {len(IMAGES)};")
print("const signed_t signed_images[] = {")
for data in IMAGES:
    print(f"    {{{len(data)},\n     {{", end="")
    for at in range(0, len(data), 16):
        print(",\n      " if at else "", ", ".join(f"0x{byte:02x}" for byte in data[at:at + 16]), sep="", end="")
    print("}},")
print("};")
