# SPDX-License-Identifier: BSD-3-Clause
"""A client of the tracker: client.py TRACKER INFO_HASH PORT… announces one peer from each UDP port.

Runs in the network namespace of a guest. Prints what the last announce was told, as JSON: peers and counts.
"""

import json
import pathlib
import socket
import struct
import sys

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "golden"))

import bep15  # noqa: E402

ATTEMPTS = 10
TIMEOUT_S = 1


def ask(sock, request):
    """The reply behind action and transaction id."""
    for _ in range(ATTEMPTS):
        sock.send(request)
        try:
            reply = sock.recv(2048)
        except (socket.timeout, ConnectionRefusedError):
            continue
        if reply[:8] != request[8:16]:
            sys.exit(f"{reply.hex()} is no reply to {request.hex()}")
        return reply[8:]
    sys.exit(f"no reply to {ATTEMPTS} requests")


def announce(tracker, info_hash, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(TIMEOUT_S)
        sock.bind(("", port))
        sock.connect((tracker, 6969))
        connection = int.from_bytes(ask(sock, bep15.connect(port)), "big")
        reply = ask(sock, bep15.announce(connection, port, info_hash, port, left=1, num_want=50))
    interval, leechers, seeders = struct.unpack("!III", reply[:12])
    peers = [struct.unpack("!H", reply[at + 4 : at + 6])[0] for at in range(12, len(reply), 6)]
    return {"interval": interval, "leechers": leechers, "seeders": seeders, "ports": sorted(peers)}


def main():
    tracker, info_hash, *ports = sys.argv[1:]
    told = None
    for port in ports:
        told = announce(tracker, bytes.fromhex(info_hash), int(port))
    print(json.dumps(told))


if __name__ == "__main__":
    main()
