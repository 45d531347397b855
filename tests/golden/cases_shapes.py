# SPDX-License-Identifier: BSD-3-Clause
"""Exhaustive shapes: every length of a payload by action and id, every byte of an announce, every cut and
every bit of a frame, every lie about a length. Each is held against a second reading of the specifications
(any_frame.py, any_payload.py): its verdict, and every byte of its answer."""

import itertools
import struct

import any_frame
import bep15
from frames import client4, client6
from shapes import Shapes, chained, make, summed, tagged, with_udp
from suite import case, check

LENGTHS = range(2049)
ACTIONS = (0, 1, 2, 3, 4, 5, 1 << 31, (1 << 32) - 1)
HASH = b"\xaa" * 20


def _clients():
    return client4(2), client6(2)


# --- payloads -----------------------------------------------------------------------------------


def _every_length(lab, client):
    shapes = Shapes(lab)
    ids = shapes.scenario.ids
    known = [ids.mint(client), ids.mint(client, 5), ids.mint(client) ^ 1]
    tail = bytes(range(1, 252)) * 9
    for action, connection_id in itertools.product(ACTIONS, known):
        if action == bep15.CONNECT and connection_id == known[0]:
            connection_id = bep15.MAGIC
        for length in LENGTHS:
            head = struct.pack(">QII", connection_id, action, shapes.scenario.transaction_id())
            shapes.send(client, (head + HASH + tail)[:length])
    shapes.run(len(LENGTHS) * len(ACTIONS) * len(known))


@case("shapes: every length of a payload, by action and id, over IPv4")
def every_length_ipv4(lab):
    _every_length(lab, client4(2))


@case("shapes: every length of a payload, by action and id, over IPv6")
def every_length_ipv6(lab):
    _every_length(lab, client6(2))


@case("shapes: every value of every byte of an announce")
def every_byte(lab):
    shapes = Shapes(lab)
    for client in _clients():
        whole = bep15.announce(shapes.scenario.ids.mint(client), 0, HASH, 6881, left=1000, num_want=3)
        for at, value in itertools.product(range(len(whole)), range(256)):
            payload = bytearray(whole)
            payload[12:16] = shapes.scenario.transaction_id().to_bytes(4, "big")
            payload[at] = value
            shapes.send(client, bytes(payload))
    shapes.run(2 * 98 * 256)


# --- frames -------------------------------------------------------------------------------------


def _whole(shapes):
    """A connect and an announce of each family."""
    for client in _clients():
        announce = bep15.announce(shapes.scenario.ids.mint(client), 7, HASH, 6881)
        for payload in (bep15.connect(7), announce):
            yield client, make(shapes.scenario.port, client, payload)


@case("shapes: frames cut at every byte, padded and tagged")
def every_cut(lab):
    shapes = Shapes(lab)
    for _, frame in _whole(shapes):
        for whole in (frame, tagged(frame, 0), tagged(frame, 0xE000), tagged(frame, 5)):
            for at in range(1, len(whole) + 1):
                shapes.add(whole[:at])
                shapes.add(whole[:at] + bytes(60 - at if at < 60 else 7))
                shapes.add(whole[:at] + b"\xff" * 64)
    shapes.run(5000)


def _is_modelled(frame, port):
    try:
        any_frame.judge(frame, port)
    except any_frame.Dropped:
        pass
    except NotImplementedError:  # ARP, ICMP: what comes of it is another test's
        return False
    return True


@case("shapes: every bit of a frame, and every value of each of its first 60 bytes")
def every_bit(lab):
    shapes = Shapes(lab)
    left_out = 0
    for _, frame in _whole(shapes):
        changes = [(at, 1 << bit) for at in range(len(frame)) for bit in range(8)]
        changes += itertools.product(range(min(60, len(frame))), range(1, 256))
        for at, mask in changes:
            changed = bytearray(frame)
            changed[at] ^= mask
            if _is_modelled(bytes(changed), shapes.scenario.port):
                shapes.add(bytes(changed))
            else:
                left_out += 1
    check(left_out <= 10, f"{left_out} frames were left out")
    shapes.run(60000)


# --- lies about lengths -------------------------------------------------------------------------


@case("shapes: every version and length of an IPv4 header, every total length, every fragment")
def ipv4_lengths(lab):
    shapes = Shapes(lab)
    frame = make(shapes.scenario.port, client4(2), bep15.connect(7))
    for padding in (b"", b"\x01" * 40):
        for first in range(256):
            shapes.add(summed(frame[:14] + bytes([first]) + frame[15:] + padding))
        for total in (*range(200), 0x7FFF, 0x8000, 0xFFFF):
            shapes.add(summed(frame[:16] + total.to_bytes(2, "big") + frame[18:] + padding))
        for bits in range(0, 1 << 16, 61):
            shapes.add(summed(frame[:20] + bits.to_bytes(2, "big") + frame[22:] + padding))
    shapes.run(3000)


@case("shapes: every length of a UDP header")
def udp_lengths(lab):
    shapes = Shapes(lab)
    for client, frame in _whole(shapes):
        at = 34 if client.family == "ipv4" else 54
        for length in (*range(300), 0x7FFF, 0x8000, 0xFFFF):
            shapes.add(with_udp(frame, at, length))
            shapes.add(with_udp(frame, at, length)[: at + max(length, 8)])
    shapes.run(2400)


@case("shapes: IPv6 payload lengths, and chains of extension headers")
def ipv6_chains(lab):
    shapes = Shapes(lab)
    frame = make(shapes.scenario.port, client6(2), bep15.connect(7))
    for length in (*range(200), 0x7FFF, 0x8000, 0xFFFF):
        shapes.add(frame[:18] + length.to_bytes(2, "big") + frame[20:])
        shapes.add(frame[:18] + length.to_bytes(2, "big") + frame[20:] + b"\x01" * 100)
    kinds = (any_frame.HOP_BY_HOP, any_frame.ROUTING, any_frame.FRAGMENT, any_frame.DESTINATION)
    for count in range(6):
        for chain in itertools.product(kinds, repeat=count):
            shapes.add(chained(frame, chain))
    for kind, units in itertools.product(kinds, range(256)):
        shapes.add(chained(frame, [kind], [units]))
        shapes.add(chained(frame, [kind, any_frame.DESTINATION], [0, units]))
    for kind, body in itertools.product(kinds, range(256)):
        shapes.add(chained(frame, [kind], body=body))
    shapes.run(4000)
