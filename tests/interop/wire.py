# SPDX-License-Identifier: Apache-2.0 OR MIT
"""CoAP datagrams made and read by hand, and a peer that is in full control of them.

A CoAP library hides what these tests are about (message IDs, duplicates, wrong
block numbers), so this file speaks RFC 7252, 7641 and 7959 itself.
"""

import collections
import itertools
import os
import select
import socket
import time

CON, NON, ACK, RST = 0, 1, 2, 3
GET, POST, PUT, DELETE, FETCH = 1, 2, 3, 4, 5

CREATED = "2.01"
DELETED = "2.02"
CHANGED = "2.04"
CONTENT = "2.05"
CONTINUE = "2.31"
BAD_REQUEST = "4.00"
NOT_FOUND = "4.04"
NOT_ALLOWED = "4.05"
NOT_ACCEPTABLE = "4.06"
INCOMPLETE = "4.08"
TOO_LARGE = "4.13"
UNSUPPORTED_FORMAT = "4.15"
SERVER_ERROR = "5.00"

ETAG, OBSERVE, LOCATION_PATH, URI_PATH, CONTENT_FORMAT = 4, 6, 8, 11, 12
URI_QUERY, ACCEPT, BLOCK2, BLOCK1, SIZE1 = 15, 17, 23, 27, 60

TEXT, LINK_FORMAT, OPAQUE, CBOR = 0, 40, 42, 60
SENML_JSON, SENML_CBOR, TLV = 110, 112, 11542

PATIENCE = float(os.environ.get("SWMGMT_PATIENCE", "20"))  # seconds for any one answer or state
RETRANSMIT_AFTER = 3.0  # seconds; loopback hardly loses anything

Message = collections.namedtuple("Message", "type code mid token options payload")


class DeviceSilent(AssertionError):
    """The device did not answer, or not with what a test waits for."""


