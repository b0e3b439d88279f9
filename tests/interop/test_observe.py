# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Observations of instances, Objects and resource instances, in the format asked for."""

import pytest

from conftest import expect, make_package
from payloads import SEVERAL, SINGLE, read
from wire import (BLOCK2, CBOR, CHANGED, CONTENT_FORMAT, CREATED, DELETE, DELETED, GET,
                  LINK_FORMAT, NOT_FOUND, OBSERVE, POST, SENML_CBOR, TLV)

DATA = make_package(300)
MAY = ("--option", "server_may_create", "--option", "server_may_delete")


def seen(note):
    """{path: text} of a notification."""
    assert note.code == "2.05", note
    return read(note.reply, note.path)


def wait_for(peer, path, condition):
    """Takes notifications of `path` until the newest one is as wanted; returns it."""
    def newest():
        return [note for note in peer.notes if note.path == path][-1:]
    peer.wait_notes(lambda _: any(condition(note) for note in newest()))
    return newest()[0]


@pytest.mark.parametrize("accept", SINGLE)
def test_a_resource_in_a_format(device, accept):
    peer = device.start(*expect(DATA))
    (first,) = peer.observe("9/0/7", accept=accept)
    assert first.uint(CONTENT_FORMAT) == accept
    peer.push(DATA, 2)
    note = wait_for(peer, "9/0/7", lambda note: seen(note) == {"/9/0/7": "3"})
    assert note.reply.uint(CONTENT_FORMAT) == accept
    assert [seen(note)["/9/0/7"] for note in peer.notes] == ["1", "2", "3"]


@pytest.mark.parametrize("accept", SEVERAL)
def test_an_instance(device, accept):
    """Once for every step, with all that the step has changed."""
    peer = device.start(*expect(DATA))
    (first,) = peer.observe("9/0", accept=accept)
    assert read(first, "9/0")["/9/0/7"] == "0"
    peer.push(DATA, 2)
    wait_for(peer, "9/0", lambda note: seen(note)["/9/0/7"] == "3")
    assert peer.execute("9/0/4").code == CHANGED
    wait_for(peer, "9/0", lambda note: seen(note)["/9/0/7"] == "4")
    assert peer.execute("9/0/10").code == CHANGED
    wait_for(peer, "9/0", lambda note: seen(note)["/9/0/12"] == "1")
    assert [[seen(note)[f"/9/0/{n}"] for n in (7, 9, 12)] for note in peer.notes] == [
        ["1", "1", "0"], ["2", "0", "0"], ["3", "3", "0"], ["4", "2", "0"], ["4", "2", "1"]]
    assert {note.reply.uint(CONTENT_FORMAT) for note in peer.notes} == {accept}
    sequences = [note.sequence for note in peer.notes]
    assert sequences == sorted(set(sequences)) and sequences[0] > first.uint(OBSERVE)


def test_resources_before_their_instance(device):
    peer = device.start(*expect(DATA))
    peer.observe("9/0", accept=TLV)
    peer.observe("9/0/7", "9/0/9")
    assert peer.whole(DATA).code == CHANGED
    wait_for(peer, "9/0", lambda note: seen(note)["/9/0/7"] == "3")
    assert [note.path for note in peer.notes] == [
        "9/0/7", "9/0", "9/0/9", "9/0/7", "9/0"]


def test_two_servers_in_two_formats(device):
    first = device.start(*expect(DATA))
    second = device.peer()
    first.observe("9/0", accept=TLV)
    second.observe("9/0", accept=SENML_CBOR)
    first.whole(DATA)
    for peer, fmt in ((first, TLV), (second, SENML_CBOR)):
        wait_for(peer, "9/0", lambda note: seen(note)["/9/0/7"] == "3")
        assert {note.reply.uint(CONTENT_FORMAT) for note in peer.notes} == {fmt}


def test_observing_again_in_another_format_is_one_observation(device):
    peer = device.start(*expect(DATA))
    peer.observe("9/0/7", accept=CBOR)
    peer.observe("9/0/7", accept=TLV)
    peer.push(DATA, 2)
    wait_for(peer, "9/0/7", lambda note: seen(note) == {"/9/0/7": "3"})
    assert [note.reply.uint(CONTENT_FORMAT) for note in peer.notes] == [TLV] * 3


def test_long_notifications_begin_with_their_first_block(device):
    peer = device.start("--instances", 40, *expect(DATA))
    (first,) = peer.observe("9", accept=TLV)
    assert len(first.payload) == 1024 and first.uint(BLOCK2) == 8 | 6
    peer.put("9/39/8", "1")
    peer.push(DATA, 2, stop=1)
    peer.wait_notes(lambda it: it.notes)
    for note in peer.notes:
        assert len(note.reply.payload) == 1024 and note.reply.uint(BLOCK2) == 8 | 6
    # the rest is fetched without observing
    rest = peer.get("9", accept=TLV, block2=(1, False, 6))
    rest.payload = peer.notes[-1].reply.payload + rest.payload
    rest = read(rest, "9")
    assert rest["/9/0/7"] == "1" and rest["/9/39/8"] == "1"


