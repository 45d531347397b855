#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A client of a UDP tracker, for checks from outside (BEP 15): probe.py HOST [PORT [INFO_HASH]]

Connects to each address of HOST and announces, and prints a line for each. Exit status 0 if every address
replies to both, 1 if not, 2 for a wrong command line. The peer that it announces has stopped, so the tracker
does not store it. Without INFO_HASH (40 hexadecimal digits) the torrent is one that nobody has.
"""

import os
import socket
import struct
import sys
import time

TIMEOUT_S = 3
PROTOCOL = 0x41727101980
CONNECT, ANNOUNCE, ERROR = 0, 1, 3
STOPPED = 3


def ask(tracker, request, action):
    """The reply's bytes behind action and transaction id."""
    number = os.urandom(4)
    tracker.send(request(number))
    reply = tracker.recv(2048)
    if len(reply) < 8 or reply[4:8] != number:
        raise OSError("a reply to something else")
    if struct.unpack_from("!I", reply)[0] == ERROR:
        raise OSError("error: " + reply[8:].decode(errors="replace"))
    if struct.unpack_from("!I", reply)[0] != action:
        raise OSError("a reply of another kind")
    return reply[8:]


def probe(family, address, info_hash):
    with socket.socket(family, socket.SOCK_DGRAM) as tracker:
        tracker.settimeout(TIMEOUT_S)
        tracker.connect(address)
        connect = ask(tracker, lambda number: struct.pack("!QI4s", PROTOCOL, CONNECT, number), CONNECT)
        identity = connect[:8].ljust(8, b"\0")
        tail = info_hash + b"-PR0100-" + os.urandom(12) + struct.pack("!QQQIII", 0, 1, 0, STOPPED, 0, 0)
        tail += struct.pack("!iH", 0, 6881)
        reply = ask(
            tracker, lambda number: struct.pack("!8sI4s", identity, ANNOUNCE, number) + tail, ANNOUNCE
        )
        return struct.unpack_from("!I", reply)[0]


def main():
    try:
        host, port, info_hash = (sys.argv[1:] + ["6969", os.urandom(20).hex()][len(sys.argv) - 2 :])[:3]
        info_hash = bytes.fromhex(info_hash)
        if host.startswith("-") or not port.isdigit() or len(info_hash) != 20 or len(sys.argv) > 4:
            raise ValueError
    except ValueError:
        print(__doc__, file=sys.stderr)
        return 2
    status = 0
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except socket.gaierror as error:
        print(f"{host}: {error.strerror}")
        return 1
    for family, _, _, _, address in found:
        began = time.monotonic()
        try:
            interval = probe(family, address, info_hash)
            print(f"{address[0]}: ok, {1000 * (time.monotonic() - began):.1f} ms, interval {interval} s")
        except OSError as error:
            print(f"{address[0]}: {error}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
