# SPDX-License-Identifier: BSD-3-Clause
"""Reads frames by hand, so that what scapy built is not read by scapy alone."""

import ipaddress
import struct
from dataclasses import dataclass
from typing import Optional

_ARP, _IPV4, _IPV6, _VLAN = 0x0806, 0x0800, 0x86DD, 0x8100
_HOP, _ROUTING, _DESTINATION = 0, 43, 60
_UDP, ICMPV6 = 17, 58
NEIGHBOUR_ADVERTISEMENT = 136


@dataclass(frozen=True)
class Frame:
    family: str  # "arp", "ipv4" or "ipv6"
    source: str
    destination: str
    protocol: int
    l4: bytes
    hop_limit: int = 0

    @property
    def udp(self) -> Optional[tuple]:
        """(source port, destination port, payload), or None."""
        if self.family == "arp" or self.protocol != _UDP or len(self.l4) < 8:
            return None
        source, destination, length = struct.unpack_from(">HHH", self.l4)
        return source, destination, self.l4[8:length]


def _address(data):
    return str(ipaddress.ip_address(data))


def packed(address):
    return ipaddress.ip_address(address).packed


def _ipv4(data):
    header = (data[0] & 0xF) * 4
    total = int.from_bytes(data[2:4], "big")
    l4 = data[header:total]
    return Frame("ipv4", _address(data[12:16]), _address(data[16:20]), data[9], l4, data[8])


def _ipv6(data):
    protocol, l4 = data[6], data[40 : 40 + int.from_bytes(data[4:6], "big")]
    while protocol in (_HOP, _ROUTING, _DESTINATION) and len(l4) >= 8:
        protocol, l4 = l4[0], l4[(l4[1] + 1) * 8 :]
    return Frame("ipv6", _address(data[8:24]), _address(data[24:40]), protocol, l4, data[7])


def _arp(data):
    return Frame("arp", _address(data[14:18]), _address(data[24:28]), 0, data)


def frame(data: bytes) -> Optional[Frame]:
    """What is in a frame, or None where it cannot be told."""
    at = 16 if data[12:14] == _VLAN.to_bytes(2, "big") else 12
    kind, rest = int.from_bytes(data[at : at + 2], "big"), data[at + 2 :]
    if kind == _IPV4 and len(rest) >= 20:
        return _ipv4(rest)
    if kind == _IPV6 and len(rest) >= 40:
        return _ipv6(rest)
    if kind == _ARP and len(rest) >= 28:
        return _arp(rest)
    return None
