# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Whole lives: install, activate, update, uninstall, and what goes wrong with them."""

import pytest

from conftest import expect, make_package
from wire import CHANGED, NOT_ALLOWED, SERVER_ERROR, POST, PUT, OPAQUE

R7, R9, R12 = "9/0/7", "9/0/9", "9/0/12"


def test_full_life_and_the_order_of_notifications(device):
    data = make_package(3000)
    peer = device.start(*expect(data))
    # an order unlike the one wanted, so that it cannot come from here
    assert peer.observe(R12, R7, R9) == ["0", "0", "0"]
    peer.push(data, 5)
    peer.wait_note(R7, 3)
    assert peer.status() == (3, 3, 0)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R7, 4)
    assert peer.execute("9/0/10").code == CHANGED
    peer.wait_note(R12, 1)
    assert peer.execute("9/0/10").code == CHANGED       # already there: not notified
    assert peer.execute("9/0/11").code == CHANGED
    peer.wait_note(R12, 0)
    assert peer.execute("9/0/11").code == CHANGED
    assert peer.execute("9/0/10").code == CHANGED
    peer.wait_note(R12, 1, count=2)
    assert peer.execute("9/0/6").code == CHANGED
    peer.wait_note(R12, 0, count=2)
    assert peer.pairs() == [
        (R9, "1"), (R7, "1"),
        (R9, "0"), (R7, "2"),
        (R9, "3"), (R7, "3"),
        (R9, "2"), (R7, "4"),
        (R12, "1"), (R12, "0"), (R12, "1"),
        (R9, "0"), (R7, "0"), (R12, "0")]
    assert peer.status() == (0, 0, 0)


def test_observe_sequence_grows(device):
    data = make_package(300)
    peer = device.start(*expect(data))
    peer.observe(R7, R9)
    peer.push(data, 2)
    peer.wait_note(R7, 3)
    for path in (R7, R9):
        numbers = [note.sequence for note in peer.notes if note.path == path]
        assert None not in numbers
        # RFC 7641, 3.4: newer within 2^23
        assert all(0 < (b - a) % (1 << 24) < 1 << 23 for a, b in zip(numbers, numbers[1:]))


def test_observation_can_be_cancelled(device):
    data = make_package(300)
    peer = device.start(*expect(data))
    peer.observe(R7, R9)
    assert peer.cancel(R9).code == "2.05"
    peer.push(data, 2)
    peer.wait_note(R7, 3)
    assert peer.notified(R9) == []
    assert peer.notified(R7) == ["1", "2", "3"]


def test_two_servers_observe(device):
    data = make_package(300)
    peer = device.start(*expect(data))
    other = device.peer()
    for it in (peer, other):
        it.observe(R7, R9)
    peer.push(data, 2)
    for it in (peer, other):
        it.wait_note(R7, 3)
        assert it.pairs() == [(R9, "1"), (R7, "1"), (R9, "0"), (R7, "2"), (R9, "3"), (R7, "3")]


def test_states_on_stdout(device):
    data = make_package(300)
    peer = device.start(*expect(data))
    peer.push(data, 2)
    peer.wait_status(3, 3)
    peer.execute("9/0/4")
    peer.wait_status(4, 2)
    peer.execute("9/0/10")
    peer.wait_status(4, 2, 1)
    device.wait_state("ACTIVE")
    seen = device.transitions()
    wanted = [("RECEIVING", 1, 1, 0), ("VERIFYING", 2, 0, 0), ("DELIVERED", 3, 3, 0),
              ("INSTALLING", 3, 3, 0), ("INACTIVE", 4, 2, 0), ("ACTIVE", 4, 2, 1)]
    assert [row for row in seen if row[0] != "ACTIVATING"] == wanted


def test_installed_software_is_the_package(device):
    data = make_package(5000)
    peer = device.start(*expect(data))
    peer.install(data)
    assert device.installed() == data
    assert peer.status() == (4, 2, 0), "inactive after an install"
    assert peer.execute("9/0/6").code == CHANGED
    peer.wait_status(0, 0)
    assert not (device.directory / "0" / "installed" / "package").exists()


# --- repeated datagrams ------------------------------------------------------

def test_repeated_install_runs_once(device):
    data = make_package(300)
    peer = device.start("--install-fails", 1, *expect(data))
    peer.observe(R9)
    peer.deliver(data)
    datagram = peer.build(POST, "9/0/4")
    for _ in range(3):
        assert peer.exchange(datagram).code == CHANGED
    peer.wait_note(R9, 58)
    for _ in range(3):
        assert peer.exchange(datagram).code == CHANGED
    assert peer.status() == (3, 58, 0), "a second run would have succeeded"
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)
    device.wait_state("INACTIVE")
    assert device.states().count("INSTALLING") == 2


