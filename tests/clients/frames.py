# SPDX-License-Identifier: BSD-3-Clause
"""Ethernet frames: UDP, to and from pcap files; ARP and neighbour advertisements."""

import collections
import ipaddress
import struct

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_ARP = 0x0806
ETHERTYPE_IPV6 = 0x86DD
UDP = 17
ICMPV6 = 58
ARP_REQUEST, ARP_REPLY = 1, 2
NA_SOLICITED, NA_OVERRIDE = 0x40000000, 0x20000000  # flags of RFC 4861 4.4
BROADCAST_MAC = "ff:ff:ff:ff:ff:ff"
NOBODY_MAC = "00:00:00:00:00:00"
ALL_NODES, ALL_NODES_MAC = "ff02::1", "33:33:00:00:00:01"
PCAP_HEADER = struct.Struct("<IHHiIII")
PCAP_RECORD = struct.Struct("<IIII")
PCAP_MAGIC_US = 0xA1B2C3D4
PCAP_MAGIC_NS = 0xA1B23C4D
LINKTYPE_ETHERNET = 1

Datagram = collections.namedtuple(
    "Datagram", "source_mac source source_port destination destination_port payload"
)


def mac_bytes(text):
    return bytes.fromhex(text.replace(":", ""))


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def build(source_mac, destination_mac, source, destination, ports, payload):
    """One frame; `ports` is (source, destination), both addresses are of one family."""
    source, destination = ipaddress.ip_address(source), ipaddress.ip_address(destination)
    length = 8 + len(payload)
    pseudo = source.packed + destination.packed + struct.pack(">II", length, UDP)
    udp = struct.pack(">HHHH", *ports, length, 0) + payload
    udp = udp[:6] + struct.pack(">H", checksum(pseudo + udp) or 0xFFFF) + udp[8:]
    if source.version == 4:
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, UDP, 0)
        addresses = source.packed + destination.packed
        header = header[:10] + struct.pack(">H", checksum(header + addresses)) + addresses
        ethertype = ETHERTYPE_IPV4
    else:
        header = struct.pack(">IHBB", 6 << 28, length, UDP, 64)
        header += source.packed + destination.packed
        ethertype = ETHERTYPE_IPV6
    return _ethernet(source_mac, destination_mac, ethertype) + header + udp


def _ethernet(source_mac, destination_mac, ethertype):
    return mac_bytes(destination_mac) + mac_bytes(source_mac) + struct.pack(">H", ethertype)


def arp(mac, to_mac, opcode, sender, target_mac, target):
    """An ARP packet (RFC 826) in which `mac` says that it has the address `sender`."""
    packet = struct.pack(">HHBBH", 1, ETHERTYPE_IPV4, 6, 4, opcode)
    packet += mac_bytes(mac) + ipaddress.ip_address(sender).packed
    packet += mac_bytes(target_mac) + ipaddress.ip_address(target).packed
    return _ethernet(mac, to_mac, ETHERTYPE_ARP) + packet


def advertisement(mac, to_mac, destination, target, flags):
    """A neighbour advertisement (RFC 4861 4.4) from `target`, which `mac` says that it has."""
    source = ipaddress.ip_address(target).packed
    destination = ipaddress.ip_address(destination).packed
    message = struct.pack(">BBHI", 136, 0, 0, flags) + source + b"\x02\x01" + mac_bytes(mac)
    pseudo = source + destination + struct.pack(">II", len(message), ICMPV6)
    message = message[:2] + struct.pack(">H", checksum(pseudo + message)) + message[4:]
    header = struct.pack(">IHBB", 6 << 28, len(message), ICMPV6, 255)
    return _ethernet(mac, to_mac, ETHERTYPE_IPV6) + header + source + destination + message


def parse(frame):
    """The Datagram in a frame; None where there is none."""
    ethertype = struct.unpack_from(">H", frame, 12)[0]
    if ethertype == ETHERTYPE_IPV4 and frame[23] == UDP:
        at = 14 + 4 * (frame[14] & 15)
        source, destination = frame[26:30], frame[30:34]
    elif ethertype == ETHERTYPE_IPV6 and frame[20] == UDP:
        at = 14 + 40
        source, destination = frame[22:38], frame[38:54]
    else:
        return None
    source_port, destination_port, length = struct.unpack_from(">HHH", frame, at)
    return Datagram(
        frame[6:12].hex(":"),
        str(ipaddress.ip_address(source)),
        source_port,
        str(ipaddress.ip_address(destination)),
        destination_port,
        frame[at + 8 : at + length],
    )


def write_pcap(path, frames):
    with open(path, "wb") as file:
        file.write(PCAP_HEADER.pack(PCAP_MAGIC_US, 2, 4, 0, 0, 65535, LINKTYPE_ETHERNET))
        for frame in frames:
            file.write(PCAP_RECORD.pack(0, 0, len(frame), len(frame)) + frame)


def read_datagrams(path):
    with open(path, "rb") as file:
        data = file.read()
    if PCAP_HEADER.unpack_from(data)[0] not in (PCAP_MAGIC_US, PCAP_MAGIC_NS):
        raise ValueError(f"{path} is not a pcap file of this machine")
    at = PCAP_HEADER.size
    while at + PCAP_RECORD.size <= len(data):
        kept = PCAP_RECORD.unpack_from(data, at)[2]
        at += PCAP_RECORD.size
        datagram = parse(data[at : at + kept])
        if datagram is not None:
            yield datagram
        at += kept
