# SPDX-License-Identifier: BSD-3-Clause
"""Sends frames from an interface and tells what comes back: run inside a network namespace.

Reads a line for each frame, in hexadecimal. Where "?" stands in front, a frame must come back, which
is written as a line; else an empty line says that it was sent. What is sent to groups is no answer.
"""

import socket
import sys

TIMEOUT_S = 10
SOL_PACKET = 263
PACKET_IGNORE_OUTGOING = 23  # linux/if_packet.h
EVERYTHING = 3  # ETH_P_ALL
FRAME_MAX = 2048


def answer(wire):
    while (frame := wire.recv(FRAME_MAX))[0] & 1:  # the group bit of the destination
        pass
    return frame.hex()


def main(interface):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        wire.bind((interface, EVERYTHING))
        wire.settimeout(TIMEOUT_S)
        for line in sys.stdin:
            wire.send(bytes.fromhex(line.strip().lstrip("?")))
            print(answer(wire) if line.startswith("?") else "", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
