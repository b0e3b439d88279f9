# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The least an LwM2M server does: it registers clients, and asks them things
over the address they registered from."""

import collections
import select
import time
import urllib.parse

from wire import (ACK, CON, CONTENT_FORMAT, DELETE, LOCATION_PATH, NON, PATIENCE, POST,
                  URI_PATH, URI_QUERY, DeviceSilent, Peer, Reply, decode, encode, undotted)

# kind: register, update, deregister; query: {name: value}; at: time of arrival
Event = collections.namedtuple("Event", "kind query payload format path at")


class LwM2MServer(Peer):
    def __init__(self, location=("rd", "5a3f")):
        super().__init__(0)
        self.location = location
        self.events = []
        self.refuse_updates = 0
        self._answered = {}

    @property
    def uri(self):
        return f"coap://127.0.0.1:{self.socket.getsockname()[1]}"

    def receive(self, deadline):
        """Requests of the device are served here; the rest is handed on."""
        while True:
            message = self._receive_from_anyone(deadline)
            if message is None or not 1 <= message.code <= 31:
                return message
            self._serve(message)

    def _receive_from_anyone(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.socket], [], [], left)[0]:
            return None
        datagram, self._source = self.socket.recvfrom(65536)
        return decode(datagram)

    def _serve(self, request):
        key = (self._source, request.mid)
        if key not in self._answered:
            self._answered[key] = self._handle(request, Reply(request))
        code, options = self._answered[key]
        if request.type == CON:
            answer = encode(ACK, undotted(code), request.mid, request.token, options)
        else:
            answer = encode(NON, undotted(code), self.next_mid(), request.token, options)
        self.socket.sendto(answer, self._source)

    def _handle(self, request, parts):
        path = tuple(part.decode() for part in parts.all(URI_PATH))
        query = dict(urllib.parse.parse_qsl(
            "&".join(part.decode() for part in parts.all(URI_QUERY)), keep_blank_values=True))
        if request.code == POST and path == ("rd",):
            kind, code = "register", "2.01"
            self.device = self._source
        elif path == self.location and request.code == POST:
            kind, code = "update", "2.04"
            if self.refuse_updates:
                self.refuse_updates -= 1
                code = "4.04"
        elif path == self.location and request.code == DELETE:
            kind, code = "deregister", "2.02"
        else:
            kind, code = "unknown", "4.04"
        self.events.append(Event(kind, query, request.payload.decode("utf-8", "replace"),
                                 parts.uint(CONTENT_FORMAT), path, time.monotonic()))
        options = [(LOCATION_PATH, part.encode()) for part in self.location] \
            if code == "2.01" else []
        return code, options

    def kinds(self):
        return [event.kind for event in self.events]

    def wait_event(self, kind, count=1, timeout=PATIENCE):
        deadline = time.monotonic() + timeout
        while self.kinds().count(kind) < count:
            if time.monotonic() > deadline:
                raise DeviceSilent(f"no {kind} ({count}); seen: {self.events}")
            self.pump(0.02)
        return [event for event in self.events if event.kind == kind][count - 1]