def test_notifications_keep_the_block_size_of_the_observation(device):
    peer = device.start(*expect(DATA))
    (first,) = peer.observe("9/0", accept=TLV, block2=(0, False, 1))
    assert len(first.payload) == 32 and first.uint(BLOCK2) == 8 | 1
    peer.push(DATA, 2, stop=1)
    peer.wait_notes(lambda it: it.notes)
    assert len(peer.notes[0].reply.payload) == 32 and peer.notes[0].reply.uint(BLOCK2) == 8 | 1
    rest = peer.get("9/0", accept=TLV, block2=(1, False, 1))
    rest.payload = peer.notes[0].reply.payload + rest.payload
    assert read(rest, "9/0")["/9/0/7"] == "1"
    # Observe belongs to the first block
    reply = peer.request(GET, "9/0", accept=TLV, block2=(1, False, 1), observe=0)
    assert reply.option(OBSERVE) is None
    peer.push(DATA, 2, start=1)
    wait_for(peer, "9/0", lambda note: True)
    assert {note.reply.message.token for note in peer.notes} == {first.message.token}


def test_the_object_follows_create_and_delete(device):
    peer = device.start("--max-instances", 3, *MAY)
    peer.observe("9", accept=TLV)
    assert peer.request(POST, "9").code == CREATED
    wait_for(peer, "9", lambda note: "/9/1/7" in seen(note))
    assert peer.request(DELETE, "9/0").code == DELETED
    note = wait_for(peer, "9", lambda note: "/9/0/7" not in seen(note))
    assert "/9/1/7" in seen(note)


def test_a_deleted_instance_ends_its_observations(device):
    peer = device.start("--instances", 2, *MAY)
    peer.observe("9/1", accept=TLV)
    peer.observe("9/1/7", "9/0/8")
    assert peer.request(DELETE, "9/1").code == DELETED
    peer.wait_notes(lambda it: len(it.notes) == 2)
    assert {(note.path, note.code) for note in peer.notes} == {("9/1", NOT_FOUND),
                                                               ("9/1/7", NOT_FOUND)}
    assert peer.request(POST, "9").code == CREATED
    peer.put("9/1/8", "1")
    peer.put("9/0/8", "1")
    peer.wait_note("9/0/8", 1)
    assert len(peer.notes) == 3, "the new instance is another one"


def test_links_to_components(device):
    """9/0/17 and its instances come and go; what has gone ends its observation."""
    peer = device.start("--components", 2, "--policy", "none")
    peer.install(DATA, result=0)
    assert read(peer.observe("9/0/17", accept=TLV)[0], "9/0/17") == {
        "/9/0/17/0": "14:0", "/9/0/17/1": "14:1"}
    peer.observe("9/0/17/1", "14/1/5")
    peer.observe("14/0", accept=SENML_CBOR)
    assert peer.execute("14/0/3").code == CHANGED
    note = wait_for(peer, "14/0", lambda note: True)
    assert seen(note)["/14/0/5"] == "1"
    assert peer.execute("9/0/6").code == CHANGED
    gone = {"9/0/17", "9/0/17/1", "14/1/5", "14/0"}
    peer.wait_notes(lambda it: {n.path for n in it.notes if n.code == NOT_FOUND} == gone)


def test_cancel(device):
    peer = device.start(*expect(DATA))
    peer.observe("9/0", accept=TLV)
    peer.observe("9/0/7")
    assert peer.cancel("9/0").option(OBSERVE) is None
    peer.whole(DATA)
    peer.wait_note("9/0/7", 3)
    assert {note.path for note in peer.notes} == {"9/0/7"}


def test_what_cannot_be_answered_is_not_observed(device):
    peer = device.start(*expect(DATA))
    for path, accept, code in (("9/0", 0, "4.06"), ("9/0/7", 41, "4.06"), ("9/5", TLV, "4.04"),
                               ("9/0/2", TLV, "4.05"), ("9/0/17", TLV, "4.04")):
        reply = peer.request(GET, path, accept=accept, observe=0)
        assert reply.code == code and reply.option(OBSERVE) is None, (path, reply)
    reply = peer.request(GET, "9/0", accept=LINK_FORMAT, observe=0)
    assert reply.code == "2.05" and reply.option(OBSERVE) is None, "a Discover"
    peer.observe("9/0/7")
    peer.whole(DATA)
    peer.wait_note("9/0/7", 3)
    assert {note.path for note in peer.notes} == {"9/0/7"} and peer.strays == []
