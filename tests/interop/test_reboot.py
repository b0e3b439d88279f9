# SPDX-License-Identifier: Apache-2.0 OR MIT
"""kill -9 and start again in every state that can be held still."""

import pytest

from conftest import expect, make_package
from wire import CHANGED, CONTINUE, INCOMPLETE, NOT_ALLOWED

DATA = make_package(3000)
NONE = ("--policy", "none")


def names(peer):
    return peer.value("9/0/0"), peer.value("9/0/1")


def test_initial(device):
    peer = device.start(*expect(DATA))
    before = names(peer)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (0, 0, 0) and names(peer) == before
    peer.deliver(DATA)


@pytest.mark.parametrize("result", [53, 56])
def test_initial_keeps_its_result(device, result):
    peer = device.start(*expect(DATA))
    if result == 53:
        peer.push(make_package(3000, seed=2))
    else:
        peer.put("9/0/3", "nosuch:thing")
    peer.wait_status(0, result)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (0, result, 0)


def test_receiving(device):
    peer = device.start(*expect(DATA))
    peer.push(DATA, 4, stop=5)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (0, 0, 0), "52 would bar a ThingsBoard device for good"
    assert peer.value("9/0/16") in ("", "0:interrupted")
    assert peer.chunk(DATA, 5, 4).code == INCOMPLETE
    assert peer.chunk(DATA, 4, 4).code == INCOMPLETE, "not a repeat any more"
    peer.push(DATA, 4)
    peer.wait_status(3, 3)
    assert device.package() == DATA


def test_expectation_is_in_the_record(device):
    peer = device.start(*expect(DATA))
    peer = device.restart()
    peer.push(make_package(3000, seed=2))
    peer.wait_status(0, 53)
    peer.deliver(DATA)


def test_delivered(device):
    peer = device.start(*expect(DATA))
    peer.deliver(DATA)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (3, 3, 0)
    assert device.package() == DATA
    # before the cut this was a repeat; a boot forgets the chunk accepted last
    assert peer.chunk(DATA, 2, 6).code == NOT_ALLOWED
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2, 0)
    assert device.installed() == DATA


def test_delivered_after_a_failed_install(device):
    peer = device.start("--install-fails", 1, *expect(DATA))
    peer.deliver(DATA)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(3, 58)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (3, 58, 0)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)


def test_package_vanished(device):
    peer = device.start(*expect(DATA))
    peer.deliver(DATA)
    device.kill()
    (device.directory / "0" / "package").unlink()
    peer = device.start(*expect(DATA))
    peer.wait_status(0, 57, 0)
    peer.deliver(DATA)


@pytest.mark.parametrize("after", ["succeeds", "fails"])
def test_pending_install(device, after):
    """The host is asked what became of the install; this device's answer is not
    settled, so success, failure and "do it again" are all borne, but one of
    them must come, and it must be one that can be gone on from."""
    peer = device.start("--install-pending", 3600_000, *expect(DATA))
    peer.deliver(DATA)
    assert peer.execute("9/0/4").code == CHANGED
    device.wait_state("INSTALLING")
    peer = device.restart("--install-pending", 100, "--install-fails",
                          1 if after == "fails" else 0, *expect(DATA))
    for _ in range(2000):
        seen = peer.status()
        if seen != (3, 3, 0):
            break
        peer.pump(0.02)
    assert seen in ((3, 58, 0), (3, 57, 0), (4, 2, 0))
    while seen[0] == 3:
        assert peer.execute("9/0/4").code == CHANGED
        for _ in range(2000):
            seen = peer.status()
            if seen != (3, 3, 0):
                break
            peer.pump(0.02)
    assert seen == (4, 2, 0)
    assert device.installed() == DATA


def test_inactive(device):
    peer = device.start(*expect(DATA))
    peer.install(DATA)
    before = names(peer)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (4, 2, 0) and names(peer) == before
    assert device.installed() == DATA
    assert peer.execute("9/0/10").code == CHANGED
    peer.wait_status(4, 2, 1)


def test_active(device):
    peer = device.start(*expect(DATA))
    peer.install(DATA)
    assert peer.execute("9/0/10").code == CHANGED
    before = names(peer)
    peer = device.restart(*expect(DATA))
    assert peer.status() == (4, 2, 1) and names(peer) == before
    assert peer.execute("9/0/11").code == CHANGED
    peer = device.restart(*expect(DATA))
    assert peer.status() == (4, 2, 0)


def test_failed_uninstall_is_kept(device):
    peer = device.start("--uninstall-fails", 1, *expect(DATA))
    peer.install(DATA)
    assert peer.execute("9/0/6").code == "5.00"
    peer = device.restart(*expect(DATA))
    assert peer.status() == (4, 59, 0)
    assert peer.execute("9/0/6").code == CHANGED
    assert peer.wait_status(0) == (0, 0, 0)


def test_for_update(device):
    new = make_package(2500, seed=2)
    peer = device.start(*NONE)
    peer.install(DATA, result=0)
    assert peer.execute("9/0/10").code == CHANGED
    before = names(peer)
    assert peer.execute("9/0/6", "1").code == CHANGED
    peer.wait_status(0, 0, 0)
    peer = device.restart(*NONE)
    assert peer.status() == (0, 0, 0) and names(peer) == before
    # in the middle of the new package
    peer.push(new, 5, stop=2)
    peer = device.restart(*NONE)
    assert peer.status() == (0, 0, 0) and names(peer) == before
    assert peer.execute("9/0/6", "1").code == CHANGED, "still an update"
    # delivered, and only then installed
    peer.deliver(new, result=0)
    peer = device.restart(*NONE)
    assert peer.status() == (3, 0, 0) and names(peer) == before
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2, 0)
    assert device.installed() == new


def test_uninstalled(device):
    peer = device.start(*NONE)
    before = names(peer)
    peer.install(DATA, result=0)
    assert peer.execute("9/0/6").code == CHANGED
    peer.wait_status(0, 0, 0)
    peer = device.restart(*NONE)
    assert peer.status() == (0, 0, 0) and names(peer) == before
    assert peer.execute("9/0/6", "1").code == NOT_ALLOWED


def test_settings(device):
    peer = device.start()
    assert peer.put("9/0/8", "1").code == CHANGED
    assert peer.put("9/0/13", "3:0").code == CHANGED
    peer = device.restart()
    assert peer.value("9/0/8") == "1" and peer.value("9/0/13") == "3:0"


def test_fetched_package_after_a_cut_anywhere(device, tmp_path):
    """The cut falls where it falls: FETCHING resumes, VERIFYING is done again."""
    data = make_package(4_000_000)
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "big.bin").write_bytes(data)
    options = ("--fetch-dir", shelf, *expect(data))
    peer = device.start(*options)
    assert peer.put("9/0/3", "file:big.bin").code == CHANGED
    for _ in range(3):
        peer = device.restart(*options)
        assert peer.status() in ((1, 1, 0), (2, 0, 0), (3, 3, 0))
    peer.wait_status(3, 3, 0)
    assert device.package() == data


def test_many_cuts_during_pushes(device):
    """What is stored is always a whole package or none."""
    peer = device.start(*expect(DATA))
    for stop in range(1, 12):
        assert peer.status() == (0, 0, 0)
        peer.push(DATA, 4, stop=stop)
        peer = device.restart(*expect(DATA))
    assert peer.chunk(DATA, 0, 4).code == CONTINUE
    peer.push(DATA, 4, start=1)
    peer.wait_status(3, 3)
    assert device.package() == DATA