@pytest.mark.parametrize("argument", [b"", b"0"])
def test_repeated_uninstall_runs_once(device, argument):
    data = make_package(300)
    peer = device.start(*expect(data))
    peer.deliver(data)
    datagram = peer.build(POST, "9/0/6", argument, cf=0 if argument else None)
    for _ in range(4):
        assert peer.exchange(datagram).code == CHANGED
    assert peer.status() == (0, 0, 0)
    assert peer.execute("9/0/6").code == NOT_ALLOWED


def test_repeated_activate_is_answered_alike(device):
    data = make_package(300)
    peer = device.start("--activate-fails", 1, *expect(data))
    peer.install(data)
    datagram = peer.build(POST, "9/0/10")
    for _ in range(3):
        assert peer.exchange(datagram).code == SERVER_ERROR
    assert peer.status() == (4, 2, 0)
    assert peer.execute("9/0/10").code == CHANGED
    assert peer.status() == (4, 2, 1)


def test_same_message_id_from_two_servers(device):
    """Duplicates are of one endpoint; another one may use the same numbers."""
    data = make_package(300)
    first = device.start(*expect(data))
    second = device.peer()
    first.deliver(data)
    datagram = first.build(POST, "9/0/6")
    assert first.exchange(datagram).code == CHANGED
    assert second.exchange(datagram).code == NOT_ALLOWED


def test_repeated_whole_push_runs_once(device):
    data = make_package(300)
    peer = device.start(*expect(data))
    datagram = peer.build(PUT, "9/0/2", data, cf=OPAQUE)
    for _ in range(3):
        assert peer.exchange(datagram).code == CHANGED
    peer.wait_status(3, 3)
    device.wait_state("DELIVERED")
    assert device.states().count("VERIFYING") == 1


# --- failing installs ----------------------------------------------------------

def test_failed_install_and_retry(device):
    data = make_package(300)
    peer = device.start("--install-fails", 2, *expect(data))
    names = peer.value("9/0/0"), peer.value("9/0/1")
    peer.observe(R7, R9, R12)
    peer.deliver(data)
    peer.wait_note(R7, 3)
    before = len(peer.notes)
    for times in (1, 2):
        assert peer.execute("9/0/4").code == CHANGED
        peer.wait_note(R9, 58, count=times)
        assert peer.status() == (3, 58, 0)
        assert (peer.value("9/0/0"), peer.value("9/0/1")) == names
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R7, 4)
    assert peer.pairs()[before:] == [(R9, "58"), (R9, "3"), (R9, "58"), (R9, "3"),
                                     (R9, "2"), (R7, "4")]


@pytest.mark.parametrize("limit", [None, 1, 2], ids=["default", "1", "2"])
def test_install_attempts_are_limited(device, limit):
    data = make_package(300)
    given = () if limit is None else ("--max-install-attempts", limit)
    peer = device.start("--install-fails", 100, *given, *expect(data))
    peer.deliver(data)
    for attempt in range(1, (limit or 3) + 1):
        assert peer.execute("9/0/4").code == CHANGED
        device.wait_state("INSTALLING", count=attempt)
        peer.wait_status(3, 58)
    assert peer.execute("9/0/4").code == NOT_ALLOWED
    assert peer.status() == (3, 58, 0)
    # the count is in the record
    peer = device.restart("--install-fails", 100, *given, *expect(data))
    assert peer.status() == (3, 58, 0)
    assert peer.execute("9/0/4").code == NOT_ALLOWED
    assert peer.status() == (3, 58, 0)
    # and belongs to the package
    assert peer.execute("9/0/6").code == CHANGED
    assert peer.status() == (0, 0, 0)
    peer = device.restart("--install-fails", 1, *given, *expect(data))
    peer.deliver(data)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(3, 58)


def test_no_limit_of_install_attempts(device):
    data = make_package(300)
    peer = device.start("--install-fails", 6, "--max-install-attempts", 0, *expect(data))
    peer.observe(R9)
    peer.deliver(data)
    for times in range(1, 7):
        assert peer.execute("9/0/4").code == CHANGED
        peer.wait_note(R9, 58, count=times)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2)


def test_pending_install(device):
    data = make_package(300)
    peer = device.start("--install-pending", 300, *expect(data))
    peer.deliver(data)
    peer.observe(R7, R9)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R7, 4)
    assert peer.pairs() == [(R9, "2"), (R7, "4")]
    assert device.installed() == data


def test_pending_install_that_fails(device):
    data = make_package(300)
    peer = device.start("--install-pending", 200, "--install-fails", 1, *expect(data))
    peer.deliver(data)
    peer.observe(R7, R9)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R9, 58)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R7, 4)
    assert peer.pairs() == [(R9, "58"), (R9, "3"), (R9, "2"), (R7, "4")]


# --- update ----------------------------------------------------------------------

