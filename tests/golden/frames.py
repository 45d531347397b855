# SPDX-License-Identifier: BSD-3-Clause
"""Frames, built by scapy: what clients send, and what a correct appliance answers.

Requests come as scapy packets, so that a case can spoil a field before it sends them; answers
come as bytes.
"""

import hashlib
import ipaddress
import logging
from dataclasses import dataclass, replace

logging.getLogger("scapy").setLevel(logging.ERROR)  # it would like an Internet connection

from scapy.layers.inet import ICMP, IP, UDP  # noqa: E402
from scapy.layers.inet6 import (  # noqa: E402
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLDMultAddrRec,
    ICMPv6MLReport,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrHopByHop,
    PadN,
    RouterAlert,
)
from scapy.layers.l2 import ARP, Dot1Q, Ether  # noqa: E402
from scapy.packet import Raw  # noqa: E402

BROADCAST = "ff:ff:ff:ff:ff:ff"
ALL_NODES = "ff02::1"
ALL_NODES_MAC = "33:33:00:00:00:01"
TTL = 64


def packed(address):
    return ipaddress.ip_address(address).packed


@dataclass(frozen=True)
class Port:
    """One port of the appliance. The station is what net_pcap calls itself."""

    ipv4: str = "10.77.0.1"
    ipv6: str = "fd77::1"
    mac: str = "02:70:63:61:70:00"
    vlan: int = 0
    udp: int = 6969

    def address(self, family):
        return self.ipv4 if family == "ipv4" else self.ipv6


@dataclass(frozen=True)
class Client:
    address: str
    mac: str = "02:00:00:00:00:02"
    udp: int = 51413

    @property
    def family(self):
        return "ipv6" if ":" in self.address else "ipv4"

    @property
    def packed(self):
        return packed(self.address)

    def peer(self, port):
        """As other peers get to know it."""
        return self.packed + port.to_bytes(2, "big")


def client4(number, **fields):
    return Client(f"10.77.{number >> 8}.{number & 0xff}", **fields)


def client6(number, **fields):
    return Client(f"fd77::{number:x}", **fields)


# --- layers -----------------------------------------------------------------------------------


def ether(source, to, port, priority=0):
    """The Ethernet header, tagged where the port is."""
    frame = Ether(src=source, dst=to)
    return frame / Dot1Q(vlan=port.vlan, prio=priority) if port.vlan else frame


def network(client, port, **fields):
    """The IP header of what a client sends."""
    layer = IP if client.family == "ipv4" else IPv6
    return layer(**{"src": client.address, "dst": port.address(client.family), **fields})


def answer_network(source, to, **fields):
    """The IP header of everything the appliance sends but neighbour discovery."""
    if ":" in source:
        return IPv6(src=source, dst=to, hlim=TTL, **fields)
    return IP(src=source, dst=to, id=0, flags="DF", ttl=TTL, tos=0, **fields)


def solicited_nodes(address):
    return str(ipaddress.ip_address(packed("ff02::1:ff00:0")[:13] + packed(address)[13:]))


def group_mac(group):
    return "33:33:" + ":".join(f"{byte:02x}" for byte in packed(group)[12:])


# --- UDP --------------------------------------------------------------------------------------


def request(client, port, payload, *, ip=None, udp=None, extensions=None, priority=0):
    """A datagram to the tracker. `ip`, `udp`: fields that differ; `extensions`: IPv6 headers."""
    packet = ether(client.mac, port.mac, port, priority) / network(client, port, **(ip or {}))
    for header in extensions or []:
        packet /= header
    fields = {"sport": client.udp, "dport": port.udp, **(udp or {})}
    return packet / UDP(**fields) / Raw(payload)


def reply(client, port, payload, *, to_mac=None, priority=0, source=None):
    """The tracker's datagram back to a client."""
    source = source or port.address(client.family)
    return bytes(
        ether(port.mac, to_mac or client.mac, port, priority)
        / answer_network(source, client.address)
        / UDP(sport=port.udp, dport=client.udp)
        / Raw(payload)
    )


# --- ICMP -------------------------------------------------------------------------------------


def echo(client, port, data=b"", *, ip=None, number=7, sequence=1):
    message = ICMP(type=8, id=number, seq=sequence)
    if client.family == "ipv6":
        message = ICMPv6EchoRequest(id=number, seq=sequence)
    packet = ether(client.mac, port.mac, port) / network(client, port, **(ip or {}))
    return packet / message / Raw(data)


def echo_reply(client, port, data=b"", *, number=7, sequence=1):
    message = ICMP(type=0, id=number, seq=sequence)
    if client.family == "ipv6":
        message = ICMPv6EchoReply(id=number, seq=sequence)
    header = answer_network(port.address(client.family), client.address)
    return bytes(ether(port.mac, client.mac, port) / header / message / Raw(data))


