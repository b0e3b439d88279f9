# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Discover, Write-Attributes, ping, non-confirmable requests."""

import time

from conftest import expect, make_package
from discover import links, listed
from wire import (BAD_REQUEST, BLOCK2, CHANGED, CON, CONTENT, DELETE, DELETED, GET,
                  LINK_FORMAT, NON, NOT_FOUND, POST, PUT, RST, TEXT, encode)

RESOURCES = set(range(17)) | {18}


def test_discover_the_instance(device):
    peer = device.start()
    seen = listed(peer, "9/0")
    assert {f"/9/0/{n}" for n in RESOURCES} <= seen
    assert "/9/0/17" not in seen, "there while components are"
    assert all(target.startswith("/9/0") for target in seen)
    assert not seen - {f"/9/0/{n}" for n in RESOURCES} - {"/9/0"}


def test_discover_the_object(device):
    peer = device.start("--instances", 3)
    seen = listed(peer, "9")
    assert {"/9/0", "/9/1", "/9/2"} <= seen
    assert "/9/3" not in seen
    assert all(target == "/9" or target.startswith("/9/") for target in seen)


def test_discover_object_14(device):
    """No instance at first; a device without room for components does not have it."""
    peer = device.start("--components", 1)
    assert listed(peer, "14", "14/") == set()
    peer = device.restart("--component-room", 0)
    assert peer.get("14", accept=LINK_FORMAT).code == NOT_FOUND


def test_discover_follows_create_and_delete(device):
    peer = device.start("--max-instances", 2, "--option", "server_may_create",
                        "--option", "server_may_delete")
    assert "/9/1" not in listed(peer, "9")
    peer.request(POST, "9")
    assert "/9/1" in listed(peer, "9")
    assert peer.request(DELETE, "9/0").code == DELETED
    assert "/9/0" not in listed(peer, "9")


def test_discover_what_is_not_there(device):
    peer = device.start()
    for path in ("9/5", "77"):
        assert peer.get(path, accept=LINK_FORMAT).code == NOT_FOUND


def test_discover_in_small_blocks(device):
    """Whatever block size is asked for, the listing is the same."""
    peer = device.start()
    whole = peer.get("9/0", accept=LINK_FORMAT)
    first = peer.request(GET, "9/0", accept=LINK_FORMAT, block2=(0, False, 2))
    assert first.code == CONTENT
    if first.option(BLOCK2) is not None and len(first.payload) <= 64:
        again = peer.get("9/0", accept=LINK_FORMAT, block2=(0, False, 2))
        assert again.payload == whole.payload
    else:
        assert first.payload == whole.payload
    assert links(whole.text)


def test_write_attributes(device):
    data = make_package(300)
    peer = device.start(*expect(data))
    for path in ("9/0/7", "9/0/9", "9/0", "9"):
        reply = peer.request(PUT, path, query=("pmin=1", "pmax=3600"))
        assert reply.code == CHANGED, (path, reply)
    assert peer.status() == (0, 0, 0)
    peer.deliver(data)


def test_write_attributes_of_a_writable_resource(device):
    """A query and no payload: not an empty write."""
    peer = device.start("--option", "empty_write_cancels")
    data = make_package(300)
    peer.push(data, 0, stop=2)
    assert peer.request(PUT, "9/0/2", query=("pmin=1",)).code == CHANGED
    assert peer.status() == (1, 1, 0)


def test_write_attributes_that_are_none(device):
    peer = device.start()
    for path in ("9/5", "9/5/7", "9/0/99", "9/0/17/0", "14/0"):
        assert peer.request(PUT, path, query=("pmin=1",)).code == NOT_FOUND, path
    for query in ("pmin=x", "pmin=-1", "pmi=1", "con=2", "gt=1.2.3", "="):
        assert peer.request(PUT, "9/0/7", query=(query,)).code == BAD_REQUEST, query
    assert peer.request(PUT, "9/0/8", b"1", cf=TEXT, query=("pmin=1",)).code == BAD_REQUEST
    assert peer.value("9/0/8") == "0"


def test_ping(device):
    peer = device.start()
    for _ in range(3):
        peer.pump(0.4)  # libcoap answers some four pings a second
        mid = peer.next_mid()
        peer.send(encode(CON, 0, mid))
        deadline = time.monotonic() + 30
        while not any(m.type == RST and m.mid == mid for m in peer.strays):
            assert time.monotonic() < deadline
            peer.pump(0.02)


def test_non_confirmable_request(device):
    peer = device.start()
    reply = peer.request(GET, "9/0/7", mtype=NON)
    assert reply.code == CONTENT and reply.text == "0"
    assert reply.message.type in (NON, CON)
    assert peer.request(POST, "9/0/4", mtype=NON).code == "4.05"
    assert peer.request(GET, "9/0/99", mtype=NON).code == NOT_FOUND


def test_repeated_non_confirmable_execute_runs_once(device):
    data = make_package(300)
    peer = device.start("--install-fails", 1, *expect(data))
    peer.deliver(data)
    datagram = peer.build(POST, "9/0/4", mtype=NON)
    assert peer.exchange(datagram).code == CHANGED
    peer.wait_status(3, 58)
    for _ in range(2):
        peer.send(datagram)
    peer.pump(0.3)
    # RFC 7252, 4.5: a duplicate NON is not processed again
    assert peer.status() == (3, 58, 0)


def test_token_lengths(device):
    peer = device.start()
    for length in (0, 1, 4, 8):
        reply = peer.request(GET, "9/0/7", token=bytes(range(length)))
        assert reply.code == CONTENT and reply.message.token == bytes(range(length))


def test_unknown_critical_option(device):
    peer = device.start()
    reply = peer.request(GET, "9/0/7", options=[(65001, b"x")])
    assert reply is None or reply.code == "4.02"
    # an unknown elective one is nothing
    reply = peer.request(GET, "9/0/7", options=[(65000, b"x")])
    assert reply.code == CONTENT


def test_noise(device):
    """Datagrams that are no CoAP: the device goes on."""
    peer = device.start()
    for noise in (b"", b"\x00", b"\x40", b"\x40\x01\x00", b"\x4f\x01\x00\x01", b"\xff" * 40,
                  b"\x44\x03\x00\x01", b"\x40\x01\x00\x01\xff", b"\x40\x01\x00\x01\xf0",
                  b"\x40\x03\x00\x02\xb1", b"\x60\x45\x12\x34", b"\x70\x00\x12\x35"):
        peer.send(noise)
    peer.pump(0.1)
    assert peer.status() == (0, 0, 0)
