# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Packages with the digests that NIST published (CAVP, SHAVS): cryptography_vectors has them."""

from importlib.resources import files

import pytest

from device import CHANGED, OPAQUE

SHA256 = 2
STATE, RESULT = "9/0/7", "9/0/9"
DELIVERED, REFUSED = (b"3", b"0"), (b"0", b"53")


def published(name):
    lines = (files("cryptography_vectors") / "hashes/SHA2" / name).read_text().splitlines()
    words = [line.split(" = ") for line in lines if line.startswith(("Len", "Msg", "MD"))]
    for (_, bits), (_, message), (_, digest) in zip(words[0::3], words[1::3], words[2::3]):
        if bits != "0":  # a package has bytes
            yield bytes.fromhex(message), bytes.fromhex(digest)


def told(device, message, digest):
    device.reset()
    device.ok(f"expect 0 {len(message)} {SHA256} {digest.hex()}")
    assert device.put("9/0/2", message, OPAQUE).code == CHANGED
    device.poll()
    return device.get(STATE, accept=0).payload, device.get(RESULT, accept=0).payload


@pytest.mark.parametrize("name", ["SHA256ShortMsg.rsp", "SHA256LongMsg.rsp"])
def test_published_digests(device, name):
    vectors = list(published(name))
    assert len(vectors) == 64
    for message, digest in vectors:
        assert told(device, message, digest) == DELIVERED
        other = bytes([digest[0], digest[1] ^ 1]) + digest[2:]
        assert told(device, message, other) == REFUSED
