# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Every request in every state that can be held still, as the transition table has it.

FETCHING, VERIFYING, ACTIVATING, DEACTIVATING, PREPARING and UNINSTALLING pass
too quickly in the example device; other tests meet what can be seen of them.
"""

import pytest

from conftest import make_package
from wire import (BAD_REQUEST, CHANGED, CONTINUE, DELETE, INCOMPLETE, NOT_ALLOWED, OPAQUE, PUT)

DATA = make_package(200)
OTHER = make_package(200, seed=2)

# Policy none: an update needs no new expectation, and DELIVERED shows 0.
OPTIONS = ("--policy", "none", "--option", "server_may_delete")


def to_initial(peer):
    return (0, 0, 0)


def to_receiving(peer):
    peer.push(DATA, 0, stop=3)
    return (1, 1, 0)


def to_delivered(peer):
    peer.push(DATA, 0)
    peer.wait_status(3, 0)
    return (3, 0, 0)


def to_installing(peer):
    to_delivered(peer)
    assert peer.execute("9/0/4").code == CHANGED
    return (3, 0, 0)


def to_inactive(peer):
    to_installing(peer)
    return peer.wait_status(4, 2)


def to_active(peer):
    to_inactive(peer)
    assert peer.execute("9/0/10").code == CHANGED
    return peer.wait_status(4, 2, 1)


def to_initial_for_update(peer):
    to_active(peer)
    assert peer.execute("9/0/6", "1").code == CHANGED
    return peer.wait_status(0, 0, 0)


def to_receiving_for_update(peer):
    to_initial_for_update(peer)
    return to_receiving(peer)


def to_delivered_for_update(peer):
    to_initial_for_update(peer)
    return to_delivered(peer)


REQUESTS = {
    "first": lambda peer: peer.chunk(OTHER, 0, 0),
    "later": lambda peer: peer.chunk(OTHER, 9, 0),
    "later, last": lambda peer: peer.chunk(OTHER, 12, 0),
    "whole": lambda peer: peer.whole(OTHER),
    "empty": lambda peer: peer.whole(b""),
    "uri": lambda peer: peer.put("9/0/3", "file:something"),
    "uri, empty": lambda peer: peer.put("9/0/3", ""),
    "uri, too long": lambda peer: peer.put("9/0/3", "file:" + "x" * 251),
    "uri, invalid": lambda peer: peer.put("9/0/3", "nosuch:thing"),
    "install": lambda peer: peer.execute("9/0/4"),
    "uninstall": lambda peer: peer.execute("9/0/6"),
    "uninstall 0": lambda peer: peer.execute("9/0/6", "0"),
    "uninstall 1": lambda peer: peer.execute("9/0/6", "1"),
    "activate": lambda peer: peer.execute("9/0/10"),
    "deactivate": lambda peer: peer.execute("9/0/11"),
    "delete": lambda peer: peer.request(DELETE, "9/0"),
}

# What is not listed for a state answers 4.05 there.  Only requests that leave
# the state as it is appear; those that are absent (None) are tested elsewhere.
STATES = {
    "INITIAL": (to_initial, {
        "first": None, "later": INCOMPLETE, "later, last": INCOMPLETE, "whole": None,
        "empty": BAD_REQUEST, "uri": None, "uri, empty": None, "uri, too long": None,
        "uri, invalid": None, "delete": None}),
    "INITIAL_FOR_UPDATE": (to_initial_for_update, {
        "first": None, "later": INCOMPLETE, "later, last": INCOMPLETE, "whole": None,
        "empty": BAD_REQUEST, "uri": None, "uri, empty": None, "uri, too long": None,
        "uri, invalid": None, "uninstall": None, "uninstall 0": None,
        "uninstall 1": CHANGED}),
    "RECEIVING": (to_receiving, {
        "first": None, "later": INCOMPLETE, "later, last": INCOMPLETE, "whole": None,
        "empty": BAD_REQUEST, "uninstall": None, "uninstall 0": None, "delete": None}),
    "RECEIVING, for update": (to_receiving_for_update, {
        "first": None, "later": INCOMPLETE, "later, last": INCOMPLETE, "whole": None,
        "empty": BAD_REQUEST, "uninstall": None, "uninstall 0": None}),
    "DELIVERED": (to_delivered, {
        "install": None, "uninstall": None, "uninstall 0": None, "delete": None}),
    "DELIVERED, for update": (to_delivered_for_update, {
        "install": None, "uninstall": None, "uninstall 0": None}),
    "INSTALLING": (to_installing, {}),
    "INACTIVE": (to_inactive, {
        "uninstall": None, "uninstall 0": None, "uninstall 1": None, "activate": None,
        "deactivate": CHANGED}),
    "ACTIVE": (to_active, {
        "uninstall": None, "uninstall 0": None, "uninstall 1": None, "activate": CHANGED,
        "deactivate": None}),
}

BAD_ARGUMENTS = ("2", "0,1", "1,0", "0,", ",", "a", "10", "01", "0=''", "1=''", "0='x'",
                 "1='x'", "0=x", "-1", "1,", "'", "1 ", "99999999999999999999")


@pytest.mark.parametrize("name", STATES)
def test_requests_that_change_nothing(device, name):
    to_state, answers = STATES[name]
    extra = ("--install-pending", 3600_000) if name == "INSTALLING" else ()
    peer = device.start(*OPTIONS, *extra)
    shown = to_state(peer)
    if name != "INITIAL":                 # stdout is read by a thread of its own
        device.wait_state(name.split(",")[0], count=2 if "for update" in name else 1)
    names = {n: peer.value(f"9/0/{n}") for n in (0, 1, 13, 18)}
    printed = len(device.transitions())
    for request, send in REQUESTS.items():
        wanted = answers.get(request, NOT_ALLOWED)
        if wanted is None:
            continue
        reply = send(peer)
        assert reply.code == wanted, f"{request} in {name}: {reply}"
        assert peer.status() == shown, f"{request} in {name}"
    for argument in BAD_ARGUMENTS:
        reply = peer.execute("9/0/6", argument)
        assert reply.code == BAD_REQUEST, f"Uninstall {argument!r} in {name}: {reply}"
        assert peer.status() == shown
    assert {n: peer.value(f"9/0/{n}") for n in (0, 1, 13, 18)} == names
    # a repeated Uninstall 1 says its state again, nothing else says any
    moved = {row[0] for row in device.transitions()[printed:]}
    assert moved <= {"INITIAL_FOR_UPDATE"} if name == "INITIAL_FOR_UPDATE" else not moved
    if name.startswith("RECEIVING"):
        peer.push(DATA, 0, start=3)
        peer.wait_status(3, 0)
    if name.startswith(("RECEIVING", "DELIVERED")):
        assert device.package() == DATA


@pytest.mark.parametrize("argument", [None, "", "0"])
@pytest.mark.parametrize("name", ["RECEIVING", "DELIVERED", "INACTIVE", "ACTIVE"])
def test_uninstall(device, name, argument):
    peer = device.start(*OPTIONS)
    defaults = peer.value("9/0/0"), peer.value("9/0/1")
    STATES[name][0](peer)
    assert peer.execute("9/0/6", argument).code == CHANGED
    assert peer.wait_status(0) == (0, 0, 0)
    assert (peer.value("9/0/0"), peer.value("9/0/1")) == defaults
    assert peer.execute("9/0/6", argument).code == NOT_ALLOWED
    assert peer.chunk(DATA, 3, 0).code == INCOMPLETE
    to_delivered(peer)
    assert device.package() == DATA


@pytest.mark.parametrize("cf", [None, 0])
def test_uninstall_argument_with_and_without_format(device, cf):
    peer = device.start(*OPTIONS)
    to_inactive(peer)
    assert peer.execute("9/0/6", "2", cf=cf).code == BAD_REQUEST
    assert peer.execute("9/0/6", "1", cf=cf).code == CHANGED
    assert peer.wait_status(0) == (0, 0, 0)
    assert peer.execute("9/0/6", "0", cf=cf).code == CHANGED


def test_cancelled_update_stays_an_update(device):
    peer = device.start(*OPTIONS)
    for to_state in (to_receiving_for_update, to_delivered):
        to_state(peer)
        assert peer.execute("9/0/6").code == CHANGED
        assert peer.wait_status(0) == (0, 0, 0)
        assert peer.execute("9/0/6", "1").code == CHANGED, "4.05 without the flag"
    assert peer.request(DELETE, "9/0").code == NOT_ALLOWED


@pytest.mark.parametrize("argument", ["1", "0='x'", "0,1", "anything else"])
def test_activate_and_deactivate_ignore_arguments(device, argument):
    peer = device.start(*OPTIONS)
    to_inactive(peer)
    assert peer.execute("9/0/10", argument).code == CHANGED
    peer.wait_status(4, 2, 1)
    assert peer.execute("9/0/11", argument).code == CHANGED
    peer.wait_status(4, 2, 0)


def test_install_takes_arguments(device):
    peer = device.start(*OPTIONS)
    to_delivered(peer)
    assert peer.execute("9/0/4", "0='fast'").code == CHANGED
    peer.wait_status(4, 2)


@pytest.mark.parametrize("name", ["INITIAL", "RECEIVING", "DELIVERED"])
def test_delete(device, name):
    peer = device.start(*OPTIONS)
    STATES[name][0](peer)
    assert peer.request(DELETE, "9/0").code == "2.02"
    for path in ("9/0/7", "9/0/0"):
        assert peer.get(path).code == "4.04"
    assert peer.request(PUT, "9/0/2", DATA, cf=OPAQUE).code == "4.04"
    assert device.alive()


def test_forbidden_requests_are_not_notified(device):
    peer = device.start(*OPTIONS)
    peer.observe("9/0/7", "9/0/9", "9/0/12", "9/0/16")
    for request in ("later", "empty", "install", "uninstall", "uninstall 1", "activate",
                    "deactivate"):
        REQUESTS[request](peer)
    assert peer.chunk(DATA, 0, 0).code == CONTINUE
    peer.wait_note("9/0/7", 1)
    assert peer.pairs() == [("9/0/9", "1"), ("9/0/7", "1")]
