# SPDX-License-Identifier: BSD-3-Clause
"""Announces to a tracker without pause, and counts what replies say: run inside a network namespace.

First fills a torrent with peers. Says "ready" then, and announces until standard input ends. Writes how
often each pair (interval, number of peers) came, and how many requests had no reply, as JSON.
"""

import collections
import json
import os
import select
import socket
import sys

import bep15

TIMEOUT_S = 3
INFO_HASH = bytes(range(20))
WANTED = 200


class Announcer:
    def __init__(self, tracker):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect((tracker, 6969))
        self.number = 0
        self.connection = None
        self.connect()

    def ask(self, request):
        """The reply behind action and transaction id; None: there was none."""
        self.socket.send(request)
        try:
            reply = self.socket.recv(2048)
        except socket.timeout:
            return None
        head = request[8:16]
        if reply[:8] != head:
            raise SystemExit(f"{reply.hex()} is no reply to {head.hex()}")
        return reply[8:]

    def connect(self):
        self.number += 1
        reply = self.ask(bep15.connect(self.number))
        if reply is None:
            raise SystemExit("no reply to a connect")
        self.connection = int.from_bytes(reply, "big")

    def announce(self, port):
        """(interval, number of peers); None: no reply."""
        self.number += 1
        request = bep15.announce(self.connection, self.number, INFO_HASH, port, left=1, num_want=WANTED)
        reply = self.ask(request)
        if reply is None:
            return None
        return int.from_bytes(reply[:4], "big"), (len(reply) - 12) // bep15.STRIDE["ipv4"]


def main(tracker, peers):
    announcer = Announcer(tracker)
    for port in range(1, int(peers) + 1):
        announcer.announce(port)
    print("ready", flush=True)
    pairs = collections.Counter()
    while not select.select([sys.stdin], [], [], 0)[0] or os.read(0, 1):
        pairs[announcer.announce(1)] += 1
    lost = pairs.pop(None, 0)
    told = [[*pair, count] for pair, count in pairs.items()]
    print(json.dumps({"pairs": told, "lost": lost, "connects": 1, "announces": announcer.number - 1}))


if __name__ == "__main__":
    main(*sys.argv[1:])
