# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Content-Formats, written and read after the standards: OMA TLV (LwM2M 1.1, 7.4.3),
SenML (RFC 8428, LwM2M 1.1, 7.4.4 and 7.4.5), CBOR (RFC 8949, by cbor2), text/plain."""

import base64
import json
import struct

import cbor2

from wire import CBOR, CONTENT_FORMAT, OPAQUE, SENML_CBOR, SENML_JSON, TEXT, TLV

INSTANCE, RESOURCE_INSTANCE, MULTIPLE, RESOURCE = range(4)     # kinds of a TLV entry

STRING, INTEGER, BOOLEAN, LINK, BYTES = "vs", "v", "vb", "vlo", "vd"   # as SenML names them
TYPES = {9: {0: STRING, 1: STRING, 2: BYTES, 3: STRING, 5: LINK, 7: INTEGER, 8: BOOLEAN,
             9: INTEGER, 12: BOOLEAN, 13: LINK, 14: STRING, 15: STRING, 16: STRING,
             17: LINK, 18: INTEGER},
         14: {0: STRING, 2: STRING, 5: BOOLEAN}}
SENML_LABELS = {"bn": -2, "n": 0, "v": 2, "vs": 3, "vb": 4, "vd": 8, "vlo": "vlo"}

SEVERAL = (TLV, SENML_CBOR, SENML_JSON)       # formats with room for more than one value
SINGLE = (TEXT, CBOR) + SEVERAL               # formats that every readable value has


def ids(path):
    return [int(part) for part in path.strip("/").split("/")]


def kind_of(path):
    return TYPES[ids(path)[0]][ids(path)[2]]


# --- OMA TLV ---------------------------------------------------------------------------

def tlv(kind, number, value):
    """One entry."""
    wide = number > 255
    if len(value) < 8:
        length_bytes, low = 0, len(value)
    else:
        length_bytes, low = (len(value).bit_length() + 7) // 8, 0
    return (bytes([kind << 6 | wide << 5 | length_bytes << 3 | low])
            + number.to_bytes(1 + wide, "big")
            + (len(value).to_bytes(length_bytes, "big") if length_bytes else b"") + value)


def tlv_entries(data):
    """[(kind, id, bytes), ...]; the whole of `data` must be entries."""
    found, at = [], 0
    while at < len(data):
        head = data[at]
        id_at, length_at = at + 1, at + 2 + (head >> 5 & 1)
        value_at = length_at + (head >> 3 & 3)
        length = int.from_bytes(data[length_at:value_at], "big") if head >> 3 & 3 else head & 7
        assert value_at + length <= len(data), f"an entry goes beyond the end: {data!r}"
        found.append((head >> 6, int.from_bytes(data[id_at:length_at], "big"),
                      data[value_at:value_at + length]))
        at = value_at + length
    return found


def tlv_value(kind, value):
    if kind == LINK:
        return struct.pack(">HH", *map(int, value.split(":")))
    if kind == BYTES:
        return value
    if kind == BOOLEAN:
        return bytes([value])
    if kind == INTEGER:
        size = next(n for n in (1, 2, 4, 8) if -(1 << 8 * n - 1) <= value < 1 << 8 * n - 1)
        return value.to_bytes(size, "big", signed=True)
    return value.encode()


def tlv_text(kind, data):
    if kind == LINK:
        return "{}:{}".format(*struct.unpack(">HH", data))
    if kind in (INTEGER, BOOLEAN):
        assert len(data) in ((1, 2, 4, 8) if kind == INTEGER else (1,)), data
        return str(int.from_bytes(data, "big", signed=kind == INTEGER))
    return data.decode("utf-8")


def _tlv_read(data, at, found):
    for kind, number, value in tlv_entries(data):
        depth = len(at)
        if kind == INSTANCE:
            assert depth == 1
            _tlv_read(value, at + [number], found)
        elif kind == MULTIPLE:
            assert depth == 2
            _tlv_read(value, at + [number], found)
        else:
            assert (kind, depth) in ((RESOURCE, 2), (RESOURCE_INSTANCE, 3)), (kind, at)
            path = "/" + "/".join(map(str, at + [number]))
            assert path not in found, f"{path} is there twice"
            found[path] = tlv_text(kind_of(path), value)
    return found


# --- SenML -------------------------------------------------------------------------------

def senml(fmt, records):
    """A pack, from records with the names of SenML-JSON."""
    if fmt == SENML_CBOR:
        return cbor2.dumps([{SENML_LABELS[key]: value for key, value in record.items()}
                            for record in records])
    plain = [{key: base64.urlsafe_b64encode(value).rstrip(b"=").decode() if key == BYTES
              else value for key, value in record.items()} for record in records]
    return json.dumps(plain).encode()


def senml_records(fmt, data):
    if fmt == SENML_JSON:
        return json.loads(data)
    names = {label: name for name, label in SENML_LABELS.items()}
    return [{names[label]: value for label, value in record.items()}
            for record in cbor2.loads(data)]


def _senml_read(fmt, data):
    found, base = {}, ""
    for record in senml_records(fmt, data):
        base = record.get("bn", base)
        path = base + record.get("n", "")
        assert path not in found, f"{path} is there twice"
        kind = kind_of(path)
        values = set(record) - {"bn", "n"}
        assert values == {kind}, f"{path} should be {kind}: {record}"
        found[path] = _text(kind, record[kind])
    return found


def _text(kind, value):
    """A value of JSON or CBOR as text/plain has it; it must be of the right type."""
    types = {STRING: str, LINK: str, INTEGER: int, BOOLEAN: bool}
    assert type(value) is types[kind], (kind, value)
    return str(int(value)) if kind in (INTEGER, BOOLEAN) else value


# --- any format ----------------------------------------------------------------------------

def read(reply, path):
    """{"/9/0/7": "0", ...}: what an answer brings, its values as text/plain has them."""
    fmt, data = reply.uint(CONTENT_FORMAT), reply.payload
    if fmt == TLV:
        at = ids(path)
        found = _tlv_read(data, at[:min(len(at), 2)] if len(at) < 4 else at[:3], {})
    elif fmt in (SENML_JSON, SENML_CBOR):
        found = _senml_read(fmt, data)
    else:
        assert fmt in (TEXT, CBOR), fmt
        value = data.decode() if fmt == TEXT else _text(kind_of(path), cbor2.loads(data))
        found = {f"/{path}": value}
    assert all((key + "/").startswith(f"/{path}/") for key in found), (path, found)
    return found


def written(fmt, path, values):
    """The body of a write of {resource: value} to an instance, or of one to a resource."""
    within = "/" + "/".join(path.split("/")[:2])
    kinds = TYPES[9]
    if fmt == TLV:
        return b"".join(tlv(RESOURCE, n, tlv_value(kinds[n], value))
                        for n, value in values.items())
    if fmt in (SENML_JSON, SENML_CBOR):
        records = [{"n": str(n), kinds[n]: value} for n, value in values.items()]
        if records:
            records[0] = {"bn": f"{within}/", **records[0]}
        return senml(fmt, records)
    (n, value), = values.items()
    if fmt == CBOR:
        return cbor2.dumps(value)
    if fmt == OPAQUE:
        return tlv_value(kinds[n], value)
    if kinds[n] == BYTES:
        return base64.b64encode(value)
    return str(int(value) if kinds[n] == BOOLEAN else value).encode()
