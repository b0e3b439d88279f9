# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What is not in its format is refused, and changes nothing."""

import cbor2
import pytest

import codec
from codec import MULTIPLE, RESOURCE, RESOURCE_INSTANCE, tlv
from device import (BAD_REQUEST, CBOR, FORMATS, LINK, NOT_ALLOWED, SENML_CBOR, SENML_JSON, TEXT,
                    TLV, UNSUPPORTED)
from test_write import UNTOLD, URI, told

BROKEN = {
    TEXT: {8: [b"", b"2", b"true", b"01", b"1 ", b" 1", b"\0", b"\1", b"1\0"],
           13: [b"", b":", b"1", b"1:", b":1", b"1:2:3", b"65536:0", b"0:65536", b"-1:0", b"a:b",
                b"1 :2", b"1:2 ", b"99999999999:1", b"1;2", b"0x1:1", "１:1".encode()],
           14: [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xe2\x82", b"a\x80", b"\xf4\x90\x80\x80"]},
    CBOR: {8: [b"", b"\x00", b"\x01", b"\x61\x31", b"\xf6", b"\xf7", b"\xf5\xf5", b"\x41\x01", b"\xf8\x15",
               b"\xf5\x00", b"\xe0", b"\xff", b"\x81\xf5", b"\xf8\x14", b"\xf8\x01", b"\xfc"],
           13: [b"\x00", b"\x63\x31\x3a", b"\x43\x31\x3a\x31", b"\x62\x31\x3a", b"\x1a\x00\x01\x00\x01",
                b"\x63\x31\x3a\x31\x00", b"\x67\x36\x35\x35\x33\x36\x3a\x30"],
           14: [b"", b"\x41\x61", b"\x61", b"\x61\xff", b"\x62\x61", b"\x61\x61\x61", b"\x01", b"\x7f", b"\x7c",
                b"\x62\xc0\x80", b"\x63\xed\xa0\x80", b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff\x61",
                b"\x7a\xff\xff\xff\xff\x61", b"\x7f\x61\x61", b"\x7f\x41\x61\xff", b"\x7d", b"\x7f\x7f\xff\xff"]},
    TLV: {8: [b"", b"\xc1", b"\xc1\x08", b"\xc1\x08\x02", b"\xc0\x08", b"\xc2\x08\0\1", b"\xc1\x0d\x01",
              b"\x41\x08\x01", b"\x81\x08\x01", b"\xc1\x08\x01\x00", b"\xc1\x08\x01\xc1",
              b"\xe1\x08\x01", b"\xc8\x08\x02\x01", b"\xd8\x08\xff\xff\xff\x01", b"\xc4\x08\0\0\0\1",
              b"\x01\x08\x01", b"\xe1\x01\x08\x01",
              tlv(RESOURCE, 8, b"\1") * 2, tlv(RESOURCE, 8, b"\1") + tlv(RESOURCE, 13, bytes(4))],
          13: [b"\xc0\x0d", b"\xc3\x0d\0\0\0", b"\xc5\x0d\0\0\0\0\0", b"\xc2\x0d\0\0",
               b"\xc8\x0d\x08" + bytes(8), b"\xc3\x0d1:1"],
          14: [tlv(RESOURCE, 14, b"\xff"), tlv(RESOURCE, 14, b"a\x80"), tlv(RESOURCE, 15, b"a"),
               tlv(MULTIPLE, 14, tlv(RESOURCE_INSTANCE, 0, b"a"))]},
    SENML_JSON: {8: [b"", b"[]", b"{}", b"[{}]", b"[", b"]", b"[{]", b'[{"n":"/9/0/8"}]',
                     b'[{"n":"/9/0/8","vb":1}]', b'[{"n":"/9/0/8","vb":"true"}]',
                     b'[{"n":"/9/0/8","vs":"1"}]', b'[{"n":"/9/0/8","vb":null}]',
                     b'[{"n":"/9/0/8","vb":True}]', b'[{"n":"/9/0/8","vb":tru}]',
                     b'[{"n":"/9/0/13","vb":true}]', b'[{"n":"/9/1/8","vb":true}]',
                     b'[{"n":"/9/0/8","vb":true}', b'[{"n":"/9/0/8","vb":true]',
                     b'[{"n":"/9/0/8","vb":true},]', b'[{"n":"/9/0/8","vb":true,}]',
                     b'[{"n":"/9/0/8","vb":true}]x', b'[{"n":"/9/0/8","vb":true}][]',
                     b'[{"n":"/9/0/8" "vb":true}]', b"[{'n':'/9/0/8','vb':true}]",
                     b'[{n:"/9/0/8","vb":true}]', b'[{"n":"/9/0/8","vb":true,"x_":1}]',
                     b'[{"bver":11,"n":"/9/0/8","vb":true}]', b'[{"n":"/9/0/8/0","vb":true}]',
                     b'[{"n":8,"vb":true}]', b'[{"n":"/9/0/","vb":true}]', b'[{"n":"//9/0/8","vb":true}]',
                     b'[{"n":"/9/0/8","vb":true,"vs":"x"}]', b'[["n","/9/0/8","vb",true]]',
                     b'[{"n":"/9/0/8","vb":true},{"n":"/9/0/13","vlo":"1:1"}]',
                     b'[{"n":"/9/0/8","vb":true,"foo":}]', b'[{"n":"/9/0/8","vb":true,"foo":01}]',
                     b'[{"n":"/9/0/8","vb":true,"foo":"\n"}]', b'[{"n":"/9/0/8","vb":true,"foo":"\\x"}]',
                     b'[{"n":"/9/0/8","vb":true,"foo":[}]', b'[{"n":"/9/0/65544","vb":true}]',
                     b'[{"n":"/9/0/4294967304","vb":true}]'],
                 14: [b'[{"n":"/9/0/14","vs":1}]', b'[{"n":"/9/0/14","vs":"\xff"}]',
                      rb'[{"n":"/9/0/14","vs":"\ud800"}]', rb'[{"n":"/9/0/14","vs":"\udc00\ud800"}]',
                      rb'[{"n":"/9/0/14","vs":"\u12"}]', rb'[{"n":"/9/0/14","vs":"\q"}]',
                      b'[{"n":"/9/0/14","vs":"a]', b'[{"n":"/9/0/14","vs":"\t"}]',
                      b'[{"n":"/9/0/14","vd":"YQ"}]']},
    SENML_CBOR: {8: [b"", b"\x80", b"\xa0", b"\x81\xa0", cbor2.dumps([{0: "/9/0/8"}]),
                     cbor2.dumps([{0: "/9/0/8", 4: 1}]), cbor2.dumps([{0: "/9/0/8", 3: "1"}]),
                     cbor2.dumps([{0: "/9/0/8", 4: None}]), cbor2.dumps([{0: "/9/0/13", 4: True}]),
                     cbor2.dumps([{0: "/9/0/8", 4: True}]) + b"\0", cbor2.dumps({0: "/9/0/8", 4: True}),
                     cbor2.dumps([{0: "/9/0/8", 4: True}])[:-1], cbor2.dumps([{0: "/9/0/8", 4: True, "x_": 1}]),
                     cbor2.dumps([{-1: 11, 0: "/9/0/8", 4: True}]), cbor2.dumps([{0: b"/9/0/8", 4: True}]),
                     cbor2.dumps([{0: "/9/0/8", 4: True}, {0: "/9/0/13", "vlo": "1:1"}]),
                     cbor2.dumps([{0: "/9/0/8", 4: True, 3: "x"}]), cbor2.dumps([[0, "/9/0/8", 4, True]]),
                     cbor2.dumps([{0: 8, 4: True}]), b"\x81\xbf\x00\x66/9/0/8\x04\xf5", b"\x9f",
                     b"\x82\xa2\x00\x66/9/0/8\x04\xf5", b"\x81\xa3\x00\x66/9/0/8\x04\xf5",
                     b"\x81\xa1\x00\x66/9/0/8\x04\xf5", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
                     b"\x81\xbb\xff\xff\xff\xff\xff\xff\xff\xff", b"\x81\xbf\x00\xff\xff"],
                 14: [cbor2.dumps([{0: "/9/0/14", 3: 1}]), cbor2.dumps([{0: "/9/0/14", 3: b"a"}]),
                      b"\x81\xa2\x00\x67/9/0/14\x03\x61\xff", cbor2.dumps([{0: "/9/0/14", 8: b"a"}])]},
}


@pytest.mark.parametrize("format, resource", [(f, r) for f in BROKEN for r in BROKEN[f]])
def test_broken(device, format, resource):
    accepted = []
    before = device.values()
    for payload in BROKEN[format][resource]:
        with pytest.raises(codec.Broken):   # the list itself is right
            leaves = codec.decode(format, (9, 0, resource), payload)
            if leaves.get((9, 0, resource), (None,))[0] != codec.KINDS[9, resource] or len(leaves) != 1:
                raise codec.Broken("something else")
        got = device.put(f"9/0/{resource}", payload, format)
        if got.code not in (BAD_REQUEST, NOT_ALLOWED):
            accepted.append((payload, got.code))
    assert accepted == []
    assert device.values() == before
    device.put("9/0/3", URI)
    assert told(device) == UNTOLD | {3: URI}


@pytest.mark.parametrize("format", [*FORMATS, LINK])
def test_a_part_that_is_not_named(device, format):
    device.reset(without=[format])
    for path in ("9/0/2", "9/0/3", "9/0/8"):
        assert device.put(path, b"1", format).code == UNSUPPORTED
    for path in ("9", "9/0"):
        assert device.post(path, b"1", format).code == UNSUPPORTED
    assert told(device) == UNTOLD


@pytest.mark.parametrize("format", [1, 41, 50, 61, 11543, 65000])
def test_formats_that_nobody_has(device, format):
    for path in ("9/0/2", "9/0/3", "9/0/8"):
        assert device.put(path, b"1", format).code == UNSUPPORTED
    for path in ("9", "9/0"):
        assert device.post(path, b"1", format).code == UNSUPPORTED
    assert told(device) == UNTOLD
