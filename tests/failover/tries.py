# SPDX-License-Identifier: BSD-3-Clause
"""Clients that announce all the time, with BEP 15's timeouts: what each request cost in tries.

A request that gets no reply within 15 * 2^n seconds is sent again (n from 0). An id is used for a minute; a
client without one connects first. Every flow has a UDP port of its own, so that a router spreads them.
"""

import os
import selectors
import socket
import struct
import threading
import time

import bep15

TIMEOUT_S = 15  # BEP 15, "Time outs"
ID_LIFE_S = 60
FLOWS = 12  # of each address family
PAUSE_S = 0.4  # between a reply and the next request of a flow
WAITING_S = 2  # without a reply for so long: it is lost
KINDS = {bep15.CONNECT: "connect", bep15.ANNOUNCE: "announce"}


class Flow:
    """One socket. One request at a time."""

    def __init__(self, where, family, tracker, log):
        self.socket = where.socket(family)
        self.socket.setblocking(False)
        self.socket.connect((tracker, 6969))
        self.family = 4 if family == socket.AF_INET else 6
        self.log = log
        self.peer_id, self.info_hash = b"-WT0001-" + os.urandom(12), os.urandom(20)
        self.id = None
        self.id_until = 0
        self.kind = None  # of the request under way
        self.tries = 0
        self.begun = self.due = time.monotonic() + os.urandom(1)[0] / 256 * PAUSE_S

    def _announce(self):
        body = self.info_hash + self.peer_id + struct.pack(">QQQIIIiH", 0, 1, 0, 0, 0, 0, -1, 7000)
        return struct.pack(">QII", self.id, bep15.ANNOUNCE, self.transaction) + body

    def send(self, now):
        """The request, again where it is under way."""
        if self.kind is None:
            self.begun, self.tries = now, 0
        self.kind = bep15.ANNOUNCE if now < self.id_until else bep15.CONNECT
        self.transaction = struct.unpack(">I", os.urandom(4))[0]
        connects = self.kind == bep15.CONNECT
        request = bep15.connect_request(self.transaction) if connects else self._announce()
        try:
            self.socket.send(request)
        except OSError:  # the router says that there is no route: no reply, either
            pass
        self.due = now + TIMEOUT_S * 2**self.tries
        self.tries += 1

    def receive(self, now):
        try:
            reply = self.socket.recv(4096)
        except OSError:
            return
        action, transaction = struct.unpack_from(">II", reply)
        if self.kind is None or transaction != self.transaction:
            return
        if action != self.kind:
            self.log.errors.append(reply[8:].decode(errors="replace"))
        elif action == bep15.CONNECT:
            self.id, self.id_until = struct.unpack_from(">Q", reply, 8)[0], now + ID_LIFE_S
        self.log.add(self, now)
        self.kind, self.due = None, now + PAUSE_S

    def turn(self, now):
        if now >= self.due:
            self.send(now)


class Tries:
    """All flows of both families, in a thread, from `with` to its end."""

    def __init__(self, where, trackers):
        self.errors = []
        self.done = []  # (begin, end, tries, kind, family) of each request that was answered
        self._flows = [
            Flow(where, family, trackers[version], self)
            for version, family in ((4, socket.AF_INET), (6, socket.AF_INET6))
            for _ in range(FLOWS)
        ]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        for flow in self._flows:
            flow.socket.close()

    def add(self, flow, now):
        self.done.append((flow.begun, now, flow.tries, KINDS[flow.kind], flow.family))

    def _run(self):
        with selectors.DefaultSelector() as selector:
            for flow in self._flows:
                selector.register(flow.socket, selectors.EVENT_READ, flow)
            while not self._stop.is_set():
                for key, _ in selector.select(0.01):
                    key.data.receive(time.monotonic())
                now = time.monotonic()
                for flow in self._flows:
                    flow.turn(now)

    def waiting(self):
        """Requests that have lost a try and wait for the next."""
        now = time.monotonic()
        return [flow for flow in self._flows if flow.kind is not None and now - flow.begun > WAITING_S]

    def since(self, begin):
        """Of requests that ended since: their number, those that lost a try, the most tries of one."""
        rows = [row for row in list(self.done) if row[1] >= begin]
        return len(rows), sum(row[2] > 1 for row in rows), max((row[2] for row in rows), default=0)
