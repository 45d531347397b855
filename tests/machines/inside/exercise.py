#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""exercise.py LINK WEIR-MAC [VLAN]: everything that a client can ask, over both families, of a Weir that
has just started; the replies, byte by byte, as JSON.

Checksums of all replies are checked. What differs from run to run is not in what is printed: connection ids,
the UDP checksums over them, and the client's MAC address. `verdicts`: how many packets were dropped for what
this program does wrong.
"""

import contextlib
import json
import socket
import struct
import sys
import time

from hub import Hub, process

import bep15
import frames
import wire
from tests_host import ping
from wire import Wire

CLIENT = 9
PORT = 5001
PAIRS = (("10.77.0.9", "10.77.0.1"), ("fd77::9", "fd77::1"))
HASH = bytes(range(20))
CLOSED_PORT = 7
COUNTED = ("udp_checksum", "ipv4_checksum", "frame_destination")


def announce(connection_id, port, left):
    head = struct.pack(">QII", connection_id, bep15.ANNOUNCE, 0x0A0A0000 + port)
    numbers = struct.pack(">QQQIIIiH", 0, left, 0, bep15.STARTED, 0, 0, -1, port)
    return head + HASH + b"-WT0001-exercise0000"[:20] + numbers


def scrape(connection_id):
    return struct.pack(">QII", connection_id, bep15.SCRAPE, 0x0B0B0B0B) + HASH + bytes(20)


class Exercise:
    def __init__(self, client, weir_mac):
        self.wire = Wire(client, weir_mac)
        self.replies = {}

    def _udp(self, pair, payload, port=6969):
        return frames.build(self.wire.mac, self.wire.weir_mac, *pair, (PORT, port), payload)

    def _keep(self, name, frame, has_id=False):
        if frame[12:14] != b"\x08\x06":
            wire.expect_checksums(frame)
        kept = bytearray(frame.replace(frames.mac_bytes(self.wire.mac), b"client"))
        if has_id:  # behind the UDP checksum, action and transaction id
            kept[-8:] = bytes(8)
            kept[-18:-16] = bytes(2)
        self.replies[name] = kept.hex()

    def request(self, name, pair, payload, has_id=False):
        """A request of the protocol; the payload of its reply."""

        def is_reply(frame):
            datagram = frames.parse(frame)
            return datagram is not None and datagram.payload[4:8] == payload[12:16]

        reply = self.wire.ask(name, self._udp(pair, payload), is_reply)
        self._keep(name, reply, has_id)
        return frames.parse(reply).payload

    def tracker(self, version, pair):
        reply = self.request(f"{version} connect", pair, bep15.connect_request(0x0C0C0C0C), has_id=True)
        connection_id = struct.unpack_from(">Q", reply, 8)[0]
        for port, left in ((7001, 0), (7002, 1000)):
            self.request(f"{version} announce {port}", pair, announce(connection_id, port, left))
        self.request(f"{version} scrape", pair, scrape(connection_id))

    def host(self, version, pair):
        """Ping, and a closed port."""
        number, reply_type = (wire.ICMP, 0) if version == "ipv4" else (wire.ICMPV6, 129)
        at = 34 if version == "ipv4" else 54
        request = wire.echo(self.wire.mac, self.wire.weir_mac, *pair, bytes(range(56)))
        is_echo = lambda frame: wire.protocol(frame) == number and frame[at] == reply_type  # noqa: E731
        self._keep(f"{version} ping", self.wire.ask("ping", request, is_echo))
        unreachable = 3 if version == "ipv4" else 1
        is_error = lambda frame: wire.protocol(frame) == number and frame[at] == unreachable  # noqa: E731
        request = self._udp(pair, bytes(64), CLOSED_PORT)
        self._keep(f"{version} closed port", self.wire.ask("closed port", request, is_error))

    def neighbours(self):
        """ARP by broadcast, and a solicitation by the multicast group of the address."""
        source, target = PAIRS[0]
        request = frames.arp(
            self.wire.mac, frames.BROADCAST_MAC, frames.ARP_REQUEST, source, frames.NOBODY_MAC, target
        )
        is_arp = lambda frame: frame[12:14] == b"\x08\x06" and frame[21] == frames.ARP_REPLY  # noqa: E731
        self._keep("arp", self.wire.ask("ARP", request, is_arp))
        request = wire.solicitation(self.wire.mac, *PAIRS[1])
        is_advertisement = (
            lambda frame: wire.protocol(frame) == wire.ICMPV6 and frame[54] == 136
        )  # noqa: E731
        self._keep("ndp", self.wire.ask("NDP", request, is_advertisement))

    def wrong(self):
        """Frames that must not be answered: wrong checksums, and another's MAC address."""
        for pair in PAIRS:
            frame = bytearray(self._udp(pair, bep15.connect_request(1)))
            frame[-1] ^= 0xFF  # of the payload
            self.wire.send(bytes(frame))
        frame = bytearray(self._udp(PAIRS[0], bep15.connect_request(2)))
        frame[24] ^= 0xFF
        self.wire.send(bytes(frame))
        for pair in PAIRS:
            self.wire.send(frames.build(self.wire.mac, "02:00:00:00:00:99", *pair, (PORT, 6969), bytes(16)))


@contextlib.contextmanager
def silent_ports(client):
    """The client's kernel takes the replies, so it sends no errors."""
    with contextlib.ExitStack() as exits:
        for version, family in (("ipv4", socket.AF_INET), ("ipv6", socket.AF_INET6)):
            taker = exits.enter_context(client.socket(family))
            if version == "ipv6":
                taker.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            taker.bind(("", PORT))
        yield


def add_vlan(link, number):
    name = f"vlan{number}"  # without a dot, which sysctl would take for a separator
    process.run(["ip", "link", "set", link, "up"])
    process.run(["ip", "link", "add", "link", link, "name", name, "type", "vlan", "id", number])
    return name


def take(hub, weir_mac):
    client = hub.client(CLIENT)
    before = hub.weir.verdicts()
    with silent_ports(client):
        exercise = Exercise(client, weir_mac)
        exercise.neighbours()
        for version, pair in zip(("ipv4", "ipv6"), PAIRS):
            exercise.tracker(version, pair)
            exercise.host(version, pair)
        exercise.wrong()
    for _, address in PAIRS:  # and by the client's kernel, from ARP and NDP on
        ping(client, address)
        bep15.full_exchange(client, address)
    time.sleep(1)
    after = hub.weir.verdicts()
    verdicts = {name: after[name] - before[name] for name in COUNTED}
    return {"replies": exercise.replies, "verdicts": verdicts}


def main():
    link, weir_mac, *vlan = sys.argv[1:]
    name = add_vlan(link, vlan[0]) if vlan else link
    try:
        with Hub(name) as hub:
            print(json.dumps(take(hub, weir_mac)))
    except process.Failure as failure:
        print(failure)
        return 1
    finally:
        if vlan:
            process.run(["ip", "link", "del", name], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
