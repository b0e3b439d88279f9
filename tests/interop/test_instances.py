# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Several instances of Object 9; instances made and deleted by the server."""

from conftest import expect, make_package
from wire import (CHANGED, CONTENT, CONTINUE, CREATED, DELETE, DELETED, LOCATION_PATH,
                  NOT_ALLOWED, NOT_FOUND, POST)

MAY = ("--option", "server_may_create", "--option", "server_may_delete")


def create(peer):
    """Creates an instance; returns its id."""
    reply = peer.request(POST, "9")
    assert reply.code == CREATED, reply
    location = [part.decode() for part in reply.all(LOCATION_PATH)]
    assert len(location) == 2 and location[0] == "9", location
    return int(location[1])


def instances(peer):
    return [n for n in range(8) if peer.get(f"9/{n}/7").code == CONTENT]


def test_interleaved_pushes(device):
    packages = [make_package(1000 + 100 * n, seed=n) for n in range(3)]
    peer = device.start("--instances", 3, *expect(*packages))
    peer.observe("9/2/7", "9/0/7", "9/1/7")
    sizes = (2, 0, 3)
    counts = [-(-len(data) // (16 << szx)) for data, szx in zip(packages, sizes)]
    for num in range(max(counts)):
        for n, (data, szx) in enumerate(zip(packages, sizes)):
            if num < counts[n]:
                wanted = CHANGED if num == counts[n] - 1 else CONTINUE
                assert peer.chunk(data, num, szx, instance=n).code == wanted
    for n, data in enumerate(packages):
        peer.wait_note(f"9/{n}/7", 3)
        assert device.package(n) == data
        assert peer.notified(f"9/{n}/7") == ["1", "2", "3"]


def test_interleaved_pushes_by_several_servers(device):
    packages = [make_package(500, seed=n) for n in range(3)]
    device.start("--instances", 3, *expect(*packages))
    peers = [device.peer() for _ in packages]
    for num in range(8):
        for n, peer in enumerate(peers):
            assert peer.chunk(packages[n], num, 2, instance=n).code in (CONTINUE, CHANGED)
            other = peers[(n + 1) % 3]
            if num < 7:
                assert other.chunk(packages[n], 0, 2, instance=n).code == NOT_ALLOWED
    for n, data in enumerate(packages):
        peers[0].wait_status(3, 3, instance=n)
        assert device.package(n) == data


def test_failure_stays_in_its_instance(device):
    packages = [make_package(1000, seed=n) for n in range(3)]
    peer = device.start("--instances", 3, *expect(*packages))
    given = [packages[0], make_package(1000, seed=9), packages[2]]
    for num in range(16):
        for n in range(3):
            assert peer.chunk(given[n], num, 2, instance=n).code in (CONTINUE, CHANGED)
    peer.wait_status(0, 53, instance=1)
    for n in (0, 2):
        peer.wait_status(3, 3, instance=n)
    assert peer.execute("9/1/4").code == NOT_ALLOWED
    assert peer.execute("9/0/4").code == CHANGED
    peer.wait_status(4, 2, 0, instance=0)
    assert peer.status(2) == (3, 3, 0) and peer.status(1) == (0, 53, 0)
    assert peer.execute("9/0/10").code == CHANGED
    assert peer.status(0) == (4, 2, 1)
    assert peer.execute("9/2/6").code == CHANGED
    assert [peer.status(n) for n in range(3)] == [(4, 2, 1), (0, 53, 0), (0, 0, 0)]


def test_each_instance_has_its_settings(device):
    peer = device.start("--instances", 2)
    peer.put("9/1/8", "1")
    peer.put("9/1/13", "3:0")
    assert [peer.value(f"9/{n}/8") for n in (0, 1)] == ["0", "1"]
    assert [peer.value(f"9/{n}/13") for n in (0, 1)] == ["65535:65535", "3:0"]


def test_create_and_delete_are_off(device):
    peer = device.start("--max-instances", 3)
    assert peer.request(POST, "9").code == NOT_ALLOWED
    assert peer.request(DELETE, "9/0").code == NOT_ALLOWED
    # of an instance that is not there: no longer there, or not allowed
    assert peer.request(DELETE, "9/5").code in (NOT_FOUND, NOT_ALLOWED)
    assert instances(peer) == [0]


def test_delete_is_off_in_every_state(device):
    data = make_package(300)
    peer = device.start("--option", "server_may_create", *expect(data))
    peer.push(data, 2, stop=2)
    assert peer.request(DELETE, "9/0").code == NOT_ALLOWED
    peer.push(data, 2, start=2)
    peer.wait_status(3, 3)
    assert peer.request(DELETE, "9/0").code == NOT_ALLOWED
    assert peer.status() == (3, 3, 0)


def test_create(device):
    peer = device.start("--max-instances", 3, *MAY)
    assert [create(peer), create(peer)] == [1, 2]
    assert instances(peer) == [0, 1, 2]
    assert peer.request(POST, "9").code == NOT_ALLOWED, "full"
    assert peer.status(1) == (0, 0, 0)


def test_created_instance_lives(device):
    data = make_package(300)
    peer = device.start("--max-instances", 2, "--policy", "none", *MAY)
    assert create(peer) == 1
    peer.install(data, instance=1, result=0)
    assert device.installed(1) == data
    assert peer.status(0) == (0, 0, 0)
    assert peer.request(DELETE, "9/1").code == NOT_ALLOWED, "uninstall first"
    assert peer.execute("9/1/6").code == CHANGED
    peer.wait_status(0, 0, instance=1)
    assert peer.request(DELETE, "9/1").code == DELETED
    assert instances(peer) == [0]


def test_repeated_create_runs_once(device):
    peer = device.start("--max-instances", 4, *MAY)
    datagram = peer.build(POST, "9")
    answers = [peer.exchange(datagram) for _ in range(3)]
    assert [reply.code for reply in answers] == [CREATED] * 3
    assert [reply.all(LOCATION_PATH) for reply in answers] == [[b"9", b"1"]] * 3
    assert instances(peer) == [0, 1]


def test_repeated_delete_runs_once(device):
    peer = device.start("--instances", 2, *MAY)
    datagram = peer.build(DELETE, "9/1")
    for _ in range(3):
        assert peer.exchange(datagram).code == DELETED
    assert peer.request(DELETE, "9/1").code == NOT_FOUND


def test_lowest_free_id(device):
    peer = device.start("--instances", 3, *MAY)
    for victim in (1, 0, 2):
        assert peer.request(DELETE, f"9/{victim}").code == DELETED
        assert peer.get(f"9/{victim}/7").code == NOT_FOUND
        assert create(peer) == victim
    for victim in (0, 2):
        assert peer.request(DELETE, f"9/{victim}").code == DELETED
    assert [create(peer), create(peer)] == [0, 2]


def test_ids_survive_a_power_cut(device):
    data = make_package(300)
    options = ("--instances", 2, "--max-instances", 3, "--policy", "none", *MAY)
    peer = device.start(*options)
    assert create(peer) == 2
    peer.deliver(data, instance=2, result=0)
    assert peer.request(DELETE, "9/0").code == DELETED
    peer = device.restart(*options)
    assert instances(peer) == [1, 2]
    assert peer.status(2) == (3, 0, 0) and peer.status(1) == (0, 0, 0)
    assert create(peer) == 0


def test_delete_forgets_the_package(device):
    data = make_package(300)
    peer = device.start("--policy", "none", *MAY)
    peer.deliver(data, result=0)
    peer.put("9/0/8", "1")
    assert peer.request(DELETE, "9/0").code == DELETED
    assert create(peer) == 0
    assert peer.status() == (0, 0, 0)
    assert peer.value("9/0/8") == "0"
    assert peer.execute("9/0/4").code == NOT_ALLOWED
    peer.deliver(data, result=0)
