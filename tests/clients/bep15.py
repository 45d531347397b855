# SPDX-License-Identifier: BSD-3-Clause
"""A small UDP tracker client (BEP 15), for what real clients cannot be told to do."""

import collections
import ipaddress
import os
import socket
import struct

import process

MAGIC = 0x41727101980
CONNECT, ANNOUNCE, SCRAPE, ERROR = range(4)
NONE, COMPLETED, STARTED, STOPPED, PAUSED = range(5)
ANNOUNCE_BYTES = 98
EVENT_AT = 80
TRIES, TRY_S = 5, 0.5

Announced = collections.namedtuple("Announced", "interval leechers seeders peers")
Scraped = collections.namedtuple("Scraped", "seeders completed leechers")


def connect_request(transaction_id):
    return struct.pack(">QII", MAGIC, CONNECT, transaction_id)


def read_peers(data, version):
    stride = 6 if version == 4 else 18
    if len(data) % stride:
        raise process.Failure(f"{len(data)} bytes of peers are no multiple of {stride}")
    chunks = (data[at : at + stride] for at in range(0, len(data), stride))
    return [(str(ipaddress.ip_address(chunk[:-2])), struct.unpack(">H", chunk[-2:])[0]) for chunk in chunks]


class Client:
    """One socket in a namespace, one tracker."""

    def __init__(self, namespace, tracker, port=6969):
        self.version = ipaddress.ip_address(tracker).version
        family = socket.AF_INET if self.version == 4 else socket.AF_INET6
        self.socket = namespace.socket(family)
        self.socket.settimeout(TRY_S)
        self.socket.connect((tracker, port))
        self.peer_id = b"-WT0001-" + os.urandom(12)
        self.connection_id = None

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _receive(self, transaction_id):
        try:
            while True:
                reply = self.socket.recv(2048)
                if struct.unpack_from(">I", reply, 4)[0] == transaction_id:
                    return reply
        except socket.timeout:
            return None

    def _ask(self, head, action, body=b""):
        transaction_id = struct.unpack(">I", os.urandom(4))[0]
        request = struct.pack(">QII", head, action, transaction_id) + body
        for _ in range(TRIES):
            self.socket.send(request)
            reply = self._receive(transaction_id)
            if reply is not None:
                break
        else:
            raise process.Failure(f"no reply to action {action} within {TRIES * TRY_S} s")
        answered = struct.unpack_from(">I", reply)[0]
        if answered == ERROR:
            raise process.Failure(f"the tracker says: {reply[8:].decode(errors='replace')}")
        if answered != action:
            raise process.Failure(f"action {answered} answers action {action}")
        return reply[8:]

    def connect(self):
        reply = self._ask(MAGIC, CONNECT)
        if len(reply) != 8:
            raise process.Failure(f"connect reply of {8 + len(reply)} bytes, not 16")
        self.connection_id = struct.unpack(">Q", reply)[0]

    def announce(self, info_hash, port, left, event=NONE, want=-1):
        body = info_hash + self.peer_id
        body += struct.pack(">QQQIIIiH", 0, left, 0, event, 0, 0, want, port)
        reply = self._ask(self.connection_id, ANNOUNCE, body)
        numbers = struct.unpack_from(">III", reply)
        return Announced(*numbers, read_peers(reply[12:], self.version))

    def scrape(self, *info_hashes):
        reply = self._ask(self.connection_id, SCRAPE, b"".join(info_hashes))
        return [Scraped(*row) for row in struct.iter_unpack(">III", reply)]


def expect(what, got, wanted):
    if got != wanted:
        raise process.Failure(f"{what}: {got}, expected {wanted}")


def full_exchange(namespace, tracker):
    """Connect, announce and scrape with every event; a Failure where a reply is wrong."""
    info_hash = os.urandom(20)
    with Client(namespace, tracker) as client:
        own = client.socket.getsockname()[0]
        client.connect()
        first = client.announce(info_hash, 7001, left=0, event=STARTED)
        expect("reply to the seed", (first.seeders, first.leechers, first.peers), (1, 0, []))
        second = client.announce(info_hash, 7002, left=1000, event=STARTED)
        expect("peers for the leecher", second.peers, [(own, 7001)])
        expect("counts", (second.seeders, second.leechers), (1, 1))
        expect("scrape", client.scrape(info_hash), [Scraped(1, 0, 1)])
        done = client.announce(info_hash, 7002, left=0, event=COMPLETED)
        expect("counts when completed", (done.seeders, done.leechers), (2, 0))
        expect("peers for a seed", done.peers, [])
        for port in (7001, 7002):
            gone = client.announce(info_hash, port, left=0, event=STOPPED)
        expect("counts when stopped", (gone.seeders, gone.leechers, gone.peers), (0, 0, []))
        unknown = os.urandom(20)
        rows = client.scrape(unknown, info_hash)
        expect("scrape of an unknown torrent", rows[0], Scraped(0, 0, 0))
        expect("scrape of an empty swarm", (rows[1].seeders, rows[1].leechers), (0, 0))
