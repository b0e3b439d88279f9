# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Reads of resources, instances, Objects and resource instances, in every Content-Format."""

import pytest

from conftest import make_package
from discover import listed
from payloads import SEVERAL, SINGLE, read
from wire import (BLOCK2, CBOR, CHANGED, CONTENT, CONTENT_FORMAT, ETAG, GET, NOT_ACCEPTABLE,
                  NOT_ALLOWED, NOT_FOUND, OPAQUE, TEXT, TLV)

DATA = make_package(300)
READABLE = (0, 1, 5, 7, 8, 9, 12, 13, 16, 18)
UNKNOWN = (41, 47, 50, 11543, 65000, 65535)    # XML, EXI, JSON, old JSON, nobody's


@pytest.fixture
def peer(device):
    """A device with something to tell: a failed install, settings, two components."""
    it = device.start("--components", 2, "--policy", "none")
    it.install(DATA, result=0)
    it.put("9/0/8", "1")
    it.put("9/0/13", "3:0")
    return it


def values(peer, path):
    """Every value of an instance, read one by one as text."""
    found = {}
    for target in listed(peer, path) - {f"/{path}", f"/{path}/17"}:
        if peer.get(target, accept=TEXT).code == CONTENT:
            found[target] = peer.value(target)
    if f"/{path}/17" in listed(peer, path):
        found.update({f"/{path}/17/{n}": peer.value(f"{path}/17/{n}") for n in range(2)})
    return found


def test_values(peer):
    found = values(peer, "9/0")
    assert set(found) == {f"/9/0/{n}" for n in READABLE} | {"/9/0/17/0", "/9/0/17/1"}
    assert found["/9/0/7"] == "4" and found["/9/0/8"] == "1" and found["/9/0/13"] == "3:0"
    assert (found["/9/0/17/0"], found["/9/0/17/1"]) == ("14:0", "14:1")
    assert set(values(peer, "14/0")) == {"/14/0/0", "/14/0/2", "/14/0/5"}


@pytest.mark.parametrize("accept", SINGLE)
def test_resources(peer, accept):
    for n in READABLE:
        path = f"9/0/{n}"
        reply = peer.get(path, accept=accept)
        assert reply.code == CONTENT and reply.uint(CONTENT_FORMAT) == accept, reply
        assert read(reply, path) == {f"/{path}": peer.value(path)}
    for n in (0, 2, 5):
        path = f"14/1/{n}"
        assert read(peer.get(path, accept=accept), path) == {f"/{path}": peer.value(path)}


@pytest.mark.parametrize("accept", SEVERAL)
def test_instances(peer, accept):
    """What can be read, all of it, and nothing else."""
    for path in ("9/0", "14/0", "14/1"):
        reply = peer.get(path, accept=accept)
        assert reply.code == CONTENT and reply.uint(CONTENT_FORMAT) == accept, reply
        assert read(reply, path) == values(peer, path)


@pytest.mark.parametrize("accept", SEVERAL)
def test_objects(device, accept):
    peer = device.start("--instances", 3, "--components", 1)
    peer.put("9/1/13", "3:0")
    reply = peer.get("9", accept=accept)
    assert reply.code == CONTENT and reply.uint(CONTENT_FORMAT) == accept, reply
    assert read(reply, "9") == {**values(peer, "9/0"), **values(peer, "9/1"), **values(peer, "9/2")}
    # no instance: no values
    assert read(peer.get("14", accept=accept), "14") == {}


@pytest.mark.parametrize("accept", SINGLE)
def test_resource_instances(peer, accept):
    for n in range(2):
        path = f"9/0/17/{n}"
        reply = peer.get(path, accept=accept)
        assert reply.code == CONTENT and reply.uint(CONTENT_FORMAT) == accept, reply
        assert read(reply, path) == {f"/{path}": f"14:{n}"}
    assert peer.get("9/0/17/2", accept=accept).code == NOT_FOUND
    assert peer.get("9/0/7/0", accept=accept).code == NOT_FOUND
    assert peer.get("9/0/17/0/0", accept=accept).code == NOT_FOUND
    reply = peer.get("9/0/17", accept=accept)
    if accept in SEVERAL:
        assert read(reply, "9/0/17") == {"/9/0/17/0": "14:0", "/9/0/17/1": "14:1"}
    else:
        assert reply.code == NOT_ACCEPTABLE