@pytest.mark.parametrize("active", [False, True])
def test_update(device, active):
    old, new = make_package(300), make_package(2000, seed=2)
    peer = device.start("--policy", "none")
    peer.install(old, result=0)
    if active:
        assert peer.execute("9/0/10").code == CHANGED
    names = peer.value("9/0/0"), peer.value("9/0/1")
    peer.observe(R12, R7, R9)
    assert peer.execute("9/0/6", "1").code == CHANGED
    peer.wait_note(R7, 0)
    if active:
        peer.wait_note(R12, 0)
    stopped = [(R12, "0")] if active else []
    assert peer.pairs() == [(R9, "0"), (R7, "0")] + stopped
    assert peer.status() == (0, 0, 0)
    assert (peer.value("9/0/0"), peer.value("9/0/1")) == names
    # ThingsBoard asks twice and waits for the state
    for times in (2, 3):
        assert peer.execute("9/0/6", "1").code == CHANGED
        peer.wait_note(R7, 0, count=times)
    assert peer.pairs() == [(R9, "0"), (R7, "0")] + stopped + [(R7, "0")] * 2
    before = len(peer.notes)
    peer.push(new, 5)
    peer.wait_note(R7, 3)
    assert (peer.value("9/0/0"), peer.value("9/0/1")) == names
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note(R7, 4)
    # policy none: result 0 in DELIVERED, so only 7 changes there
    assert peer.pairs()[before:] == [(R9, "1"), (R7, "1"), (R9, "0"), (R7, "2"), (R7, "3"),
                                     (R9, "2"), (R7, "4")]
    assert peer.status() == (4, 2, 0)
    assert device.installed() == new


def test_update_that_fails_and_is_tried_again(device):
    old, new = make_package(300), make_package(2000, seed=2)
    peer = device.start(*expect(old))
    peer.install(old)
    names = peer.value("9/0/0"), peer.value("9/0/1")
    assert peer.execute("9/0/6", "1").code == CHANGED
    # the expectation was cleared by the install: unverified now
    peer = device.restart(*expect(new))
    assert peer.status() == (0, 0, 0)
    peer.push(make_package(2000, seed=3))
    peer.wait_status(0, 53)
    assert (peer.value("9/0/0"), peer.value("9/0/1")) == names
    assert peer.execute("9/0/6", "1").code == CHANGED
    assert peer.status() == (0, 0, 0)
    peer.deliver(new)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2, 0)
    assert device.installed() == new


def test_update_given_up_by_uninstall(device):
    data = make_package(300)
    peer = device.start("--policy", "none")
    defaults = peer.value("9/0/0"), peer.value("9/0/1")
    peer.install(data, result=0)
    assert peer.execute("9/0/6", "1").code == CHANGED
    assert peer.execute("9/0/6", "0").code == CHANGED
    peer.wait_status(0, 0, 0)
    assert (peer.value("9/0/0"), peer.value("9/0/1")) == defaults
    assert peer.execute("9/0/6", "1").code == NOT_ALLOWED
    assert not (device.directory / "0" / "installed" / "package").exists()
    peer.install(data, result=0)


# --- uninstall, prepare and activate that fail ---------------------------------------

def test_failed_uninstall(device):
    data = make_package(300)
    peer = device.start("--uninstall-fails", 2, *expect(data))
    peer.install(data)
    peer.observe(R7, R9)
    for times in (1, 2):
        assert peer.execute("9/0/6").code == SERVER_ERROR
        peer.wait_note(R9, 59, count=times)
        assert peer.status() == (4, 59, 0)
    assert peer.notified(R7) == [], "INSTALLED throughout"
    assert peer.execute("9/0/6").code == CHANGED
    peer.wait_note(R7, 0)
    assert peer.status() == (0, 0, 0)


def test_failed_prepare(device):
    data = make_package(300)
    peer = device.start("--prepare-fails", 1, *expect(data))
    peer.install(data)
    names = peer.value("9/0/0"), peer.value("9/0/1")
    peer.observe(R7, R9)
    assert peer.execute("9/0/6", "1").code == SERVER_ERROR
    peer.wait_note(R9, 59)
    assert peer.status() == (4, 59, 0)
    assert peer.notified(R7) == []
    assert peer.execute("9/0/6", "1").code == CHANGED
    peer.wait_status(0, 0, 0)
    assert (peer.value("9/0/0"), peer.value("9/0/1")) == names


def test_failed_activate(device):
    data = make_package(300)
    peer = device.start("--activate-fails", 1, *expect(data))
    peer.install(data)
    peer.observe(R9, R12)
    assert peer.execute("9/0/10").code == SERVER_ERROR
    assert peer.status() == (4, 2, 0), "Update Result has no code for it"
    assert peer.execute("9/0/10").code == CHANGED
    peer.wait_note(R12, 1)
    assert peer.pairs() == [(R12, "1")]
