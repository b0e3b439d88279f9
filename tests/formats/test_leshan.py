# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Eclipse Leshan, the codecs behind most servers: it reads what the device says, and the
device reads what it says. Without Java and Maven the vectors it made before speak for it."""

import json
import pathlib

import pytest

import leshan
from device import (BOOLEAN, BYTES, CBOR, CHANGED, CONTENT, CREATED, OBJLNK, OPAQUE,
                    SENML_CBOR, SENML_JSON, STRING, TEXT, TLV)
from test_package import blocks, codes, delivered, sample
from test_read import beneath, name, paths
from test_write import URI, UNTOLD, told

READ = [TEXT, CBOR, TLV, SENML_JSON, SENML_CBOR]
VECTORS = pathlib.Path(__file__).parent / "vectors" / "leshan.txt"


@pytest.fixture(scope="module")
def peer():
    lib = leshan.jars()
    if lib is None:
        pytest.skip("no Java and Maven: the vectors speak for Leshan")
    peer = leshan.Leshan(lib)
    yield peer
    peer.close()


def reader_of(path, format, leaves):
    """Leshan cannot read a resource instance where the model is not multiple, nor many
    values in a format of one."""
    return path in leaves if format in (TEXT, CBOR) else True


@pytest.mark.parametrize("format", READ)
@pytest.mark.parametrize("options", [{"software": 0}, {"software": 2, "slots": 2, "components": 3},
                                     {"software": 1, "first": 300, "components": 200}])
def test_it_reads_all_that_we_say(device, peer, format, options):
    device.reset(**options)
    device.ok(f"link {options.get('first', 0)} 5 65534 1")
    device.names("größe \"\\ 🙂".encode(), b"x" * 255)
    device.line("room 65000")
    leaves = device.values()
    for path in paths(leaves):
        if not reader_of(path, format, leaves):
            continue
        got = device.get(name(path), accept=format)
        assert got.code == CONTENT
        assert peer.decode(format, path, got.payload) == beneath(path, leaves), (path, got.payload)


def written():
    """(method, path, leaves) of every kind of Write that a server has."""
    for value in (0, 1):
        yield "put", (9, 0, 8), {(9, 0, 8): (BOOLEAN, value)}
    for value in (0, 1, 65536, 589825, 0x7FFFFFFE, 0x80000000, 0xFFFEFFFE, 0xFFFFFFFF):
        yield "put", (9, 0, 13), {(9, 0, 13): (OBJLNK, value)}
    for text in ("a", "1234567", "12345678", "x" * 255, "größe", "漢字🙂", "\"\\/\n\x01"):
        yield "put", (9, 0, 14), {(9, 0, 14): (STRING, text.encode())}
    yield "put", (9, 0, 3), {(9, 0, 3): (STRING, URI)}
    yield "post", (9, 0), {(9, 0, 3): (STRING, URI), (9, 0, 8): (BOOLEAN, 1), (9, 0, 13): (OBJLNK, 1),
                           (9, 0, 14): (STRING, b"me"), (9, 0, 15): (STRING, b"z" * 100)}
    yield "post", (9,), {(9, 7, 8): (BOOLEAN, 1), (9, 7, 13): (OBJLNK, 9 << 16)}
    yield "post", (9,), {(9, 300, 8): (BOOLEAN, 1)}
    for length in (1, 7, 8, 23, 24, 100, 255, 256):
        yield "put", (9, 0, 2), {(9, 0, 2): (BYTES, sample(length))}


def check(device, format, method, path, leaves, payload):
    """The device has understood `payload` as `leaves`."""
    device.reset()
    if path == (9, 0, 2):
        data = leaves[path][1]
        for cuts in ([], [len(payload) // 2], range(1, len(payload)), range(16, len(payload), 16)):
            got = codes(device, blocks(payload, [c for c in cuts if 0 < c < len(payload)], format=format))
            assert got[-1] == CHANGED, (format, payload, got)
            delivered(device, data)
        return
    got = device.request({"put": 3, "post": 2}[method], name(path), payload, format)
    if len(path) == 1:
        ident = min(leaves)[1]
        assert (got.code, got.created) == (CREATED, ident)
        assert {at: leaf for at, leaf in device.values().items() if at in leaves} == leaves
        return
    assert got.code == CHANGED, (format, payload)
    if (9, 0, 3) not in leaves:
        device.put("9/0/3", URI)
    assert told(device) == UNTOLD | {3: URI} | {at[2]: leaf[1] for at, leaf in leaves.items()}


def can(format, path):
    if format == OPAQUE:
        return path == (9, 0, 2)
    return len(path) == 3 or format in (TLV, SENML_JSON, SENML_CBOR)


@pytest.mark.parametrize("format", [OPAQUE, *READ])
def test_we_read_all_that_it_says(device, peer, format):
    for method, path, leaves in written():
        if can(format, path):
            check(device, format, method, path, leaves, peer.encode(format, path, leaves))


# Without Java: what it said when these lines were made (`python test_leshan.py` makes them).

def vectors():
    for line in VECTORS.read_text().splitlines():
        if line and not line.startswith("#"):
            yield json.loads(line)


@pytest.mark.parametrize("format", [OPAQUE, *READ])
def test_vectors(device, format):
    seen = 0
    for form, method, path, leaves, payload in vectors():
        if form == format:
            leaves = {tuple(at): (kind, bytes.fromhex(value) if kind in (STRING, BYTES) else value)
                      for at, kind, value in leaves}
            check(device, format, method, tuple(path), leaves, bytes.fromhex(payload))
            seen += 1
    assert seen >= 8


def make():
    peer = leshan.Leshan(leshan.jars())
    print("# SPDX-License-Identifier: Apache-2.0 OR MIT\n"
          "# Payloads that Eclipse Leshan 2.0.0-M18 encodes: Content-Format, method, path,\n"
          "# [path, type (as in swmgmt.h), value (texts and bytes in hexadecimal)] ..., payload")
    for format in (OPAQUE, *READ):
        for method, path, leaves in written():
            if can(format, path):
                said = [[at, kind, value.hex() if isinstance(value, bytes) else value]
                        for at, (kind, value) in leaves.items()]
                print(json.dumps([format, method, path, said, peer.encode(format, path, leaves).hex()]))
    peer.close()


if __name__ == "__main__":
    make()