@pytest.mark.parametrize("path, formats", [
    ("9", SEVERAL), ("9/0", SEVERAL), ("14/0", SEVERAL), ("9/0/7", SINGLE), ("9/0/0", SINGLE),
    ("9/0/17", SEVERAL), ("9/0/17/1", SINGLE)])
def test_only_what_is_accepted(peer, path, formats):
    """The answer is in the format that is asked for, or there is none."""
    for accept in SINGLE + (OPAQUE,):
        reply = peer.get(path, accept=accept)
        if accept in formats:
            assert reply.uint(CONTENT_FORMAT) == accept, (accept, reply)
        else:
            assert reply.code == NOT_ACCEPTABLE and reply.payload == b"", (accept, reply)
    for accept in UNKNOWN:
        assert peer.get(path, accept=accept).code == NOT_ACCEPTABLE, accept


def test_without_accept(peer):
    """Text where there is one value, else the first format that has room for several."""
    for path, fmt in (("9/0/7", TEXT), ("9/0/17/0", TEXT), ("9/0", TLV), ("9", TLV),
                      ("9/0/17", TLV), ("14/1", TLV)):
        reply = peer.get(path)
        assert reply.code == CONTENT and reply.uint(CONTENT_FORMAT) == fmt, (path, reply)


def test_what_is_not_there_or_not_readable_comes_first(peer):
    for accept in SINGLE + UNKNOWN + (None,):
        for path in ("9/5", "9/5/7", "9/0/99", "9/0/17/2", "14/2", "14/0/1"):
            assert peer.get(path, accept=accept).code == NOT_FOUND, (path, accept)
        for path in ("9/0/2", "9/0/3", "9/0/4", "9/0/15", "14/0/3"):
            assert peer.get(path, accept=accept).code == NOT_ALLOWED, (path, accept)


@pytest.mark.parametrize("accept", SEVERAL)
@pytest.mark.parametrize("szx", [0, 2, 6])
def test_in_blocks(device, accept, szx):
    """Longer than a block, and the blocks put together are the whole."""
    size = 16 << szx
    peer = device.start("--instances", 40, "--components", 1)
    reply = peer.request(GET, "9", accept=accept)
    etag = reply.option(ETAG)
    assert len(reply.payload) == 1024 and reply.uint(BLOCK2) == 8 | 6 and etag
    whole = peer.get("9", accept=accept)
    assert len(read(whole, "9")) == 40 * len(READABLE)
    pieces = []
    while len(pieces) * size < len(whole.payload):
        reply = peer.request(GET, "9", accept=accept, block2=(len(pieces), False, szx))
        assert reply.code == CONTENT and reply.option(ETAG) == etag
        pieces.append(reply.payload)
        more = len(pieces) * size < len(whole.payload)
        assert reply.uint(BLOCK2) == len(pieces) - 1 << 4 | more << 3 | szx
    assert b"".join(pieces) == whole.payload
    assert peer.request(GET, "9", accept=accept,
                        block2=(len(pieces), False, szx)).code == "4.00"
    # another value, another ETag
    assert peer.put("9/39/8", "1").code == CHANGED
    assert peer.request(GET, "9", accept=accept, block2=(0, False, szx)).option(ETAG) != etag


def test_cbor_values_have_their_own_types(peer):
    """A boolean is no number, a link is text."""
    for path, wanted in (("9/0/8", b"\xf5"), ("9/0/12", b"\xf4"), ("9/0/7", b"\x04"),
                         ("9/0/13", b"\x633:0")):
        assert peer.get(path, accept=CBOR).payload == wanted
