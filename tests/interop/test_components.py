# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Software Components (Object 14) and their links from Object 9."""

import pytest

from conftest import make_package
from discover import listed
from wire import (CHANGED, CONTENT, DELETE, NOT_ACCEPTABLE, NOT_ALLOWED, NOT_FOUND, POST,
                  TEXT)

DATA = make_package(300)
POLICY = ("--policy", "none")


def flags(peer, *components):
    return [peer.value(f"14/{n}/5") for n in components]


def test_components_appear_with_the_install(device):
    peer = device.start("--components", 2, *POLICY)
    assert listed(peer, "14", "14/") == set()
    for step in (lambda: peer.push(DATA, 0, stop=2), lambda: peer.push(DATA, 0, start=2)):
        step()
        assert peer.get("14/0/0").code == NOT_FOUND
        assert peer.get("9/0/17").code == NOT_FOUND
        assert peer.value("9/0/18") == "0"
    peer.wait_status(3, 0)
    # a component that is not there: nothing of it can be executed
    assert peer.execute("14/0/3").code in (NOT_FOUND, NOT_ALLOWED)
    peer.observe("9/0/18", "9/0/7", "9/0/9")
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_note("9/0/18", 2)
    assert peer.pairs() == [("9/0/9", "2"), ("9/0/7", "4"), ("9/0/18", "2")]
    assert peer.value("9/0/18") == "2"
    assert flags(peer, 0, 1) == ["0", "0"]
    assert peer.get("14/2/0").code == NOT_FOUND
    assert listed(peer, "14") >= {"/14/0/0", "/14/0/2", "/14/0/3", "/14/0/4", "/14/0/5",
                                  "/14/1/0", "/14/1/2", "/14/1/3", "/14/1/4", "/14/1/5"}
    assert "/9/0/17" in listed(peer, "9/0")


def test_link_to_the_components(device):
    """Its instances are read one by one; together only where a format has room."""
    peer = device.start("--components", 2, *POLICY)
    peer.install(DATA, result=0)
    assert [peer.value(f"9/0/17/{n}") for n in (0, 1)] == ["14:0", "14:1"]
    assert peer.get("9/0/17", accept=TEXT).code == NOT_ACCEPTABLE
    assert peer.put("9/0/17", "14:0").code == NOT_ALLOWED
    assert peer.execute("9/0/17").code == NOT_ALLOWED


def test_resources_of_a_component(device):
    peer = device.start("--components", 2, *POLICY)
    peer.install(DATA, result=0)
    for n in (0, 1):
        for resource in (0, 2):
            assert len(peer.value(f"14/{n}/{resource}").encode()) <= 255
        assert peer.get(f"14/{n}/1").code == NOT_FOUND
        for resource in (3, 4):
            assert peer.get(f"14/{n}/{resource}").code == NOT_ALLOWED
            assert peer.put(f"14/{n}/{resource}", "1").code == NOT_ALLOWED
        for resource in (0, 2, 5):
            assert peer.put(f"14/{n}/{resource}", "1").code == NOT_ALLOWED
            assert peer.execute(f"14/{n}/{resource}").code == NOT_ALLOWED
        assert peer.get(f"14/{n}/6").code == NOT_FOUND
    assert peer.request(POST, "14").code == NOT_ALLOWED
    assert peer.request(DELETE, "14/0").code == NOT_ALLOWED
    assert flags(peer, 0, 1) == ["0", "0"]


def test_activating_single_components(device):
    peer = device.start("--components", 2, *POLICY)
    peer.install(DATA, result=0)
    peer.observe("14/1/5", "14/0/5", "9/0/12")
    assert peer.execute("14/0/3").code == CHANGED
    assert flags(peer, 0, 1) == ["1", "0"] and peer.status() == (4, 2, 0)
    assert peer.execute("14/0/3").code == CHANGED, "already there"
    assert peer.execute("14/1/3").code == CHANGED
    assert flags(peer, 0, 1) == ["1", "1"] and peer.status() == (4, 2, 1)
    assert peer.execute("14/0/4").code == CHANGED
    assert flags(peer, 0, 1) == ["0", "1"] and peer.status() == (4, 2, 0)
    assert peer.execute("14/0/4").code == CHANGED, "already there"
    assert peer.execute("9/0/10").code == CHANGED, "only 14/0 is left to activate"
    assert flags(peer, 0, 1) == ["1", "1"] and peer.status() == (4, 2, 1)
    assert peer.execute("9/0/11").code == CHANGED
    assert flags(peer, 0, 1) == ["0", "0"] and peer.status() == (4, 2, 0)
    peer.wait_note("9/0/12", 0, count=2)
    peer.wait_note("14/1/5", 0)
    assert peer.notified("9/0/12") == ["1", "0", "1", "0"]
    assert peer.notified("14/0/5") == ["1", "0", "1", "0"]
    assert peer.notified("14/1/5") == ["1", "0"]


