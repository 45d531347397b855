# SPDX-License-Identifier: BSD-3-Clause
"""What must become of a frame of any bytes: a second reading of the RFCs, without ARP and ICMP.

`judge` says how a frame ends before its payload is looked at, or which datagram for the tracker it carries.
"""

import functools
import ipaddress
import re
import struct
from dataclasses import dataclass

from lab import REPOSITORY

BROADCAST = b"\xff" * 6
ARP, IPV4, IPV6, VLAN, QINQ = 0x0806, 0x0800, 0x86DD, 0x8100, 0x88A8
ICMP, UDP, ICMPV6 = 1, 17, 58
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60
EXTENSIONS_MAX, EXTENSION_BYTES_MAX = 3, 128


@dataclass(frozen=True)
class Datagram:
    family: str
    mac: str
    address: str
    udp: int  # the sender's port
    payload: bytes

    @property
    def packed(self):
        return ipaddress.ip_address(self.address).packed


class Dropped(Exception):
    """Its arguments are the family and the verdict."""


def checksum(data):
    """RFC 1071; 0 where the sum over data with a checksum in it is right."""
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def pseudo(source, destination, length, protocol):
    return source + destination + struct.pack(">II", length, protocol)


@functools.cache
def _blocks():
    text = (REPOSITORY / "lib/net/source.def").read_text()
    found = re.findall(r'^SOURCE_BLOCK\("([^"]+)", (\d+), (\w+),', text, re.M)
    return [(ipaddress.ip_network(f"{prefix}/{bits}"), kind) for prefix, bits, kind in found]


@functools.lru_cache(1024)
def kind_of(packed):
    """How docs/sources.md calls a source; the longest prefix decides."""
    address = ipaddress.ip_address(packed)
    blocks = ((block, kind) for block, kind in _blocks() if block.version == address.version)
    known = [(block.prefixlen, kind) for block, kind in blocks if address in block]
    kind = max(known)[1] if known else "PUBLIC"
    if kind == "6TO4":
        return "PUBLIC" if kind_of(packed[2:6]) == "PUBLIC" else "RESERVED"
    return kind


def _check_source(family, packed, own, bits):
    network = ipaddress.ip_network((own, bits), strict=False)
    address = ipaddress.ip_address(packed)
    if packed == own or (family == "ipv4" and address == network.broadcast_address):
        raise Dropped(family, "ip_source")
    kind = kind_of(packed)
    if kind in ("PUBLIC", "PRIVATE"):  # host.allow_private is set in all cases
        return
    if kind in ("NEVER", "LINK") or address not in network:
        raise Dropped(family, "ip_source")


def _ether(frame, port):
    """(source MAC, whether it was sent to all, EtherType, the rest)."""
    if len(frame) < 14:
        raise Dropped("link", "frame_short")
    to, source, kind = struct.unpack_from(">6s6sH", frame)
    own = bytes.fromhex(port.mac.replace(":", ""))
    if to not in (own, BROADCAST) and to[:2] != b"\x33\x33":
        raise Dropped("link", "frame_destination")
    if source[0] & 1:
        raise Dropped("link", "frame_source")
    rest = frame[14:]
    if kind in (VLAN, QINQ):
        if len(rest) < 4:
            raise Dropped("link", "frame_short")
        tag, inner = struct.unpack_from(">HH", rest)
        if kind == QINQ or tag & 0xFFF != port.vlan or inner in (VLAN, QINQ):
            raise Dropped("link", "frame_vlan")
        kind, rest = inner, rest[4:]
    elif port.vlan:
        raise Dropped("link", "frame_vlan")
    return source, bool(to[0] & 1), kind, rest


def _udp(family, packet, source, destination, to_udp):
    if len(packet) < 8:
        raise Dropped(family, "udp_length")
    sender, to, length, sent_sum = struct.unpack_from(">HHHH", packet)
    if not 8 <= length <= len(packet):
        raise Dropped(family, "udp_length")
    packet = packet[:length]
    if sent_sum == 0 and family == "ipv6":
        raise Dropped(family, "udp_no_checksum")
    if sent_sum != 0 and checksum(pseudo(source, destination, length, UDP) + packet) != 0:
        raise Dropped(family, "udp_checksum")
    if sender == 0:
        raise Dropped(family, "udp_source_port")
    if to != to_udp:
        # A connect, and whatever is not longer, gets no error: it would be longer.
        if length - 8 >= (28 if family == "ipv4" else 48):
            raise NotImplementedError("a port unreachable")
        raise Dropped(family, "port_closed")
    return sender, packet[8:]


