#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A tracker on kernel sockets that can be told to have one fault. For tests.

Prints "ready" when it listens; exits when its standard input is closed.
"""

import argparse
import random
import select
import socket
import struct
import sys

CONNECT, ANNOUNCE, SCRAPE, ERROR = range(4)
MAGIC = 0x41727101980
CONNECTION_ID = 0x0123456789ABCDEF
OTHER_PEER = {socket.AF_INET: b"\xcb\x00\x71\x07", socket.AF_INET6: bytes.fromhex("20010db8" + "07" * 12)}


def packed(family, address, port):
    return socket.inet_pton(family, address) + struct.pack("!H", port)


def reply_connect(fault, transaction):
    if fault == "length":
        return struct.pack("!IIQI", CONNECT, transaction, CONNECTION_ID, 0)
    return struct.pack("!IIQ", CONNECT, transaction, CONNECTION_ID)


def reply_announce(fault, request, transaction, family, address):
    (port,) = struct.unpack_from("!H", request, 96)
    (wanted,) = struct.unpack_from("!I", request, 92)
    other = OTHER_PEER[family] + struct.pack("!H", 6881)
    peers = [other] * min(wanted, 2)
    leechers, seeders, interval = 1, len(peers), 1800
    if fault == "self":
        peers[-1] = packed(family, address, port)
    elif fault == "port_zero":
        peers[-1] = OTHER_PEER[family] + b"\0\0"
    elif fault == "counts":
        leechers = seeders = 0
    elif fault == "interval":
        interval = 0
    elif fault == "too_many":
        peers = [other] * (wanted + 1)
        seeders = len(peers)
    action = SCRAPE if fault == "action" else ANNOUNCE
    return struct.pack("!IIIII", action, transaction, interval, leechers, seeders) + b"".join(peers)


def reply_scrape(request, transaction):
    rows = (len(request) - 16) // 20
    return struct.pack("!II", SCRAPE, transaction) + struct.pack("!III", 1, 2, 3) * rows


class Tracker:
    def __init__(self, fault):
        self.fault = fault
        self.random = random.Random(1)

    def reply(self, request, family, address):
        """The replies to a request."""
        if len(request) < 16:
            return []
        id_, action, transaction = struct.unpack_from("!QII", request)
        if action == CONNECT:
            return [reply_connect(self.fault, transaction)] if id_ == MAGIC else []
        if self.fault == "error_reply":
            return [struct.pack("!II", ERROR, transaction) + b"not today"]
        if self.fault == "lost" and self.random.random() < 0.2:
            return []
        if self.fault == "unknown_transaction":
            transaction ^= 0x00F00000
        if action == SCRAPE and len(request) >= 36:
            return [reply_scrape(request, transaction)]
        if action != ANNOUNCE or len(request) < 98 or id_ != CONNECTION_ID:
            return []
        answer = reply_announce(self.fault, request, transaction, family, address)
        return [answer, answer] if self.fault == "twice" else [answer]


def listen(family, address, port):
    listener = socket.socket(family, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    listener.bind((address, port))
    return listener


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("addresses", nargs="+")
    parser.add_argument("--port", type=int, default=6969)
    parser.add_argument("--fault", default="")
    arguments = parser.parse_args()
    listeners = [
        listen(socket.AF_INET6 if ":" in address else socket.AF_INET, address, arguments.port)
        for address in arguments.addresses
    ]
    # Replies come from another UDP port than the request went to.
    aside = {listener.family: listener for listener in listeners}
    if arguments.fault == "address":
        aside = {
            listener.family: listen(listener.family, listener.getsockname()[0], 7000)
            for listener in listeners
        }
    tracker = Tracker(arguments.fault)
    print("ready", flush=True)
    while True:
        for readable in select.select([*listeners, sys.stdin], [], [])[0]:
            if readable is sys.stdin:
                return
            request, sender = readable.recvfrom(2048)
            for answer in tracker.reply(request, readable.family, sender[0]):
                connect = answer[:4] == b"\0\0\0\0"
                (readable if connect else aside[readable.family]).sendto(answer, sender)


if __name__ == "__main__":
    main()
