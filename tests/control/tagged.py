# SPDX-License-Identifier: BSD-3-Clause
"""Announces tagged torrents to a tracker in turn, without pause, and notes how each request was judged.

Run inside a network namespace: tagged.py TRACKER TAG=INFO_HASH... Each line of standard input that is a
tag is answered with how its torrent is judged now: "served", "denied" or "lost". At the end of standard
input it writes, as JSON, how often each tag had each outcome.
"""

import collections
import json
import os
import select
import socket
import sys

import bep15

TIMEOUT_S = 3
ERROR = 3


class Tagged:
    def __init__(self, tracker, torrents):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect((tracker, 6969))
        self.torrents = torrents
        self.number = 0
        self.outcomes = collections.Counter()
        reply = self._ask(bep15.connect(0))
        if reply is None:
            raise SystemExit("no reply to a connect")
        self.connection = int.from_bytes(reply[8:], "big")

    def _ask(self, request):
        """The reply; None: there was none."""
        self.socket.send(request)
        try:
            reply = self.socket.recv(2048)
        except socket.timeout:
            return None
        if reply[4:8] != request[12:16]:
            raise SystemExit(f"{reply.hex()} is no reply to {request.hex()}")
        return reply

    def judge(self, tag):
        self.number += 1
        request = bep15.announce(self.connection, self.number, self.torrents[tag], 6881, left=1, num_want=5)
        reply = self._ask(request)
        outcome = "lost"
        if reply is not None:
            outcome = "denied" if int.from_bytes(reply[:4], "big") == ERROR else "served"
        self.outcomes[tag, outcome] += 1
        return outcome

    def answer(self):
        """Answers a line of standard input. False: it has ended."""
        line = sys.stdin.readline()
        if line:
            print(self.judge(line.strip()), flush=True)
        return bool(line)


def main(tracker, *words):
    torrents = {tag: bytes.fromhex(text) for tag, _, text in (word.partition("=") for word in words)}
    tagged = Tagged(tracker, torrents)
    print("ready", flush=True)
    while True:
        for tag in torrents:
            tagged.judge(tag)
        if select.select([sys.stdin], [], [], 0)[0] and not tagged.answer():
            break
    print(json.dumps([[*key, count] for key, count in tagged.outcomes.items()]))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    main(*sys.argv[1:])
