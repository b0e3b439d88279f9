# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Every resource of Object 9: read, written and executed, allowed or not."""

import pytest

from conftest import make_package
from wire import (BAD_REQUEST, CHANGED, CONTENT, CONTENT_FORMAT, DELETE, GET, NOT_ALLOWED,
                  NOT_FOUND, OPAQUE, POST, PUT, TEXT)

READABLE = (0, 1, 5, 7, 8, 9, 12, 13, 16, 18)
WRITABLE = (2, 3, 8, 13, 14, 15)
EXECUTABLE = (4, 6, 10, 11)
EVERY = tuple(n for n in range(19) if n != 17)     # 17 is there while components are

def everything(peer, instance=0):
    return {n: peer.value(f"9/{instance}/{n}") for n in READABLE}


def test_values_of_a_new_device(device):
    peer = device.start()
    values = everything(peer)
    assert (values[7], values[9], values[12]) == ("0", "0", "0")
    assert values[5] == values[13] == "65535:65535"
    assert values[8] == "0" and values[16] == "" and values[18] == "0"
    for name in (values[0], values[1]):
        assert len(name.encode()) <= 255
    # ThingsBoard takes a slot with neither for one that cannot be updated
    assert values[0] or values[1]


@pytest.mark.parametrize("accept", [None, TEXT])
def test_reads_are_text(device, accept):
    peer = device.start()
    for n in READABLE:
        reply = peer.request(GET, f"9/0/{n}", accept=accept)
        assert reply.code == CONTENT, (n, reply)
        assert reply.uint(CONTENT_FORMAT, TEXT) == TEXT


def test_what_cannot_be_read(device):
    peer = device.start()
    for n in (2, 3, 14, 15) + EXECUTABLE:
        assert peer.get(f"9/0/{n}").code == NOT_ALLOWED, n
    peer.put("9/0/14", "user")
    peer.put("9/0/15", "secret")
    for n in (14, 15):
        assert peer.get(f"9/0/{n}").code == NOT_ALLOWED, n


def test_what_is_not_there(device):
    peer = device.start()
    before = everything(peer)
    for path in ("9/5/7", "9/0/17", "9/0/19", "9/0/99", "14/0/0", "14/0/5", "77/0/0"):
        assert peer.get(path).code == NOT_FOUND, path
    for path in ("9/5/3", "9/0/99", "77/0/0"):
        assert peer.put(path, "1").code == NOT_FOUND, path
    for path in ("9/5/4", "9/0/99", "14/0/3", "77/0/0"):
        assert peer.execute(path).code == NOT_FOUND, path
    assert everything(peer) == before


@pytest.mark.parametrize("path", ["x", "9/x", "9/0/x", "9/0/7/0/0", "9/0/-1", "9/99999999999/7",
                                  "9/0/4294967303", "9/0/65543", "9/65536/7", "9/256/7"])
def test_paths_that_are_none(device, path):
    """4.00 or 4.04 is not settled; a number must not wrap round to a real one."""
    peer = device.start()
    assert peer.get(path).code in (BAD_REQUEST, NOT_FOUND, NOT_ALLOWED)
    reply = peer.put(path, "1")
    assert reply.code in (BAD_REQUEST, NOT_FOUND, NOT_ALLOWED), reply
    assert peer.execute(path).code in (BAD_REQUEST, NOT_FOUND, NOT_ALLOWED)
    assert peer.status() == (0, 0, 0)


def test_writes_to_what_cannot_be_written(device):
    peer = device.start()
    before = everything(peer)
    for n in (0, 1, 5, 7, 9, 12, 16, 18) + EXECUTABLE:
        for payload in ("1", "x", ""):
            assert peer.put(f"9/0/{n}", payload).code == NOT_ALLOWED, (n, payload)
    assert peer.put("9/0", "1").code == NOT_ALLOWED, "PUT on the instance"
    assert everything(peer) == before


def test_executes_of_what_cannot_be_executed(device):
    peer = device.start()
    before = everything(peer)
    for n in EVERY:
        if n not in EXECUTABLE:
            assert peer.execute(f"9/0/{n}").code == NOT_ALLOWED, n
    assert everything(peer) == before


def test_delete_of_a_resource(device):
    """A server deletes instances only; which refusal a resource gets is not settled."""
    peer = device.start("--option", "server_may_delete")
    for n in (0, 2, 4, 8, 13):
        reply = peer.request(DELETE, f"9/0/{n}")
        assert reply.code in (BAD_REQUEST, NOT_FOUND, NOT_ALLOWED), reply
    assert peer.status() == (0, 0, 0)


def test_update_supported_objects(device):
    peer = device.start()
    for value in ("1", "1", "0", "1"):
        assert peer.put("9/0/8", value).code == CHANGED
        assert peer.value("9/0/8") == value
    for bad in ("2", "-1", "true", "x"):
        assert peer.put("9/0/8", bad).code == BAD_REQUEST, bad
        assert peer.value("9/0/8") == "1"


def test_package_settings(device):
    peer = device.start()
    for value in ("3:0", "65534:65534", "0:1", "65535:65535", "33000:12"):
        assert peer.put("9/0/13", value).code == CHANGED
        assert peer.value("9/0/13") == value
    for bad in ("abc", "1", "1:", ":1", "1:2:3", "65536:0", "0:65536", "-1:0", "1;2", "1:x"):
        assert peer.put("9/0/13", bad).code == BAD_REQUEST, bad
        assert peer.value("9/0/13") == "33000:12"


@pytest.mark.parametrize("resource", [14, 15])
def test_credentials(device, resource):
    peer = device.start()
    path = f"9/0/{resource}"
    for value in ("me", "", "x" * 255, "\u00e4\u00f6\u00fc \u2603"):
        assert peer.put(path, value).code == CHANGED, value
    for bad in (b"x" * 256, b"\xff\xfe", b"a" * 700):
        assert peer.put(path, bad).code == BAD_REQUEST, bad
    assert peer.status() == (0, 0, 0)


def test_settings_are_written_in_any_state(device):
    """Only 2, 3 and the executables depend on the state."""
    data = make_package(200)
    peer = device.start("--policy", "none")
    for step in ("push", "deliver", "install"):
        if step == "push":
            peer.push(data, 0, stop=3)
        elif step == "deliver":
            peer.push(data, 0, start=3)
            peer.wait_status(3, 0)
        else:
            peer.execute("9/0/4")
            peer.wait_status(4, 2)
        for value in ("1", "0"):
            assert peer.put("9/0/8", value).code == CHANGED
            assert peer.value("9/0/8") == value
        assert peer.put("9/0/13", "3:0").code == CHANGED
        assert peer.put("9/0/14", "me").code == CHANGED


def test_methods_without_a_meaning(device):
    """FETCH, PATCH and iPATCH are of a later LwM2M; they must change nothing."""
    peer = device.start()
    for method in (5, 6, 7):
        reply = peer.request(method, "9/0/7", b"1", cf=TEXT)
        assert reply is None or reply.code.startswith(("4.", "5.")), reply
    assert peer.request(POST, "9/0/2", b"x" * 20, cf=OPAQUE).code == NOT_ALLOWED
    assert peer.request(PUT, "9/0/4", b"", cf=TEXT).code == NOT_ALLOWED
    assert peer.status() == (0, 0, 0)
