# SPDX-License-Identifier: Apache-2.0 OR MIT
"""MCUboot images as imgtool makes them."""

import pytest

from wire import CHANGED


@pytest.fixture
def trusts(desk):
    return ["--trust", desk.public("release"), "--trust", desk.public("p256"),
            "--revoked", desk.public("revoked")]


@pytest.mark.parametrize("key", ["release", "p256"])
def test_signed_images(server, desk, device, trusts, p256, key):
    if key == "p256" and not p256:
        pytest.skip("the device was built without Mbed TLS")
    good = desk.image("--security-counter", "7", key=key)
    bad = bytearray(good)
    bad[3000] ^= 1
    seen = server.run(bytes(bad), trusts)
    assert (seen.exit, seen.states[-2:], seen.results[-1], seen.reason) == (6, [2, 0], 53, "53:digest"), seen
    seen = server.run(good, trusts)
    assert seen.exit == 0 and seen.states == [0, 1, 2, 3, 4] and seen.active[-1] == 1, seen
    assert seen.software[1].startswith("1.3.0")
    assert device.installed() == good
    assert (device.directory / "counters" / "0").read_text() == "7\n"


@pytest.mark.parametrize("key, options, result, reason", [
    ("spare", [], 53, "53:key"),
    ("revoked", [], 57, "57:revoked"),
    (None, [], 57, "57:unsigned"),
    ("release", ["--security-counter", "7", "--dependencies", "(1, 1.0.0+0)"], 57, "57:dependency"),
    ("release", ["--security-counter", "6"], 57, "57:rollback"),
    ("release", ["--security-counter", "7", "--version", "1.2.0"], 57, "57:version"),
], ids=["key", "revoked", "unsigned", "dependency", "rollback", "version"])
def test_refused_images(server, desk, device, trusts, key, options, result, reason):
    """In an update of the good one: the version is the image's."""
    assert server.run(desk.image("--security-counter", "7"), trusts, ["--steps", "push,install"]).exit == 0
    seen = server.update(desk.image(*options, key=key), trusts)
    assert (seen.exit, seen.states[-2:], seen.results[-1], seen.reason) == (6, [2, 0], result, reason), seen


def test_reboots(device, desk, trusts):
    good = desk.image("--security-counter", "7")
    peer = device.start(*trusts)
    peer.deliver(good)
    peer = device.restart(*trusts)
    assert peer.status() == (3, 3, 0)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)
    version = peer.value("9/0/1")
    peer = device.restart(*trusts)
    assert peer.value("9/0/1") == version and device.installed() == good