def port_unreachable(client, port, packet):
    """The error about an IP packet (bytes): never longer than it, nor than the RFCs allow."""
    if client.family == "ipv4":
        message = ICMP(type=3, code=3, unused=0)
        quoted = packet[: min(len(packet), 576) - 28]  # RFC 1812 4.3.2.3
    else:
        message = ICMPv6DestUnreach(code=4, unused=0)
        quoted = packet[: min(len(packet), 1280) - 48]  # RFC 4443 2.4 (c)
    header = answer_network(port.address(client.family), client.address)
    return bytes(ether(port.mac, client.mac, port) / header / message / Raw(quoted))


def icmp(client, port, message, *, ip=None, to_mac=None):
    packet = ether(client.mac, to_mac or port.mac, port)
    return packet / network(client, port, **(ip or {})) / message


# --- ARP --------------------------------------------------------------------------------------


def arp(client, port, *, to_mac=BROADCAST, **fields):
    """A request for the port's address unless `fields` say otherwise."""
    values = {
        "op": 1,
        "hwsrc": client.mac,
        "psrc": client.address,
        "hwdst": "00:00:00:00:00:00",
        "pdst": port.ipv4,
        **fields,
    }
    return ether(client.mac, to_mac, port) / ARP(**values)


def arp_reply(port, *, to_mac, hwdst, pdst):
    packet = ARP(op=2, hwsrc=port.mac, psrc=port.ipv4, hwdst=hwdst, pdst=pdst)
    return bytes(ether(port.mac, to_mac, port) / packet)


def arp_own(port, *, sender, target):
    """A request that the appliance broadcasts by itself."""
    packet = ARP(op=1, hwsrc=port.mac, psrc=sender, hwdst="00:00:00:00:00:00", pdst=target)
    return bytes(ether(port.mac, BROADCAST, port) / packet)


# --- neighbour discovery ----------------------------------------------------------------------


def solicitation(client, port, *, target=None, to=None, link=True, source=None, **ip):
    """A neighbour solicitation for the port's address unless told otherwise."""
    target = target or port.ipv6
    to = to or solicited_nodes(target)
    to_mac = group_mac(to) if packed(to)[0] == 0xFF else port.mac
    header = IPv6(src=source or client.address, dst=to, **{"hlim": 255, **ip})
    packet = ether(client.mac, to_mac, port) / header / ICMPv6ND_NS(tgt=target)
    return packet / ICMPv6NDOptSrcLLAddr(lladdr=client.mac) if link else packet


def advertisement(port, *, to, to_mac, solicited):
    """What the appliance says about its IPv6 address."""
    return bytes(
        ether(port.mac, to_mac, port)
        / IPv6(src=port.ipv6, dst=to, hlim=255)
        / ICMPv6ND_NA(tgt=port.ipv6, R=0, S=int(solicited), O=1)
        / ICMPv6NDOptDstLLAddr(lladdr=port.mac)
    )


def at_link_local(port, master):
    """The port as a host with that address sees it."""
    return replace(port, ipv6=link_local(port, master))


def solicitation_own(port, *, target, source):
    """What the appliance asks by itself: without an address (::) when it probes for its own."""
    group = solicited_nodes(target)
    packet = (
        ether(port.mac, group_mac(group), port)
        / IPv6(src=source, dst=group, hlim=255)
        / ICMPv6ND_NS(tgt=target)
    )
    return bytes(packet if source == "::" else packet / ICMPv6NDOptSrcLLAddr(lladdr=port.mac))


def link_local(port, master):
    """The address that the appliance makes for a port, RFC 7217 5 with BLAKE2b for F()."""
    told = b"weir link-local\0" + port.vlan.to_bytes(2, "big")
    told += bytes.fromhex(port.mac.replace(":", ""))
    digest = hashlib.blake2b(told, key=master, digest_size=16).digest()
    return str(ipaddress.IPv6Address(packed("fe80::")[:8] + digest[:8]))


def announcements(port):
    """The two frames by which a port's addresses are made known when its link comes up."""
    return {
        arp_own(port, sender=port.ipv4, target=port.ipv4),
        advertisement(port, to=ALL_NODES, to_mac=ALL_NODES_MAC, solicited=False),
    }


# --- multicast listener discovery ---------------------------------------------------------------

IS_EXCLUDE, TO_EXCLUDE = 2, 4  # RFC 3810 5.2.12
MLDV2_ROUTERS = "ff02::16"


def _report(port, source, group, message):
    """RFC 3810 5: one hop, a Router Alert in a hop-by-hop header."""
    options = [RouterAlert(value=0), PadN(optdata=b"")]
    return bytes(
        ether(port.mac, group_mac(group), port)
        / IPv6(src=source, dst=group, hlim=1)
        / IPv6ExtHdrHopByHop(options=options, autopad=0)
        / message
    )


def report(port, source, record, addresses):
    """MLDv2's: a record for the group of each address."""
    groups = dict.fromkeys(map(solicited_nodes, addresses))  # in order, each once
    records = [ICMPv6MLDMultAddrRec(rtype=record, dst=group) for group in groups]
    message = ICMPv6MLReport2(records=records, records_number=len(records))
    return _report(port, source, MLDV2_ROUTERS, message)


def report_v1(port, source, address):
    """MLDv1's, of one group and to it."""
    group = solicited_nodes(address)
    return _report(port, source, group, ICMPv6MLReport(mladdr=group))