def uint(value):
    """The shortest encoding of a CoAP uint option."""
    return value.to_bytes((value.bit_length() + 7) // 8, "big")


def block(num, more, szx):
    return uint(num << 4 | (8 if more else 0) | szx)


def dotted(code):
    return f"{code >> 5}.{code & 31:02d}"


def undotted(text):
    major, minor = text.split(".")
    return int(major) << 5 | int(minor)


def _nibble(value):
    if value < 13:
        return value, b""
    if value < 269:
        return 13, bytes([value - 13])
    return 14, (value - 269).to_bytes(2, "big")


def encode(mtype, code, mid, token=b"", options=(), payload=b""):
    out = bytearray([0x40 | mtype << 4 | len(token), code, mid >> 8, mid & 255])
    out += token
    previous = 0
    for number, value in sorted(options, key=lambda option: option[0]):
        delta, delta_more = _nibble(number - previous)
        length, length_more = _nibble(len(value))
        out.append(delta << 4 | length)
        out += delta_more + length_more + value
        previous = number
    if payload:
        out += b"\xff" + payload
    return bytes(out)


def decode(datagram):
    if len(datagram) < 4 or datagram[0] >> 6 != 1:
        raise ValueError(f"not CoAP: {datagram!r}")
    token_end = 4 + (datagram[0] & 15)
    token = datagram[4:token_end]
    options, at, number = [], token_end, 0
    while at < len(datagram) and datagram[at] != 0xFF:
        delta, length = datagram[at] >> 4, datagram[at] & 15
        at += 1
        parts = []
        for part in (delta, length):
            if part == 13:
                part, at = datagram[at] + 13, at + 1
            elif part == 14:
                part, at = int.from_bytes(datagram[at:at + 2], "big") + 269, at + 2
            elif part == 15:
                raise ValueError(f"reserved option nibble: {datagram!r}")
            parts.append(part)
        number += parts[0]
        options.append((number, datagram[at:at + parts[1]]))
        at += parts[1]
    return Message(datagram[0] >> 4 & 3, datagram[1], int.from_bytes(datagram[2:4], "big"),
                   token, options, datagram[at + 1:])


class Reply:
    """What a request was answered with."""

    def __init__(self, message):
        self.message = message
        self.code = dotted(message.code)
        self.payload = message.payload

    def option(self, number, default=None):
        for key, value in self.message.options:
            if key == number:
                return value
        return default

    def uint(self, number, default=None):
        value = self.option(number)
        return default if value is None else int.from_bytes(value, "big")

    def all(self, number):
        return [value for key, value in self.message.options if key == number]

    @property
    def text(self):
        return self.payload.decode("utf-8")

    def __repr__(self):
        return f"<{self.code} {self.message.options} {self.payload[:60]!r}>"


Note = collections.namedtuple("Note", "path value code sequence reply")


def segments(path):
    return [part for part in str(path).strip("/").split("/") if part]


class Peer:
    """One CoAP endpoint on its own local port: to the device, one server.

    Notifications arrive while any call waits; they are acknowledged at once and
    kept in `notes`, in the order in which they came.
    """

    def __init__(self, port, host="127.0.0.1"):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.device = (host, port)
        self._mids = itertools.count(int.from_bytes(os.urandom(2), "big"))
        self._tokens = itertools.count(int.from_bytes(os.urandom(3), "big"))
        self._observed = {}      # token -> path
        self._seen = set()       # (mid, token) of notifications already counted
        self.notes = []
        self.strays = []         # messages nobody waited for (RST, requests, ...)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- datagrams -------------------------------------------------------

    def next_mid(self):
        return next(self._mids) & 0xFFFF

    def next_token(self):
        return next(self._tokens).to_bytes(4, "big")

    def send(self, datagram):
        try:
            self.socket.sendto(datagram, self.device)
        except ConnectionRefusedError:
            pass

    def receive(self, deadline):
        """The next datagram from the device, decoded, or None after the deadline."""
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return None
            try:
                datagram, source = self.socket.recvfrom(65536)
            except ConnectionRefusedError:
                continue
            if source == self.device:
                return decode(datagram)

    def _take(self, message):
        """Files a notification or a stray; True when it was one of the two."""
        if message.token in self._observed and message.code >> 5 in (2, 4, 5):
            if message.type == CON:
                self.send(encode(ACK, 0, message.mid))
            if (message.mid, message.token) not in self._seen:
                self._seen.add((message.mid, message.token))
                reply = Reply(message)
                self.notes.append(Note(self._observed[message.token],
                                       message.payload.decode("utf-8", "replace"),
                                       reply.code, reply.uint(OBSERVE), reply))
            return True
        self.strays.append(message)
        return True

    def pump(self, seconds=0.0):
        """Takes what arrives within the given time."""
        deadline = time.monotonic() + seconds
        while True:
            message = self.receive(max(deadline, time.monotonic() + 0.0005))
            if message is not None:
                self._take(message)
            elif time.monotonic() >= deadline:
                return

    # --- requests --------------------------------------------------------

    def build(self, code, path, payload=b"", *, cf=None, accept=None, observe=None,
              block1=None, block2=None, size1=None, query=(), options=(),
              mtype=CON, mid=None, token=None):
        """A request datagram; block1 and block2 are (num, more, szx) or raw bytes."""
        every = [(URI_PATH, part.encode()) for part in segments(path)]
        every += [(URI_QUERY, part.encode()) for part in query]
        for number, value in ((CONTENT_FORMAT, cf), (ACCEPT, accept), (OBSERVE, observe),
                              (SIZE1, size1)):
            if value is not None:
                every.append((number, uint(value)))
        for number, value in ((BLOCK1, block1), (BLOCK2, block2)):
            if value is not None:
                every.append((number, value if isinstance(value, bytes) else block(*value)))
        every += options
        return encode(mtype, code,
                      self.next_mid() if mid is None else mid,
                      self.next_token() if token is None else token, every, payload)

    def exchange(self, datagram, timeout=PATIENCE):
        """Sends a request (again, when need be) and returns its answer.

        The answer is a Reply, or None when the message was rejected by RST.
        """
        request = decode(datagram)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            self.send(datagram)
            again = min(deadline, time.monotonic() + RETRANSMIT_AFTER)
            while True:
                message = self.receive(again)
                if message is None:
                    break
                if message.type == RST and message.mid == request.mid:
                    return None
                if message.type == ACK and message.code == 0:
                    if message.mid == request.mid:
                        again = deadline      # a separate answer will follow
                    continue
                if (message.token == request.token and message.code >> 5 >= 2
                        and (message.type != ACK or message.mid == request.mid)):
                    if message.type == CON:
                        self.send(encode(ACK, 0, message.mid))
                    self._seen.add((message.mid, message.token))
                    return Reply(message)
                self._take(message)
        raise DeviceSilent(f"no answer within {timeout} s to {request}")

    def request(self, code, path, payload=b"", timeout=PATIENCE, **kw):
        return self.exchange(self.build(code, path, payload, **kw), timeout)

    def get(self, path, **kw):
        """GET; an answer in several blocks is put together."""
        reply = self.request(GET, path, **kw)
        whole = reply.payload
        while reply.code == CONTENT and reply.uint(BLOCK2, 0) & 8:
            value = reply.uint(BLOCK2)
            kw = {key: kw[key] for key in kw if key not in ("observe", "block2")}
            reply = self.request(GET, path, block2=((value >> 4) + 1, False, value & 7), **kw)
            whole += reply.payload
        reply.payload = whole
        return reply

    def value(self, path):
        """The text of a readable resource."""
        reply = self.get(path)
        assert reply.code == CONTENT, f"read of {path}: {reply}"
        return reply.text

    def put(self, path, payload=b"", cf=TEXT, **kw):
        if isinstance(payload, str):
            payload = payload.encode()
        return self.request(PUT, path, payload, cf=cf, **kw)

    def execute(self, path, argument=None, cf=TEXT, **kw):
        if argument is None:
            return self.request(POST, path, **kw)
        if isinstance(argument, str):
            argument = argument.encode()
        return self.request(POST, path, argument, cf=cf, **kw)

    # --- Object 9 --------------------------------------------------------

    def status(self, instance=0):
        """(Update State, Update Result, Activation State) of one moment

        They are three reads; a change between them shows when they are repeated.
        """
        seen = None
        while True:
            before, seen = seen, tuple(int(self.value(f"9/{instance}/{resource}"))
                                       for resource in (7, 9, 12))
            if seen == before:
                return seen

    def wait_status(self, *wanted, instance=0, timeout=PATIENCE):
        """Polls until (7, 9, 12) begins with what is wanted."""
        deadline = time.monotonic() + timeout
        while True:
            seen = self.status(instance)
            if seen[:len(wanted)] == wanted:
                return seen
            if time.monotonic() > deadline:
                raise DeviceSilent(f"9/{instance}: (7, 9, 12) is {seen}, wanted {wanted}")
            time.sleep(0.02)

    def whole(self, data, instance=0, cf=OPAQUE, **kw):
        """The package in one request."""
        return self.request(PUT, f"9/{instance}/2", data, cf=cf, **kw)

    def chunk(self, data, num, szx, more=None, instance=0, cf=OPAQUE, **kw):
        """Block `num` of a package; `more` follows from the data unless given."""
        size = 16 << szx
        if more is None:
            more = (num + 1) * size < len(data)
        return self.request(PUT, f"9/{instance}/2", data[num * size:(num + 1) * size],
                            cf=cf, block1=(num, more, szx), **kw)

    def push(self, data, szx=6, instance=0, cf=OPAQUE, start=0, stop=None, **first):
        """Blocks from number `start` up to (not including) `stop` or the end.

        Every answer is checked: 2.31 and, to the last one, 2.04.  Further
        keywords (size1) go with the first of these blocks.
        """
        size = 16 << szx
        blocks = -(-len(data) // size)
        for num in range(start, blocks if stop is None else stop):
            reply = self.chunk(data, num, szx, instance=instance, cf=cf, **first)
            wanted = CHANGED if num == blocks - 1 else CONTINUE
            assert reply is not None and reply.code == wanted, \
                f"block {num} of {blocks}, {size} bytes each: {reply}"
            first = {}
        return reply

    def push_fast(self, data, szx=6, instance=0):
        """Like push, for very many blocks: one datagram out, one in, little between.

        A push of more than 65,536 blocks uses message IDs again; the token
        tells the messages apart.
        """
        size = 16 << szx
        blocks = -(-len(data) // size)
        head = decode(self.build(PUT, f"9/{instance}/2", cf=OPAQUE))
        fixed = encode(CON, PUT, 0, b"", head.options)[4:]
        sock, device = self.socket, self.device
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        for num in range(blocks):
            last = num == blocks - 1
            option = block(num, not last, szx)
            mid = self.next_mid().to_bytes(2, "big")
            token = self.next_token()
            # 0xd0 and 2: option delta 15, from Content-Format (12) to Block1 (27)
            datagram = b"".join((b"\x44\x03", mid, token, fixed, bytes((0xD0 | len(option), 2)),
                                 option, b"\xff", data[num * size:(num + 1) * size]))
            wanted = b"\x64" + (b"\x44" if last else b"\x5f") + mid + token
            sock.sendto(datagram, device)
            for _ in range(12):
                if poll.poll(RETRANSMIT_AFTER * 1000):
                    answer = sock.recv(2048)
                    if answer[:8] == wanted:
                        break
                    if answer[2:4] == mid and answer[0] == 0x64:
                        raise AssertionError(f"block {num} of {blocks}: {Reply(decode(answer))}")
                    self._take(decode(answer))
                else:
                    sock.sendto(datagram, device)
            else:
                raise DeviceSilent(f"block {num} of {blocks} is not answered")

    def deliver(self, data, instance=0, result=3):
        """Pushes a package and waits until it is DELIVERED."""
        if len(data) <= 1024:
            reply = self.whole(data, instance)
            assert reply.code == CHANGED, reply
        else:
            self.push(data, instance=instance)
        self.wait_status(3, result, instance=instance)

    def install(self, data, instance=0, result=3):
        """Pushes and installs a package."""
        self.deliver(data, instance, result)
        assert self.execute(f"9/{instance}/4").code == CHANGED
        self.wait_status(4, 2, instance=instance)

    # --- observation -----------------------------------------------------

    def observe(self, *paths, **kw):
        """Observes paths, in the order given; returns what is there at present."""
        values = []
        for path in paths:
            token = self.next_token()
            self._observed[token] = str(path)
            reply = self.request(GET, path, observe=0, token=token, **kw)
            assert reply.code == CONTENT, f"observe {path}: {reply}"
            assert reply.option(OBSERVE) is not None, f"{path} is not observed: {reply}"
            values.append(reply if kw else reply.text)
        return values

    def cancel(self, path):
        token = next(key for key, value in self._observed.items() if value == str(path))
        reply = self.request(GET, path, observe=1, token=token)
        del self._observed[token]
        return reply

    def notified(self, path):
        """The values of one resource that were notified so far."""
        return [note.value for note in self.notes if note.path == str(path)]

    def pairs(self):
        """What was notified so far: [("9/0/9", "1"), ...]"""
        return [(note.path, note.value) for note in self.notes]

    def wait_notes(self, condition, timeout=PATIENCE):
        """Takes notifications until condition(self) holds."""
        deadline = time.monotonic() + timeout
        while not condition(self):
            message = self.receive(min(deadline, time.monotonic() + 1.0))
            if message is not None:
                self._take(message)
            elif time.monotonic() > deadline:
                raise DeviceSilent(f"notified so far: {self.pairs()}")

    def wait_note(self, path, value, count=1, timeout=PATIENCE):
        self.wait_notes(lambda peer: peer.notified(path).count(str(value)) >= count, timeout)
