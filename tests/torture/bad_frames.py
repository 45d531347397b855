# SPDX-License-Identifier: BSD-3-Clause
"""Frames that have to be dropped without a word: cut, spoiled, lying, forged, noise; each with its
verdict."""

import itertools
import random
import struct

import any_frame
import bep15
import frames
from shapes import chained, make, summed, tagged, with_udp

HASH = b"\xbb" * 20
FORGED_ID = 1
LENGTHS = (*range(0, 120), *range(120, 1440, 37))
ACTIONS = (0, 1, 2, 3, 4, 1 << 31, (1 << 32) - 1)
NOISE = 2000
EXTENSIONS = (any_frame.HOP_BY_HOP, any_frame.ROUTING, any_frame.FRAGMENT, any_frame.DESTINATION)


def _wholes(port, clients):
    announce = bep15.announce(FORGED_ID, 7, HASH, 6881)
    for client, payload in itertools.product(clients, (bep15.connect(7), announce)):
        yield make(port, client, payload)


def _cuts(whole):
    for frame in (whole, tagged(whole, 0), tagged(whole, 5)):
        for at in range(1, len(frame)):
            yield frame[:at]
            yield frame[:at] + bytes(max(60 - at, 5))


def _flips(whole):
    for at, bit in itertools.product(range(len(whole)), range(8)):
        frame = bytearray(whole)
        frame[at] ^= 1 << bit
        yield bytes(frame)


def _lies(whole):
    ipv4 = whole[12:14] == b"\x08\0"
    for length in (*range(0, 180), 0x7FFF, 0xFFFF):
        yield with_udp(whole, 34 if ipv4 else 54, length)
        if ipv4:
            yield summed(whole[:16] + length.to_bytes(2, "big") + whole[18:])
            yield summed(whole[:14] + bytes([length & 0xFF]) + whole[15:] + bytes(40))
            yield summed(whole[:20] + (length * 97 & 0xFFFF).to_bytes(2, "big") + whole[22:])
        else:
            yield whole[:18] + length.to_bytes(2, "big") + whole[20:]


def _chains(whole):
    if whole[12:14] != b"\x86\xdd":
        return
    for count in range(1, 5):
        for kinds in itertools.product(EXTENSIONS, repeat=count):
            yield chained(whole, kinds)
            yield chained(whole, kinds, [200] * count)


def _payloads(port, clients):
    for client, action, length in itertools.product(clients, ACTIONS, LENGTHS):
        payload = struct.pack(">QII", FORGED_ID, action, 7) + HASH + bytes(1600)
        yield make(port, client, payload[:length])


def _noise(port):
    generator = random.Random(1)
    own = bytes.fromhex(port.mac.replace(":", ""))
    for _ in range(NOISE):
        yield own + generator.randbytes(generator.randrange(8, 400))


def _all(port, clients):
    for whole in _wholes(port, clients):
        for kind in (_cuts, _flips, _lies, _chains):
            yield from kind(whole)
    yield from _payloads(port, clients)
    yield from _noise(port)


def _end_of_payload(family, payload):
    """The verdict of a payload whose connection id is forged; None: it is answered."""
    action = int.from_bytes(payload[8:12], "big")
    shortest = {bep15.ANNOUNCE: (98, "announce_short"), bep15.SCRAPE: (36, "scrape_short")}
    if len(payload) < 16:
        return "request_short"
    if len(payload) > 1500 - (28 if family == "ipv4" else 48):
        return "request_long"
    if action == bep15.CONNECT:
        return None if int.from_bytes(payload[:8], "big") == bep15.MAGIC else "request_magic"
    if action not in shortest:
        return "request_action"
    length, verdict = shortest[action]
    return verdict if len(payload) < length else "id_forged"


def _end(port, frame):
    try:
        found = any_frame.judge(frame, port)
    except any_frame.Dropped as dropped:
        return dropped.args
    except NotImplementedError:  # ARP, ICMP: some are answered
        return None
    verdict = _end_of_payload(found.family, found.payload)
    return verdict and (found.family, verdict)


def bad_frames(port, clients):
    """(frame, family, verdict) of each, in an order that is random and always the same."""
    ends = ((frame, _end(port, frame)) for frame in _all(port, clients))
    rows = [(frame, *end) for frame, end in ends if end]
    random.Random(2).shuffle(rows)
    return rows


def floods(port, clients):
    """Frames of neighbours that ask for nothing but answers: pings, ARP, NDP, closed ports."""
    for client in clients:
        yield bytes(frames.echo(client, port, b"x" * 40))
        yield bytes(frames.request(client, port, b"x" * 100, udp={"dport": 9}))
        if client.family == "ipv4":
            yield bytes(frames.arp(client, port, pdst=port.ipv4))
        else:
            yield bytes(frames.solicitation(client, port))