def test_package_before_components_in_notifications(device):
    peer = device.start("--components", 2, *POLICY)
    peer.install(DATA, result=0)
    assert peer.execute("14/0/3").code == CHANGED
    peer.observe("14/1/5", "9/0/12")
    assert peer.execute("14/1/3").code == CHANGED
    peer.wait_note("14/1/5", 1)
    peer.wait_note("9/0/12", 1)
    assert peer.pairs() == [("9/0/12", "1"), ("14/1/5", "1")]


def test_deactivate_with_one_component_active(device):
    """INACTIVE, but not a no-op: a component still runs."""
    peer = device.start("--components", 2, *POLICY)
    peer.install(DATA, result=0)
    assert peer.execute("14/1/3").code == CHANGED
    assert peer.status() == (4, 2, 0)
    assert peer.execute("9/0/11").code == CHANGED
    assert flags(peer, 0, 1) == ["0", "0"] and peer.status() == (4, 2, 0)


@pytest.mark.parametrize("argument", [None, "1"], ids=["uninstall", "prepare"])
def test_components_vanish(device, argument):
    peer = device.start("--components", 3, *POLICY)
    # After an uninstall they appear again under the same ids.  During an update
    # the old ids stay reserved; which ones a second round gets depends on how
    # many the device has, so there is none.
    for _ in range(2 if argument is None else 1):
        peer.install(DATA, result=0)
        assert peer.value("9/0/18") == "3"
        assert peer.execute("9/0/10").code == CHANGED
        assert flags(peer, 0, 1, 2) == ["1"] * 3
        assert peer.execute("9/0/6", argument).code == CHANGED
        peer.wait_status(0, 0, 0)
        for n in range(3):
            assert peer.get(f"14/{n}/5").code == NOT_FOUND
            assert peer.execute(f"14/{n}/3").code in (NOT_FOUND, NOT_ALLOWED)
        assert peer.get("9/0/17").code == NOT_FOUND
        assert peer.value("9/0/18") == "0"
        assert listed(peer, "14", "14/") == set()


def test_components_survive_a_power_cut(device):
    options = ("--components", 2, *POLICY)
    peer = device.start(*options)
    peer.install(DATA, result=0)
    assert peer.execute("14/1/3").code == CHANGED
    names = [peer.value(f"14/{n}/{r}") for n in (0, 1) for r in (0, 2)]
    peer = device.restart(*options)
    assert flags(peer, 0, 1) == ["0", "1"] and peer.status() == (4, 2, 0)
    assert [peer.value(f"14/{n}/{r}") for n in (0, 1) for r in (0, 2)] == names
    assert peer.value("9/0/18") == "2"
    assert peer.execute("14/0/3").code == CHANGED
    assert peer.status() == (4, 2, 1)
    peer = device.restart(*options)
    assert flags(peer, 0, 1) == ["1", "1"] and peer.status() == (4, 2, 1)


def test_components_of_two_packages(device):
    """Lowest free ids, stable from then on."""
    peer = device.start("--components", 2, "--instances", 2, *POLICY)
    peer.install(DATA, instance=1, result=0)
    peer.install(DATA, instance=0, result=0)
    assert [peer.value(f"9/{n}/18") for n in (0, 1)] == ["2", "2"]
    # 9/1 came first: it has 14/0 and 14/1
    assert peer.execute("9/1/10").code == CHANGED
    assert flags(peer, 0, 1, 2, 3) == ["1", "1", "0", "0"]
    assert peer.execute("9/1/6").code == CHANGED
    peer.wait_status(0, 0, instance=1)
    assert [peer.get(f"14/{n}/5").code for n in range(4)] == [NOT_FOUND] * 2 + [CONTENT] * 2
    peer.install(DATA, instance=1, result=0)
    assert flags(peer, 0, 1, 2, 3) == ["0"] * 4


def test_auto_activate_with_components(device):
    peer = device.start("--components", 2, "--option", "auto_activate", *POLICY)
    peer.deliver(DATA, result=0)
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2, 1)
    assert flags(peer, 0, 1) == ["1", "1"]
