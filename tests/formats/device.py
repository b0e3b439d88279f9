# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The device of device.c, behind a pipe."""

import os
import subprocess
from dataclasses import dataclass

GET, POST, PUT, DELETE = 1, 2, 3, 4
TEXT, LINK, OPAQUE, CBOR, SENML_JSON, SENML_CBOR, TLV = 0, 40, 42, 60, 110, 112, 11542
FORMATS = (TEXT, OPAQUE, CBOR, TLV, SENML_JSON, SENML_CBOR)  # of values
WITHOUT = {TEXT: 1, OPAQUE: 2, CBOR: 4, TLV: 8, SENML_JSON: 16, SENML_CBOR: 32, LINK: 64}

CREATED, DELETED, CHANGED, CONTENT, CONTINUE = 65, 66, 68, 69, 95
BAD_REQUEST, NOT_FOUND, NOT_ALLOWED, NOT_ACCEPTABLE = 128, 132, 133, 134
INCOMPLETE, TOO_LARGE, UNSUPPORTED, INTERNAL = 136, 141, 143, 160

STRING, BYTES, INTEGER, BOOLEAN, OBJLNK = 1, 2, 3, 4, 5

OFFER = {n: 1 << n for n in range(32)}


@dataclass(frozen=True)
class Answer:
    code: int
    format: int = None
    created: int = None
    total: int = 0
    more: int = 0
    etag: int = 0
    payload: bytes = b""


def number(word):
    return None if word in ("-", "65535") else int(word)


def unhex(word):
    return b"" if word == "-" else bytes.fromhex(word)


def answer(line):
    word = line.split()
    return Answer(int(word[0]), number(word[1]), number(word[2]), int(word[3]),
                  int(word[4]), int(word[5]), unhex(word[6]))


def path_of(text):
    return tuple(int(n) for n in text.split("/"))


def dash(value):
    return "-" if value is None else str(value)


def line_of(method, path, payload=b"", format=None, accept=None, offset=0, more=0, total=0,
            server=1):
    return (f"r {method} {path or '-'} {dash(format)} {dash(accept)} {offset} {int(more)} "
            f"{total} {server} {payload.hex() or '-'}")


class Device:
    def __init__(self):
        self.process = subprocess.Popen([os.environ["SWMGMT_DEVICE"]], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1 << 16)

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0
        self.process.stdout.close()

    def lines(self, commands):
        """Several commands, then as many answers."""
        self.process.stdin.write("".join(c + "\n" for c in commands) + "\n")
        self.process.stdin.flush()
        out = [self.process.stdout.readline() for _ in commands]
        assert all(out), "the device has ended"
        return [line.rstrip("\n") for line in out]

    def line(self, command):
        return self.lines([command])[0]

    def ok(self, command):
        assert self.line(command) == "0", command

    def reset(self, without=(), **options):
        if without:
            options["without"] = sum(WITHOUT[f] for f in without)
        self.ok("reset" + "".join(f" {k}={v}" for k, v in options.items()))

    def request(self, *arguments, **named):
        return answer(self.line(line_of(*arguments, **named)))

    def requests(self, several):
        """Of (arguments, named)."""
        return [answer(line) for line in self.lines([line_of(*a, **n) for a, n in several])]

    def get(self, path, accept=None, **named):
        return self.request(GET, path, accept=accept, **named)

    def put(self, path, payload, format=None, **named):
        return self.request(PUT, path, payload, format, **named)

    def post(self, path, payload=b"", format=None, **named):
        return self.request(POST, path, payload, format, **named)

    def poll(self):
        self.ok("poll")

    def stored(self, instance=0):
        return unhex(self.line(f"stored {instance}"))

    def fetched(self):
        """URI, user name and password as the firmware is handed them by a download."""
        return tuple(unhex(word) for word in self.line("fetched").split())

    def names(self, name, version):
        self.line(f"names {name.hex() or '-'} {version.hex() or '-'}")

    def values(self):
        """{path: (type, value)} of all that can be read, by the C interface alone."""
        found = {}
        for word in self.line("values").split():
            path, _, value = word.partition("=")
            kind, _, value = value.partition(":")
            found[path_of(path)] = (int(kind), unhex(value) if kind in "12" else int(value))
        return found
