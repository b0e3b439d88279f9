# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Writes of resources and instances, and Creates, in every Content-Format."""

import pytest

from conftest import make_package
from payloads import (INSTANCE, MULTIPLE, RESOURCE, SEVERAL, senml, tlv, written)
from wire import (BAD_REQUEST, CBOR, CHANGED, CONTINUE, CREATED, INCOMPLETE, LOCATION_PATH,
                  NOT_ALLOWED, NOT_FOUND, OPAQUE, POST, PUT, SENML_CBOR, SENML_JSON, TEXT, TLV,
                  TOO_LARGE, UNSUPPORTED_FORMAT)

DATA = make_package(300)
FORMATS = (TEXT, CBOR, TLV, SENML_CBOR, SENML_JSON)
UNKNOWN = (40, 41, 50, 11543, 65000, 65535)
MAY = ("--option", "server_may_create", "--option", "server_may_delete")


def settings(peer, instance=0):
    return [peer.value(f"9/{instance}/{n}") for n in (8, 13)]


def post(peer, path, fmt, payload, szx=None, **kw):
    """POST, in one request or in blocks; the last answer."""
    if szx is None:
        return peer.request(POST, path, payload, cf=fmt, **kw)
    size = 16 << szx
    for num in range(-(-len(payload) // size)):
        more = (num + 1) * size < len(payload)
        reply = peer.request(POST, path, payload[num * size:(num + 1) * size], cf=fmt,
                             block1=(num, more, szx), **kw)
        if reply.code != CONTINUE:
            break
    return reply


# --- one resource ------------------------------------------------------------------------

@pytest.mark.parametrize("fmt", FORMATS)
def test_resources(device, fmt):
    peer = device.start()
    for n, values in ((8, (True, False, True)), (13, ("3:0", "65535:65535", "33000:12")),
                      (14, ("me", "", "\u00e4\u2603" * 20)), (15, ("x" * 255,))):
        for value in values:
            body = written(fmt, f"9/0/{n}", {n: value})
            assert peer.put(f"9/0/{n}", body, cf=fmt).code == CHANGED, (n, body)
            if n in (8, 13):
                wanted = value if n == 13 else str(int(value))
                assert peer.value(f"9/0/{n}") == wanted, body


@pytest.mark.parametrize("fmt", FORMATS)
def test_package_uri(device, tmp_path, fmt):
    (tmp_path / "package.bin").write_bytes(DATA)
    peer = device.start("--policy", "none", "--fetch-dir", tmp_path)
    assert peer.put("9/0/3", written(fmt, "9/0/3", {3: "file:package.bin"}), cf=fmt).code == CHANGED
    peer.wait_status(3)
    assert device.package() == DATA


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("szx", [0, 2])
def test_resources_in_blocks(device, tmp_path, fmt, szx):
    name = "x" * 200
    (tmp_path / name).write_bytes(DATA)
    peer = device.start("--policy", "none", "--fetch-dir", tmp_path)
    body, size = written(fmt, "9/0/3", {3: f"file:{name}"}), 16 << szx
    last = -(-len(body) // size) - 1
    for num in range(last + 1):
        block1 = (num, num < last, szx)
        piece = body[num * size:(num + 1) * size]
        reply = peer.put("9/0/3", piece, cf=fmt, block1=block1)
        assert reply.code == (CONTINUE if num < last else CHANGED), (num, reply)
        if num < last - 1:
            assert peer.put("9/0/3", piece, cf=fmt, block1=block1).code == CONTINUE, "once more"
            assert peer.put("9/0/3", piece, cf=fmt,
                            block1=(num + 2, True, szx)).code == INCOMPLETE, "a gap"
    peer.wait_status(3)
    assert device.package() == DATA


BROKEN = [
    # TLV: nothing, half an entry, a length that lies, another resource, two, of another kind,
    # inside an instance, too many bytes of a boolean, no boolean
    (TLV, "9/0/8", b""), (TLV, "9/0/8", b"\xc1\x08"), (TLV, "9/0/8", b"\xc2\x08\x01"),
    (TLV, "9/0/8", b"\xff\x08\xff\xff\xff\xff\x01"), (TLV, "9/0/8", b"\xc1\x09\x01"),
    (TLV, "9/0/8", b"\xc1\x08\x01\xc1\x08\x01"), (TLV, "9/0/8", b"\x83\x08\x41\x00\x01"),
    (TLV, "9/0/8", b"\x03\x00\xc1\x08\x01"), (TLV, "9/0/8", b"\xc2\x08\x00\x01"),
    (TLV, "9/0/8", b"\xc1\x08\x02"), (TLV, "9/0/13", b"\xc3\x0d\x00\x03\x00"),
    (TLV, "9/0/14", b"\xc2\x0e\xff\xfe"),
    # CBOR: nothing, half, two, another type, indefinite, a tag
    (CBOR, "9/0/8", b""), (CBOR, "9/0/8", b"\xf5\xf5"), (CBOR, "9/0/8", b"\x01"),
    (CBOR, "9/0/8", b"\xf6"), (CBOR, "9/0/13", b"\x633:"), (CBOR, "9/0/13", b"\x44\x00\x03\x00\x00"),
    (CBOR, "9/0/13", b"\x7f\x633:0\xff"), (CBOR, "9/0/8", b"\xc0\xf5"), (CBOR, "9/0/13", b"\x613"),
    # SenML: nothing, no pack, no record, no value, another type, resource or instance, twice
    *[(fmt, "9/0/8", senml(fmt, records)) for fmt in (SENML_CBOR, SENML_JSON) for records in (
        [], [{}], [{"bn": "/9/0/8"}], [{"bn": "/9/0/8", "v": 1}], [{"bn": "/9/0/8", "vs": "1"}],
        [{"bn": "/9/0/13", "vb": True}], [{"bn": "/9/1/8", "vb": True}],
        [{"bn": "/14/0/5", "vb": True}], [{"n": "8", "vb": True}],
        [{"bn": "/9/0/8", "vb": True}, {"vb": True}])],
    (SENML_JSON, "9/0/8", b""), (SENML_JSON, "9/0/8", b"["), (SENML_JSON, "9/0/8", b"true"),
    (SENML_JSON, "9/0/8", b'[{"bn":"/9/0/8","vb":true}'),
    (SENML_JSON, "9/0/8", b'[{"bn":"/9/0/8","vb":tru}]'),
    (SENML_JSON, "9/0/8", b'[{"bn":"/9/0/8","vb":true}]]'),
    (SENML_CBOR, "9/0/8", b""), (SENML_CBOR, "9/0/8", b"\x81"), (SENML_CBOR, "9/0/8", b"\xf5"),
    (SENML_CBOR, "9/0/8", senml(SENML_CBOR, [{"bn": "/9/0/8", "vb": True}])[:-1]),
    (SENML_CBOR, "9/0/8", senml(SENML_CBOR, [{"bn": "/9/0/8", "vb": True}]) + b"\xf5"),
]


def test_octets_are_for_the_type_opaque(device):
    peer = device.start()
    for path, body in [("9/0/3", b"coap://h"), ("9/0/8", b"\x01"), ("9/0/13", b"\x00\x03\x00\x00"),
                       ("9/0/14", b"user")]:
        assert peer.put(path, body, cf=OPAQUE).code == UNSUPPORTED_FORMAT, path
    assert settings(peer) == ["0", "65535:65535"]


def test_broken_bodies(device):
    """4.00, and nothing has changed."""
    peer = device.start()
    peer.put("9/0/13", "3:0")
    for fmt, path, body in BROKEN:
        reply = peer.put(path, body, cf=fmt)
        assert reply.code == BAD_REQUEST, (fmt, path, body, reply)
        assert settings(peer) == ["0", "3:0"], (fmt, path, body)
    assert peer.put("9/0/8", b"\xc1\x08\x01", cf=TLV).code == CHANGED, "the right one is taken"


def test_bodies_cut_short(device):
    """Every beginning of a body is refused, or is a body of its own."""
    peer = device.start()
    for fmt in (CBOR, TLV, SENML_CBOR, SENML_JSON):
        body = written(fmt, "9/0/13", {13: "33000:12"})
        for length in range(len(body)):
            assert peer.put("9/0/13", body[:length], cf=fmt).code == BAD_REQUEST, body[:length]
    assert settings(peer) == ["0", "65535:65535"]


@pytest.mark.parametrize("cf", UNKNOWN)
def test_unknown_formats(device, cf):
    """4.15; but first whether it is there, and may be written or executed."""
    peer = device.start("--policy", "none", *MAY)
    for path in ("9/0/2", "9/0/3", "9/0/8", "9/0/13"):
        assert peer.put(path, b"1", cf=cf).code == UNSUPPORTED_FORMAT, path
    for path in ("9/0", "9"):
        assert post(peer, path, cf, b"1").code == UNSUPPORTED_FORMAT, path
    assert peer.put("9/5/8", b"1", cf=cf).code == NOT_FOUND
    assert peer.put("9/0/7", b"1", cf=cf).code == NOT_ALLOWED
    assert peer.put("9/0", b"1", cf=cf).code == NOT_ALLOWED
    assert post(peer, "9/5", cf, b"1").code == NOT_FOUND
    assert post(peer, "14", cf, b"1").code in (NOT_FOUND, NOT_ALLOWED)
    peer.deliver(DATA, result=0)
    assert peer.execute("9/0/4", "1", cf=cf).code == UNSUPPORTED_FORMAT
    assert peer.execute("9/0/6", "1", cf=cf).code == UNSUPPORTED_FORMAT
    assert peer.status() == (3, 0, 0)


# --- an instance -------------------------------------------------------------------------

@pytest.mark.parametrize("fmt", SEVERAL)
@pytest.mark.parametrize("szx", [None, 0, 6])
def test_instance(device, fmt, szx):
    peer = device.start("--instances", 2)
    body = written(fmt, "9/0", {8: True, 13: "3:0", 14: "me", 15: "x" * 255})
    assert post(peer, "9/0", fmt, body, szx).code == CHANGED
    assert settings(peer) == ["1", "3:0"] and settings(peer, 1) == ["0", "65535:65535"]
    body = written(fmt, "9/0", {8: False})
    assert post(peer, "9/0", fmt, body, szx).code == CHANGED
    assert settings(peer) == ["0", "3:0"], "what is not written stays"


@pytest.mark.parametrize("fmt", SEVERAL)
def test_instance_with_a_package(device, fmt):
    """Settings and a short package in one."""
    peer = device.start("--policy", "none")
    data = make_package(100)
    assert post(peer, "9/0", fmt, written(fmt, "9/0", {2: data, 8: True})).code == CHANGED
    peer.wait_status(3)
    assert settings(peer)[0] == "1" and device.package() == data


@pytest.mark.parametrize("fmt", SEVERAL)
def test_instance_with_a_uri(device, tmp_path, fmt):
    (tmp_path / "package.bin").write_bytes(DATA)
    peer = device.start("--policy", "none", "--fetch-dir", tmp_path)
    body = written(fmt, "9/0", {3: "file:package.bin", 13: "3:0"})
    assert post(peer, "9/0", fmt, body).code == CHANGED
    peer.wait_status(3)
    assert settings(peer)[1] == "3:0" and device.package() == DATA


@pytest.mark.parametrize("fmt", SEVERAL)
def test_all_or_nothing(device, fmt):
    peer = device.start()
    for values, code in (({8: True, 13: "3:0", 7: 1}, NOT_ALLOWED),
                         ({8: True, 0: "name"}, NOT_ALLOWED),
                         ({8: True, 3: "nosuch:x"}, BAD_REQUEST),
                         ({8: True, 2: b"x", 3: "file:a"}, BAD_REQUEST),
                         ({13: "3:0", 14: "x" * 256}, BAD_REQUEST)):
        reply = post(peer, "9/0", fmt, written(fmt, "9/0", values))
        assert reply.code == code, (values, reply)
        assert settings(peer) == ["0", "65535:65535"], values
        assert peer.status() == (0, 0, 0)
    missing = written(fmt, "9/0", {8: True})
    missing = missing.replace(b"\xc1\x08", b"\xc1\x63").replace(b'"n": "8"', b'"n": "99"') \
        .replace(b"\x00\x618", b"\x00\x6299")
    assert post(peer, "9/0", fmt, missing).code == NOT_FOUND
    assert post(peer, "9/0", fmt, written(fmt, "9/0", {8: True})).code == CHANGED


def test_instance_in_formats_for_one_value(device):
    peer = device.start()
    for fmt in (TEXT, OPAQUE, CBOR, None):
        assert peer.request(POST, "9/0", b"1", cf=fmt).code == UNSUPPORTED_FORMAT, fmt
    body = written(TLV, "9/0", {8: True})
    assert peer.put("9/0", body, cf=TLV).code == NOT_ALLOWED, "PUT would replace it"
    assert post(peer, "9/5", TLV, body).code == NOT_FOUND
    assert settings(peer) == ["0", "65535:65535"]


def test_instance_may_be_wrapped_in_its_entry(device):
    peer = device.start("--instances", 2)
    inside = written(TLV, "9/0", {8: True, 13: "3:0"})
    assert post(peer, "9/0", TLV, tlv(INSTANCE, 0, inside)).code == CHANGED
    assert settings(peer) == ["1", "3:0"]
    assert post(peer, "9/0", TLV, tlv(INSTANCE, 1, inside)).code == BAD_REQUEST
    assert post(peer, "9/0", TLV, tlv(INSTANCE, 0, inside) + b"\xc1\x08\x01").code == BAD_REQUEST
    assert post(peer, "9/1", TLV, tlv(MULTIPLE, 8, b"\x41\x00\x01")).code == BAD_REQUEST
    assert settings(peer, 1) == ["0", "65535:65535"]


@pytest.mark.parametrize("fmt", (SENML_CBOR, SENML_JSON))
def test_senml_names(device, fmt):
    """However the names are put together; and not those of another instance."""
    peer = device.start("--instances", 2)
    for records in ([{"bn": "/9/0/", "n": "8", "vb": True}, {"n": "13", "vlo": "3:0"}],
                    [{"bn": "/9/0/8", "vb": True}, {"bn": "/9/0/13", "vlo": "3:0"}],
                    [{"n": "/9/0/8", "vb": True}, {"n": "/9/0/13", "vlo": "3:0"}],
                    [{"bn": "/9/", "n": "0/8", "vb": True}, {"n": "0/13", "vlo": "3:0"}],
                    [{"vb": True, "n": "8", "bn": "/9/0/"}, {"vlo": "3:0", "n": "13"}],
                    [{"bn": "/9/0/", "n": "8", "vb": True}, {"n": "13", "vs": "3:0"}]):
        assert post(peer, "9/0", fmt, senml(fmt, records)).code == CHANGED, records
        assert settings(peer) == ["1", "3:0"], records
        assert post(peer, "9/1", fmt, senml(fmt, records)).code == BAD_REQUEST, records
        assert settings(peer, 1) == ["0", "65535:65535"], records
        peer.put("9/0/8", "0")
        peer.put("9/0/13", "65535:65535")


# --- bodies in blocks --------------------------------------------------------------------

def test_body_that_is_too_long(device):
    peer = device.start()
    body = written(TLV, "9/0", {14: "x" * 255, 15: "y" * 255})
    body += tlv(RESOURCE, 14, b"x" * 255) * 3
    assert len(body) > 1024
    assert post(peer, "9/0", TLV, body, 6).code == TOO_LARGE
    assert post(peer, "9/0", TLV, body, 0).code == TOO_LARGE
    assert post(peer, "9/0", TLV, written(TLV, "9/0", {8: True}), 0).code == CHANGED


def test_another_body_ends_the_one_before(device):
    peer, other = device.start("--instances", 2), device.peer()
    body = written(TLV, "9/0", {8: True, 14: "x" * 60})
    for path, server, fmt in (("9/0", other, TLV), ("9/1", peer, TLV), ("9/0", peer, SENML_CBOR)):
        assert peer.request(POST, "9/0", body[:32], cf=TLV, block1=(0, True, 1)).code == CONTINUE
        assert server.request(POST, path, b"x" * 16, cf=fmt, block1=(0, True, 0)).code == CONTINUE
        reply = peer.request(POST, "9/0", body[32:64], cf=TLV, block1=(1, True, 1))
        assert reply.code == INCOMPLETE, (path, fmt, reply)
    assert settings(peer) == ["0", "65535:65535"]
    # one in a single request, and a package, do not
    assert peer.request(POST, "9/0", body[:32], cf=TLV, block1=(0, True, 1)).code == CONTINUE
    assert other.put("9/1/8", "1").code == CHANGED
    other.push(DATA, 2, instance=1, stop=2)
    assert peer.request(POST, "9/0", body[32:64], cf=TLV, block1=(1, True, 1)).code == CONTINUE
    assert peer.request(POST, "9/0", body[64:], cf=TLV, block1=(2, False, 1)).code == CHANGED
    assert settings(peer)[0] == "1"


def test_blocks_of_the_wrong_length(device):
    peer = device.start()
    body = written(TLV, "9/0", {8: True, 14: "x" * 60})
    for length, more in ((5, True), (40, True), (40, False)):
        reply = peer.request(POST, "9/0", body[:length], cf=TLV, block1=(0, more, 0))
        assert reply.code == BAD_REQUEST, (length, more)
    assert peer.put("9/0/8", "1", block1=(0, True, 0)).code == BAD_REQUEST
    assert settings(peer) == ["0", "65535:65535"]


# --- Create --------------------------------------------------------------------------------

def created(reply):
    assert reply.code == CREATED, reply
    return [part.decode() for part in reply.all(LOCATION_PATH)]


def of_instance(fmt, number, values):
    """The body of a Create that names the instance."""
    body = written(fmt, f"9/{number}", values)
    return tlv(INSTANCE, number, body) if fmt == TLV else body


@pytest.mark.parametrize("fmt", SEVERAL)
@pytest.mark.parametrize("szx", [None, 0])
def test_create_with_an_id_and_values(device, fmt, szx):
    peer = device.start("--max-instances", 4, *MAY)
    body = of_instance(fmt, 300, {8: True, 13: "3:0", 14: "me"})
    assert created(post(peer, "9", fmt, body, szx)) == ["9", "300"]
    assert settings(peer, 300) == ["1", "3:0"] and settings(peer) == ["0", "65535:65535"]
    assert post(peer, "9", fmt, body, szx).code == BAD_REQUEST, "it is taken"
    assert created(post(peer, "9", fmt, of_instance(fmt, 7, {8: True}))) == ["9", "7"]
    assert created(peer.request(POST, "9")) == ["9", "1"]
    assert post(peer, "9", fmt, of_instance(fmt, 8, {8: True})).code == NOT_ALLOWED, "full"


@pytest.mark.parametrize("fmt", SEVERAL)
def test_create_that_fails_leaves_nothing(device, fmt):
    peer = device.start("--max-instances", 4, *MAY)
    for values, code in (({8: True, 7: 1}, NOT_ALLOWED), ({14: "x" * 256}, BAD_REQUEST),
                         ({2: b"x", 3: "file:a"}, BAD_REQUEST), ({3: "nosuch:x"}, BAD_REQUEST)):
        reply = post(peer, "9", fmt, of_instance(fmt, 5, values))
        assert reply.code == code, (values, reply)
        assert peer.get("9/5/7").code == NOT_FOUND
    assert created(post(peer, "9", fmt, of_instance(fmt, 5, {8: True}))) == ["9", "5"]


def test_create_without_an_id(device):
    """Values of an instance whose id the device chooses: TLV alone can say that."""
    peer = device.start("--max-instances", 4, *MAY)
    body = written(TLV, "9/0", {8: True, 13: "3:0"})
    assert created(post(peer, "9", TLV, body)) == ["9", "1"]
    assert settings(peer, 1) == ["1", "3:0"]
    assert created(post(peer, "9", TLV, tlv(INSTANCE, 9, b""))) == ["9", "9"]
    assert created(peer.request(POST, "9", b"", cf=TLV)) == ["9", "2"]


def test_create_in_formats_for_one_value(device):
    peer = device.start(*MAY)
    for fmt in (TEXT, OPAQUE, CBOR, None):
        assert peer.request(POST, "9", b"1", cf=fmt).code == UNSUPPORTED_FORMAT, fmt
    assert peer.get("9/1/7").code == NOT_FOUND


def test_create_that_is_off_is_refused_before_its_body_is_read(device):
    peer = device.start()
    for fmt in SEVERAL + UNKNOWN:
        assert post(peer, "9", fmt, b"x").code == NOT_ALLOWED, fmt
    assert peer.request(POST, "9", b"x" * 16, cf=TLV, block1=(0, True, 0)).code == NOT_ALLOWED


def test_retransmitted_create_with_values_runs_once(device):
    peer = device.start("--max-instances", 4, *MAY)
    body = written(TLV, "9/0", {8: True})
    datagram = peer.build(POST, "9", body, cf=TLV)
    assert [created(peer.exchange(datagram)) for _ in range(3)] == [["9", "1"]] * 3
    assert peer.get("9/2/7").code == NOT_FOUND


def test_put_and_post_are_not_each_other(device):
    peer = device.start(*MAY)
    assert post(peer, "9/0/8", TLV, b"\xc1\x08\x01").code == NOT_ALLOWED, "8 is no executable"
    assert peer.put("9", tlv(INSTANCE, 5, b""), cf=TLV).code == NOT_ALLOWED
    assert peer.request(PUT, "9/0/17/0", b"14:0", cf=TEXT).code in (NOT_ALLOWED, NOT_FOUND)
