# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Content-Formats of LwM2M 1.1, written from the standards for these tests alone: OMA TLV
by hand, CBOR by cbor2, JSON by Python.  What is decoded is [(path, type, value)]; TLV does
not tell types, so its values are bytes and `typed` says what they are.  A payload that the
standards do not allow is a Broken."""

import base64
import binascii
import io
import json

import cbor2

from device import (BOOLEAN, BYTES, CBOR, INTEGER, OBJLNK, OPAQUE, SENML_CBOR, SENML_JSON,
                    STRING, TEXT, TLV)

# What 9.xml and 14.xml say, (object, resource): type.
KINDS = {(9, 0): STRING, (9, 1): STRING, (9, 2): BYTES, (9, 3): STRING, (9, 5): OBJLNK,
         (9, 7): INTEGER, (9, 8): BOOLEAN, (9, 9): INTEGER, (9, 12): BOOLEAN,
         (9, 13): OBJLNK, (9, 14): STRING, (9, 15): STRING, (9, 16): STRING, (9, 17): OBJLNK,
         (9, 18): INTEGER, (14, 0): STRING, (14, 2): STRING, (14, 5): BOOLEAN}


class Broken(Exception):
    pass


class Twice(Broken):
    """One resource has two values: the standards do not say what that means."""


def link(number):
    return f"{number >> 16}:{number & 0xFFFF}"


def unlink(text):
    """Object id, colon, instance id: decimal numbers of 16 bits."""
    parts = text.split(":")
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() for p in parts):
        raise Broken(f"no link: {text!r}")
    numbers = [int(p) for p in parts]
    if max(numbers) > 0xFFFF:
        raise Broken("a link out of range")
    return numbers[0] << 16 | numbers[1]


def utf8(data, errors="strict"):
    try:
        return data.decode(errors=errors)
    except UnicodeDecodeError as error:
        raise Broken(str(error)) from None


# Text

def text_of(kind, value):
    return {STRING: lambda: value, BYTES: lambda: base64.b64encode(value),
            OBJLNK: lambda: link(value).encode()}.get(kind, lambda: b"%d" % value)()


def from_text(kind, data):
    if kind == BYTES:
        try:
            return base64.b64decode(data, validate=True)
        except binascii.Error as error:
            raise Broken(str(error)) from None
    text = utf8(data)
    if kind == STRING:
        return data
    if kind == OBJLNK:
        return unlink(text)
    if kind == BOOLEAN:
        if text not in ("0", "1"):
            raise Broken("no boolean")
        return int(text)
    if not text.isascii() or not text.removeprefix("-").isdigit():
        raise Broken("no integer")
    return int(text)


# OMA TLV: (type, id, value or list)

INSTANCE, RESOURCE_INSTANCE, MULTIPLE, RESOURCE = 0, 1, 2, 3


def tlv(kind, ident, value, wide_id=False, wide_length=0):
    """One TLV, as short as can be unless asked otherwise."""
    if isinstance(value, (list, tuple)):
        value = b"".join(value)
    length = len(value)
    need = 0 if length < 8 else (length.bit_length() + 7) // 8
    need = max(need, wide_length)
    wide_id = wide_id or ident > 255
    head = kind << 6 | wide_id << 5 | need << 3 | (length if need == 0 else 0)
    return (bytes([head]) + ident.to_bytes(2 if wide_id else 1, "big") +
            (length.to_bytes(need, "big") if need else b"") + value)


def from_tlv(data):
    """[(type, id, bytes)] of one level."""
    found, at = [], 0
    while at < len(data):
        head = data[at]
        ids, lengths = 1 + (head >> 5 & 1), head >> 3 & 3
        start = at + 1 + ids + lengths
        if start > len(data):
            raise Broken("a header is cut")
        length = (int.from_bytes(data[at + 1 + ids:start], "big") if lengths else head & 7)
        if start + length > len(data):
            raise Broken("a value is cut")
        found.append((head >> 6, int.from_bytes(data[at + 1:at + 1 + ids], "big"),
                      data[start:start + length]))
        at = start + length
    return found


def tlv_value(kind, value):
    if kind in (STRING, BYTES):
        return value
    if kind == BOOLEAN:
        return bytes([value])
    if kind == OBJLNK:
        return value.to_bytes(4, "big")
    for size in (1, 2, 4, 8):
        if -1 << 8 * size - 1 <= value < 1 << 8 * size - 1:
            return value.to_bytes(size, "big", signed=True)
    raise AssertionError(value)


def from_tlv_value(kind, data):
    if kind in (STRING, BYTES):
        return utf8(data).encode() if kind == STRING else data
    if kind == BOOLEAN:
        if data not in (b"\0", b"\1"):
            raise Broken("no boolean")
        return data[0]
    if kind == OBJLNK:
        if len(data) != 4:
            raise Broken("no link")
        return int.from_bytes(data, "big")
    if len(data) not in (1, 2, 4, 8):
        raise Broken("no integer")
    return int.from_bytes(data, "big", signed=True)


def tlv_of(path, leaves):
    """A representation of what is at `path`: leaves {path: (type, value)}, all beneath it."""
    def resources(of):
        out, ids = b"", sorted({leaf[2] for leaf in of})
        for ident in ids:
            mine = {k: v for k, v in of.items() if k[2] == ident}
            if any(len(k) == 4 for k in mine):
                out += tlv(MULTIPLE, ident, [tlv(RESOURCE_INSTANCE, k[3], tlv_value(*v))
                                             for k, v in sorted(mine.items())])
            else:
                out += tlv(RESOURCE, ident, tlv_value(*mine[min(mine)]))
        return out
    if len(path) == 4:
        return tlv(RESOURCE_INSTANCE, path[3], tlv_value(*leaves[path]))
    if len(path) > 1:
        return resources(leaves)
    return b"".join(tlv(INSTANCE, i, resources({k: v for k, v in leaves.items() if k[1] == i}))
                    for i in sorted({leaf[1] for leaf in leaves}))


def tlv_leaves(path, data):
    """[(path, bytes)]: `path` is what was asked for."""
    found = []

    def resource(at, item):
        kind, ident, value = item
        if kind == RESOURCE:
            found.append((at + (ident,), value))
        elif kind == MULTIPLE:
            if not value:
                raise Broken("nothing in a multiple resource")
            for inner, index, one in from_tlv(value):
                if inner != RESOURCE_INSTANCE:
                    raise Broken("something else in a multiple resource")
                found.append((at + (ident, index), one))
        else:
            raise Broken("no resource")

    items = from_tlv(data)
    if len(path) == 1:
        for kind, ident, value in items:
            if kind != INSTANCE:
                raise Broken("no instance")
            for item in from_tlv(value):
                resource(path + (ident,), item)
        return found
    for item in items:
        if len(path) == 4 and item[0] == RESOURCE_INSTANCE:
            found.append((path[:3] + (item[1],), item[2]))
        elif len(path) == 2 and item[0] == INSTANCE:
            if len(items) != 1 or item[1] != path[1]:
                raise Broken("another instance")
            for inner in from_tlv(item[2]):
                resource(path, inner)
        else:
            resource(path[:2], item)
    return found


# CBOR

def loads(data, errors="strict"):
    """One item, and nothing behind it; `errors`: what to do about text that is not UTF-8."""
    stream = io.BytesIO(data)
    try:
        item = cbor2.CBORDecoder(stream, str_errors=errors).decode()
    except Exception as error:  # it has many of its own
        raise Broken(str(error)) from None
    if stream.tell() != len(data):
        raise Broken("more than one item")
    return item


def cbor_of(kind, value):
    return cbor2.dumps(cbor_item(kind, value), canonical=True)


def cbor_item(kind, value):
    return {STRING: lambda: value.decode(), BYTES: lambda: value, OBJLNK: lambda: link(value),
            BOOLEAN: lambda: bool(value)}.get(kind, lambda: value)()


def from_cbor_item(kind, item):
    wanted = {STRING: str, BYTES: bytes, OBJLNK: str, BOOLEAN: bool, INTEGER: int}[kind]
    if type(item) is not wanted:
        raise Broken(f"{item!r} is not of type {kind}")
    if kind == STRING:
        return item.encode()
    return unlink(item) if kind == OBJLNK else int(item) if kind == BOOLEAN else item


# SenML: records with the labels of JSON

LABELS = {-1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs", 0: "n", 1: "u", 2: "v",
          3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd"}
CODES = {label: code for code, label in LABELS.items()}
NAME = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-:./_")
VALUES = {"v": INTEGER, "vs": STRING, "vb": BOOLEAN, "vd": BYTES, "vlo": OBJLNK}
# Units, times and sums say nothing here; whoever has no use for them does not look at them.
TYPES = {"bver": (int,), "bn": (str,), "bv": (int, float), "n": (str,), "v": (int, float),
         "vs": (str,), "vb": (bool,), "vd": (str, bytes), "vlo": (str,)}


def pairs(items):
    keys = [k for k, _ in items if k in TYPES]
    if len(set(keys)) != len(keys):
        raise Broken("a label twice")
    return dict(items)


def from_senml_json(data, errors="strict"):
    def refuse(name):
        raise Broken(name)
    try:
        pack = json.loads(utf8(data, errors), object_pairs_hook=pairs, parse_constant=refuse)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Broken(str(error)) from None
    return records(pack, False)


def from_senml_cbor(data, errors="strict"):
    return records(loads(data, errors), True)


def records(pack, binary):
    """[(name, type or None, value)], the base fields resolved (RFC 8428, 4.6)."""
    if not isinstance(pack, list) or not pack:
        raise Broken("no array of records")
    base, found = {"bn": "", "bver": 10}, []
    for record in pack:
        if not isinstance(record, dict):
            raise Broken("no record")
        if binary:
            record = {LABELS.get(k, k) if not isinstance(k, (str, bool)) else k: v
                      for k, v in record.items()}
        for label, value in record.items():
            if label in TYPES and not (type(value) in TYPES[label]):
                raise Broken(f"{label} is {value!r}")
            if label not in TYPES and isinstance(label, str) and label.endswith("_"):
                raise Broken("a label that must be understood")
            if label in ("bn", "bver", "bv"):
                base[label] = value
        if base["bver"] > 10 or base["bver"] < 1:
            raise Broken("another version")
        given = [label for label in VALUES if label in record]
        if not given and "n" not in record:
            continue           # of base fields alone
        name = base["bn"] + record.get("n", "")
        if not name or name[0] not in NAME - set("-:._") or set(name) - NAME:
            raise Broken(f"a name: {name!r}")
        if len(given) > 1:
            raise Broken("several values")
        if not given:
            found.append((name, None, None))
            continue
        label, value = given[0], record[given[0]]
        if label == "vd" and isinstance(value, str):
            if binary:
                raise Broken("text in vd")
            value = from_base64url(value)
        elif label == "vs":
            try:
                value = value.encode()
            except UnicodeEncodeError as error:   # half of a pair
                raise Broken(str(error)) from None
        elif label == "vlo":
            value = unlink(value)
        elif label == "v" and "bv" in base:
            value += base["bv"]
        found.append((name, VALUES[label], value))
    return found


def from_base64url(text):
    """RFC 8428 wants base64url without padding; the other alphabet and padding are borne."""
    try:
        if not text.isascii():
            raise Broken("no base64url")
        text = text.replace("-", "+").replace("_", "/")
        if len(text) % 4 and "=" not in text:
            text += "=" * (-len(text) % 4)
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Broken(str(error)) from None


def to_base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def senml_leaves(found):
    """[(path, type, value)]"""
    def path(name):
        parts = name.removeprefix("/").split("/")
        if not all(p.isascii() and p.isdigit() and (p == "0" or p[0] != "0") for p in parts):
            raise Broken(f"no path: {name}")
        return tuple(int(p) for p in parts)
    return [(path(name), kind, value) for name, kind, value in found]


def senml_value(kind, value, binary):
    label = {v: k for k, v in VALUES.items()}[kind]
    if kind == STRING:
        value = value.decode()
    elif kind == BYTES and not binary:
        value = to_base64url(value)
    elif kind == BOOLEAN:
        value = bool(value)
    elif kind == OBJLNK:
        value = link(value)
    return {label: value}


def senml_of(leaves, binary, base=""):
    """A pack of leaves {path: (type, value)}; with `base`, names are told apart from it."""
    pack = []
    for path, (kind, value) in leaves.items():
        name = "/" + "/".join(map(str, path))
        record = {"bn": base} if base and not pack else {}
        rest = name.removeprefix(base) if base else name
        if rest or not base:
            record["n"] = rest
        record.update(senml_value(kind, value, binary))
        pack.append({CODES.get(k, k): v for k, v in record.items()} if binary else record)
    return cbor2.dumps(pack) if binary else json.dumps(pack).encode()


# All of them

def encode(format, path, leaves):
    """A payload about `path`; None: the format cannot say it."""
    if format == TLV:
        return tlv_of(path, leaves)
    if format in (SENML_JSON, SENML_CBOR):
        return senml_of(leaves, format == SENML_CBOR)
    if set(leaves) != {path}:
        return None
    kind, value = leaves[path]
    if format == OPAQUE:
        return value if kind == BYTES else None
    return text_of(kind, value) if format == TEXT else cbor_of(kind, value)


def decode(format, path, data):
    """{path: (type, value)}, each once and beneath `path`."""
    if format in (SENML_JSON, SENML_CBOR):
        found = senml_leaves(from_senml_cbor(data) if format == SENML_CBOR
                             else from_senml_json(data))
    elif format == TLV:
        found = [(at, KINDS.get((at[0], at[2])), value) for at, value in tlv_leaves(path, data)]
        found = [(at, kind, from_tlv_value(kind, value) if kind else value)
                 for at, kind, value in found]
    else:
        kind = KINDS.get((path[0], path[2]))
        if kind is None or (format == OPAQUE and kind != BYTES):
            raise Broken("not in this format")
        value = (data if format == OPAQUE else from_text(kind, data) if format == TEXT
                 else from_cbor_item(kind, loads(data)))
        found = [(path, kind, value)]
    leaves = {at: (kind, value) for at, kind, value in found}
    if any(at[:len(path)] != path for at in leaves):
        raise Broken("another path")
    if len(leaves) != len(found):
        raise Twice()
    return leaves
