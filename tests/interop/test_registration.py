# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The device registers at an LwM2M server and is managed over that registration."""

import pytest

from conftest import expect, make_package
from device import free_port
from discover import links
from lwm2m_server import LwM2MServer
from wire import CHANGED, CREATED, DELETE, DELETED, LINK_FORMAT, PATIENCE, POST

R7, R9, R12 = "9/0/7", "9/0/9", "9/0/12"


@pytest.fixture
def server():
    with LwM2MServer() as it:
        yield it


def register(device, server, *arguments, lifetime=300, endpoint="urn:dev:swmgmt-1", count=1):
    device.spawn("--server", server.uri, "--endpoint", endpoint, "--lifetime", lifetime,
                 "--port", free_port(), *arguments)
    return server.wait_event("register", count)


def test_registration(device, server):
    event = register(device, server, "--instances", 2)
    assert event.query["ep"] == "urn:dev:swmgmt-1"
    assert event.query["lt"] == "300"
    assert event.query["lwm2m"] in ("1.0", "1.1")
    assert event.query["b"].startswith("U"), "UDP"
    assert event.format == LINK_FORMAT
    listed = links(event.payload)
    assert {"/9/0", "/9/1"} <= set(listed)
    assert "/9/2" not in listed
    # version 1.0 of the objects is the default and need not be named
    for target in ("/9", "/9/0", "/14"):
        assert "ver" not in listed.get(target, "") or "1.0" in listed[target]
    assert server.kinds() == ["register"]


def test_port(device, server):
    port = free_port()
    device.spawn("--server", server.uri, "--endpoint", "a", "--lifetime", 300, "--port", port)
    server.wait_event("register")
    assert server.device == ("127.0.0.1", port)


def test_no_server_no_harm(device, server):
    """The server is not there at first: the device goes on trying.

    How long it takes is up to the device (CoAP gives up a message after 93 s
    at most), so this only sees to it that the device does not end.
    """
    device.spawn("--server", f"coap://127.0.0.1:{free_port()}", "--endpoint", "a",
                 "--lifetime", 300, "--port", free_port())
    server.pump(1.0)
    assert device.alive()


def test_update_before_the_lifetime_ends_and_registration_after_4_04(device, server):
    first = register(device, server, lifetime=8)
    update = server.wait_event("update")
    assert update.at - first.at < 8
    assert update.path == server.location
    server.refuse_updates = 1
    server.wait_event("update", 2)
    again = server.wait_event("register", 2)
    assert again.query["ep"] == first.query["ep"] and "/9/0" in links(again.payload)
    assert server.status() == (0, 0, 0)


def test_deregistration(device, server):
    register(device, server)
    server.status()          # so the device has read the answer to its registration
    device.process.terminate()
    server.wait_event("deregister")
    for _ in range(int(PATIENCE / 0.05)):
        if not device.alive():
            break
        server.pump(0.05)
    assert device.process.returncode == 0
    assert server.kinds()[-1] == "deregister"


def test_whole_life_over_a_registration(device, server):
    data = make_package(5000)
    register(device, server, *expect(data))
    assert server.observe(R12, R7, R9) == ["0", "0", "0"]
    server.push(data, 6)
    server.wait_note(R7, 3)
    assert server.execute("9/0/4").code == CHANGED
    server.wait_note(R7, 4)
    assert server.execute("9/0/10").code == CHANGED
    server.wait_note(R12, 1)
    assert server.execute("9/0/6").code == CHANGED
    server.wait_note(R12, 0)
    assert server.pairs() == [(R9, "1"), (R7, "1"), (R9, "0"), (R7, "2"), (R9, "3"), (R7, "3"),
                              (R9, "2"), (R7, "4"), (R12, "1"),
                              (R9, "0"), (R7, "0"), (R12, "0")]


def test_registers_again_after_a_power_cut(device, server):
    data = make_package(3000)
    register(device, server, *expect(data))
    server.deliver(data)
    device.kill()
    register(device, server, *expect(data), count=2)
    assert server.status() == (3, 3, 0)
    assert server.execute("9/0/4").code == CHANGED
    server.wait_status(4, 2, 0)
    assert device.installed() == data


def test_components_are_reported(device, server):
    """9/0/8 true: the server is told of new instances at once, by an Update.

    Whether instances of Object 14 count as changed supported Objects is not
    settled; a registration made afterwards names them in any case.
    """
    data = make_package(300)
    options = ("--components", 2, "--policy", "none")
    register(device, server, *options)
    server.install(data, result=0)
    device.kill()
    event = register(device, server, *options, count=2)
    assert {"/14/0", "/14/1", "/9/0"} <= set(links(event.payload))


def test_created_and_deleted_instances_are_reported(device, server):
    """Other servers cannot know: an Update at once, with the new list."""
    register(device, server, "--option", "server_may_create", "--option", "server_may_delete")
    assert server.request(POST, "9").code == CREATED
    assert {"/9/0", "/9/1"} <= set(links(server.wait_event("update").payload))
    assert server.request(DELETE, "9/0").code == DELETED
    listed = links(server.wait_event("update", 2).payload)
    assert "/9/1" in listed and "/9/0" not in listed
    assert server.request(DELETE, "9/1").code == DELETED
    assert "/9" in links(server.wait_event("update", 3).payload), "the Object without instances"
