# SPDX-License-Identifier: BSD-3-Clause
"""Frames of any bytes, and what must become of them: any_frame.py and any_payload.py together."""

import struct

import any_frame
import any_payload
import frames
from suite import check

RUN_FOR_S = 100
# Nothing that is counted by source, and room for every torrent.
SETTINGS = {
    "limits.budget": 0,
    "limits.connects": 0,
    "limits.peers_per_source": 0,
    "limits.peers_per_swarm_and_source": 0,
    "limits.torrents_per_source": 0,
    "swarm.max_torrents": 10000,
    "swarm.max_peers": 20000,
}


class Shapes:
    """A scenario of frames of any bytes."""

    def __init__(self, lab):
        self.scenario = lab.scenario(settings=SETTINGS)
        self.payloads = any_payload.AnyPayload(self.scenario)

    def add(self, frame):
        if not frame:  # no capture has such a frame
            return
        try:
            found = any_frame.judge(frame, self.scenario.port)
        except any_frame.Dropped as dropped:
            self.scenario.send(frame, *dropped.args)
            return
        client = frames.Client(found.address, mac=found.mac, udp=found.udp)
        self.payloads.expect(client, found.payload, frame)

    def send(self, client, payload):
        self.add(make(self.scenario.port, client, payload))

    def run(self, at_least):
        count = len(self.scenario.wire.frames)
        check(count >= at_least, f"{count} frames, not {at_least}")
        self.scenario.run(RUN_FOR_S, audit=False)


def make(port, client, payload):
    to = frames.packed(port.address(client.family))
    return any_payload.datagram(client.mac, port.mac, client.packed, to, (client.udp, port.udp), payload)


def tagged(frame, tag, kind=any_frame.VLAN):
    return frame[:12] + struct.pack(">HH", kind, tag) + frame[12:]


def summed(frame):
    """With the right checksum of its IPv4 header, whatever length that has."""
    header = (frame[14] & 0xF) * 4
    rest = bytearray(frame)
    rest[24:26] = b"\0\0"
    rest[24:26] = any_frame.checksum(bytes(rest[14 : 14 + max(header, 20)])).to_bytes(2, "big")
    return bytes(rest)


def with_udp(frame, at, length):
    """The datagram at `at` says another length; its checksum is right for that if there are as many bytes."""
    udp = bytearray(frame[at:])
    struct.pack_into(">HH", udp, 4, length, 0)
    network = frame[26:34] if at == 34 else frame[22:54]
    source, to = network[: len(network) // 2], network[len(network) // 2 :]
    total = any_frame.checksum(any_frame.pseudo(source, to, length, 17) + bytes(udp[:length])) or 0xFFFF
    struct.pack_into(">H", udp, 6, total)
    return frame[:at] + bytes(udp)


def chained(frame, kinds, lengths=None, body=0):
    """An IPv6 frame with these extension headers. `lengths`: what they say of themselves."""
    chain = b""
    for number, kind in enumerate(kinds):
        follower = kinds[number + 1] if number + 1 < len(kinds) else any_frame.UDP
        units = 0 if lengths is None else lengths[number]
        chain += bytes([follower, units]) + bytes([body]) * 6
    length = len(frame) - 54 + len(chain)
    head = frame[:18] + struct.pack(">HB", length, kinds[0] if kinds else any_frame.UDP) + frame[21:54]
    return head + chain + frame[54:]
