# SPDX-License-Identifier: BSD-3-Clause
"""Frames to and from Weir on a client's interface, beside the client's kernel; and their checksums."""

import ipaddress
import json
import socket
import struct
import time

from hub import process  # knows where what tests share is

import frames

Failure = process.Failure

ALL_PROTOCOLS = 3
ICMP, ICMPV6, UDP = 1, 58, 17
OUTGOING = 4  # the kernel's mark of frames that we sent
TRIES, TRY_S = 8, 1.0


def _icmpv6(source, destination, message):
    """With its checksum."""
    pseudo = source + destination + struct.pack(">II", len(message), ICMPV6)
    return message[:2] + struct.pack(">H", frames.checksum(pseudo + message)) + message[4:]


def _ipv6(source, destination, protocol, payload, hops=255):
    return struct.pack(">IHBB", 6 << 28, len(payload), protocol, hops) + source + destination + payload


def _ipv4(source, destination, protocol, payload):
    header = (
        struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
        + source
        + destination
    )
    return header[:10] + struct.pack(">H", frames.checksum(header)) + header[12:] + payload


def _ethernet(source, destination, ethertype):
    return frames.mac_bytes(destination) + frames.mac_bytes(source) + struct.pack(">H", ethertype)


def echo(mac, to_mac, source, destination, data):
    """A ping of either family."""
    a, b = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    if a.version == 4:
        message = struct.pack(">BBHHH", 8, 0, 0, 77, 1) + data
        message = message[:2] + struct.pack(">H", frames.checksum(message)) + message[4:]
        return _ethernet(mac, to_mac, frames.ETHERTYPE_IPV4) + _ipv4(a.packed, b.packed, ICMP, message)
    message = _icmpv6(a.packed, b.packed, struct.pack(">BBHHH", 128, 0, 0, 77, 1) + data)
    return _ethernet(mac, to_mac, frames.ETHERTYPE_IPV6) + _ipv6(a.packed, b.packed, ICMPV6, message)


def solicitation(mac, source, target):
    """A neighbour solicitation, to the group of the target alone (RFC 4861 4.3)."""
    a, b = ipaddress.ip_address(source).packed, ipaddress.ip_address(target).packed
    group = ipaddress.ip_address("ff02::1:ff00:0").packed[:13] + b[13:]
    group_mac = "33:33:ff:" + b[13:].hex(":")
    message = _icmpv6(a, group, struct.pack(">BBHI", 135, 0, 0, 0) + b + b"\x01\x01" + frames.mac_bytes(mac))
    return _ethernet(mac, group_mac, frames.ETHERTYPE_IPV6) + _ipv6(a, group, ICMPV6, message)


def content(frame):
    """A frame without padding."""
    kind = struct.unpack_from(">H", frame, 12)[0]
    if kind == frames.ETHERTYPE_ARP:
        return frame[:42]
    if kind == frames.ETHERTYPE_IPV4:
        return frame[: 14 + struct.unpack_from(">H", frame, 16)[0]]
    return frame[: 54 + struct.unpack_from(">H", frame, 18)[0]]


def protocol(frame):
    """Of an IP frame without options; None of another."""
    kind = struct.unpack_from(">H", frame, 12)[0]
    return {frames.ETHERTYPE_IPV4: frame[23], frames.ETHERTYPE_IPV6: frame[20]}.get(kind)


def expect_checksums(frame):
    """All that are in the frame are right; a UDP checksum is there."""
    if struct.unpack_from(">H", frame, 12)[0] == frames.ETHERTYPE_IPV4:
        if frames.checksum(frame[14:34]) != 0:
            raise Failure(f"IPv4 header with a wrong checksum: {frame.hex()}")
        addresses, payload = frame[26:34], frame[34:]
    else:
        addresses, payload = frame[22:54], frame[54:]
    number = protocol(frame)
    pseudo = b"" if number == ICMP else addresses + struct.pack(">II", len(payload), number)
    if number == UDP and payload[6:8] == b"\0\0":
        raise Failure(f"UDP without a checksum: {frame.hex()}")
    if frames.checksum(pseudo + payload) != 0:
        raise Failure(f"protocol {number} with a wrong checksum: {frame.hex()}")


class Wire:
    def __init__(self, client, weir_mac):
        self.weir_mac = weir_mac
        self.mac = json.loads(client.ip("-j", "link", "show", "eth0").stdout)[0]["address"]
        self._socket = client.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind(("eth0", ALL_PROTOCOLS))

    def close(self):
        self._socket.close()

    def send(self, frame):
        self._socket.send(frame)

    def _next(self, end):
        """The next frame from Weir before `end`; None: there is none."""
        while True:
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                frame, where = self._socket.recvfrom(65535)
            except socket.timeout:
                return None
            if where[2] != OUTGOING and frame[6:12] == frames.mac_bytes(self.weir_mac):
                return content(frame)

    def ask(self, what, frame, is_reply):
        """The reply to a frame, which is sent again where it was lost."""
        for _ in range(TRIES):
            self.send(frame)
            end = time.monotonic() + TRY_S
            while (reply := self._next(end)) is not None:
                if is_reply(reply):
                    return reply
        raise Failure(f"{what}: no reply")