def _ipv4(rest, port):
    own = ipaddress.ip_address(port.ipv4).packed
    if len(rest) < 20:
        raise Dropped("ipv4", "frame_short")
    first, _, total, _, fragment, _, protocol, _, source, to = struct.unpack_from(">BBHHHBBH4s4s", rest)
    header = (first & 0xF) * 4
    if first >> 4 != 4 or header < 20 or not header <= total <= len(rest):
        raise Dropped("ipv4", "ipv4_header")
    if header > 20:
        raise Dropped("ipv4", "ipv4_options")
    if checksum(rest[:20]) != 0:
        raise Dropped("ipv4", "ipv4_checksum")
    if to != own:
        raise Dropped("ipv4", "ip_destination")
    if fragment & 0x3FFF:
        raise Dropped("ipv4", "ipv4_fragment")
    _check_source("ipv4", source, own, 24)
    if protocol == ICMP:
        raise NotImplementedError("ICMP")
    if protocol != UDP:
        raise Dropped("ipv4", "ip_protocol")
    return source, *_udp("ipv4", rest[20:total], source, to, port.udp)


def _options(options):
    """The options of a hop-by-hop or destination header."""
    while options:
        if options[0] == 0:
            options = options[1:]
            continue
        if len(options) < 2 or len(options) < 2 + options[1]:
            raise Dropped("ipv6", "ipv6_header")
        if options[0] >> 6:
            raise Dropped("ipv6", "ipv6_option")
        options = options[2 + options[1] :]


def _extensions(kind, packet):
    """(upper protocol, what it carries)."""
    used = count = 0
    while kind in (HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION):
        if kind == FRAGMENT:
            raise Dropped("ipv6", "ipv6_fragment")
        if count == EXTENSIONS_MAX or (kind == HOP_BY_HOP and count):
            raise Dropped("ipv6", "ipv6_extension")
        if len(packet) < 8:
            raise Dropped("ipv6", "ipv6_header")
        length = (packet[1] + 1) * 8
        used += length
        if used > EXTENSION_BYTES_MAX:
            raise Dropped("ipv6", "ipv6_extension")
        if length > len(packet):
            raise Dropped("ipv6", "ipv6_header")
        if kind == ROUTING and packet[3] != 0:
            raise Dropped("ipv6", "ipv6_extension")
        if kind != ROUTING:
            _options(packet[2:length])
        kind, packet, count = packet[0], packet[length:], count + 1
    return kind, packet


def _ipv6(rest, port, to_all):
    own = ipaddress.ip_address(port.ipv6).packed
    if len(rest) < 40:
        raise Dropped("ipv6", "frame_short")
    first, length, kind, _, source, to = struct.unpack_from(">IHBB16s16s", rest)
    if first >> 28 != 6 or length > len(rest) - 40:
        raise Dropped("ipv6", "ipv6_header")
    kind, packet = _extensions(kind, rest[40 : 40 + length])
    if kind == ICMPV6:
        raise NotImplementedError("ICMPv6")
    if to != own:
        raise Dropped("ipv6", "ip_destination")
    if to_all:
        raise Dropped("ipv6", "frame_destination")
    _check_source("ipv6", source, own, 64)
    if kind != UDP:
        raise Dropped("ipv6", "ip_protocol")
    return source, *_udp("ipv6", packet, source, to, port.udp)


def judge(frame, port):
    """The Datagram, or raises Dropped."""
    mac, to_all, kind, rest = _ether(frame, port)
    if kind == IPV4:
        if to_all:
            raise Dropped("link", "frame_destination")
        family, found = "ipv4", _ipv4(rest, port)
    elif kind == IPV6:
        family, found = "ipv6", _ipv6(rest, port, to_all)
    elif kind == ARP:
        raise NotImplementedError("ARP")
    else:
        raise Dropped("link", "frame_type")
    source, sender, payload = found
    return Datagram(family, mac.hex(":"), str(ipaddress.ip_address(source)), sender, payload)
