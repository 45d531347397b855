# SPDX-License-Identifier: BSD-3-Clause
"""The host stack in the card's place: ARP, neighbour discovery, ICMP."""

import struct

import bep15
import frames
from frames import ICMP, Raw, client4, client6, packed
from scapy.layers.inet6 import (
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6ND_RS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6PacketTooBig,
    ICMPv6TimeExceeded,
    IPv6,
    in6_chksum,
)
from suite import case

NOBODY_MAC = "00:00:00:00:00:00"
OTHER_MAC = "02:00:00:00:00:77"
LINK_LOCAL = frames.Client("fe80::77", mac=OTHER_MAC)


# --- ARP ----------------------------------------------------------------------------------------


@case("ARP: requests for our address are answered")
def arp_requests(lab):
    scenario = lab.scenario()
    client, port = client4(2), scenario.port
    for to_mac in (frames.BROADCAST, port.mac):
        answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
        scenario.send(frames.arp(client, port, to_mac=to_mac), "link", "arp_answered", answer)
        # Padded to Ethernet's 60 bytes, whatever the padding: the answer is not.
        padded = bytes(frames.arp(client, port, to_mac=to_mac)) + b"\xa5" * 18
        scenario.send(padded, "link", "arp_answered", answer)
    # The answer goes to the station that sent the frame, whatever the packet says.
    packet = frames.arp(client, port, hwsrc=OTHER_MAC)
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=OTHER_MAC, pdst=client.address)
    scenario.send(packet, "link", "arp_answered", answer)
    # A target hardware address is not looked at.
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
    packet = frames.arp(client, port, hwdst=frames.BROADCAST)
    scenario.send(packet, "link", "arp_answered", answer)
    scenario.run()


@case("ARP: a probe for our address is answered")
def arp_probe(lab):
    scenario = lab.scenario()
    client, port = client4(2), scenario.port
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst="0.0.0.0")
    scenario.send(frames.arp(client, port, psrc="0.0.0.0"), "link", "arp_answered", answer)
    scenario.run()


@case("ARP: packets that need no reply are noted")
def arp_noted(lab):
    scenario = lab.scenario()
    client, port = client4(2), scenario.port
    for fields in (
        {"pdst": "10.77.0.3"},
        {"pdst": client.address},  # an announcement
        {"pdst": "10.77.0.3", "psrc": "0.0.0.0"},
        {"op": 2, "hwdst": port.mac},
        {"op": 2, "pdst": client.address, "hwdst": frames.BROADCAST},
        {"op": 3},
        {"op": 0},
        {"op": 8},
        {"op": 1, "psrc": port.ipv4, "hwsrc": port.mac},  # a frame of ours that came back
    ):
        scenario.send(frames.arp(client, port, **fields), "link", "arp_noted")
    scenario.run()


@case("ARP: another host with our address is a conflict")
def arp_conflict(lab):
    scenario = lab.scenario()
    client, port = client4(2), scenario.port
    for fields in (
        {"psrc": port.ipv4},
        {"psrc": port.ipv4, "pdst": "10.77.0.3"},
        {"psrc": port.ipv4, "op": 2, "hwdst": frames.BROADCAST},
    ):
        scenario.send(frames.arp(client, port, **fields), "link", "arp_conflict")
    scenario.run()


@case("ARP: malformed packets are dropped")
def arp_malformed(lab):
    scenario = lab.scenario()
    client, port = client4(2), scenario.port
    for fields in (
        {"hwtype": 6},
        {"ptype": 0x86DD},
        {"hwlen": 8},
        {"plen": 16},
        {"hwsrc": frames.BROADCAST},
        {"hwsrc": "01:00:5e:00:00:01"},
        {"hwsrc": NOBODY_MAC},
    ):
        whole = bytes(frames.arp(client, port))
        # Lengths are written into a well-formed packet: scapy would lay it out by them.
        numbers = {"hwtype": (0, ">H"), "ptype": (2, ">H"), "hwlen": (4, "B"), "plen": (5, "B")}
        ((name, value),) = fields.items()
        if name in numbers:
            at, code = numbers[name]
            frame = bytearray(whole)
            struct.pack_into(code, frame, 14 + at, value)
        else:
            frame = frames.arp(client, port, **fields)
        scenario.send(frame, "link", "arp_malformed")
    for length in (0, 1, 8, 27):
        scenario.send(bytes(frames.arp(client, port))[: 14 + length], "link", "arp_malformed")
    scenario.run()


@case("ARP: replies are limited")
def arp_limited(lab):
    scenario = lab.scenario(settings={"host.neighbour_rate": 1})
    client, port = client4(2), scenario.port
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
    scenario.send(frames.arp(client, port), "link", "arp_answered", answer)
    for _ in range(5):
        scenario.send(frames.arp(client, port), "link", "arp_limited")
    # ARP and neighbour discovery share the limit.
    scenario.send(frames.solicitation(client6(2), port), "ipv6", "ndp_limited")
    scenario.run()


@case("ARP: a host that floods does not starve others of replies")
def arp_shares(lab):
    # A burst of 7 for all. The flooder gets the upper half of it and its share, at least 2.
    scenario = lab.scenario(settings={"host.neighbour_rate": 60})
    port = scenario.port
    for n in range(8):  # under another address each time
        client = client4(2 + n, mac="02:00:00:00:01:01")
        answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
        if n < 5:
            scenario.send(frames.arp(client, port), "link", "arp_answered", answer)
        else:
            scenario.send(frames.arp(client, port), "link", "arp_limited")
    client = client4(20, mac="02:00:00:00:01:02")
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
    scenario.send(frames.arp(client, port), "link", "arp_answered", answer)
    client = client6(21, mac="02:00:00:00:01:03")
    answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
    scenario.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)
    scenario.run()


# --- neighbour discovery ------------------------------------------------------------------------


@case("NDP: solicitations for our address are answered")
def ndp_solicitations(lab):
    scenario = lab.scenario()
    port = scenario.port
    for client in (client6(2), LINK_LOCAL, frames.Client("2a00::5")):
        answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
        for packet in (
            frames.solicitation(client, port),
            frames.solicitation(client, port, to=port.ipv6),
            frames.solicitation(client, port, to=port.ipv6, link=False),
            frames.solicitation(client, port, to=frames.ALL_NODES),
            bytes(frames.solicitation(client, port)) + b"\xa5" * 7,  # padding
            frames.solicitation(client, port) / ICMPv6NDOptMTU(),  # an option it does not know
        ):
            scenario.send(packet, "ipv6", "ndp_answered", answer)
    scenario.run()


@case("NDP: a probe for our address is answered to all nodes")
def ndp_probe(lab):
    scenario = lab.scenario()
    port = scenario.port
    answer = frames.advertisement(port, to=frames.ALL_NODES, to_mac=frames.ALL_NODES_MAC, solicited=False)
    packet = frames.solicitation(client6(2), port, source="::", link=False)
    scenario.send(packet, "ipv6", "ndp_answered", answer)
    scenario.run()


def _advertisement(client, port, target, *, to=None, mac=OTHER_MAC, flags=None):
    to = to or frames.ALL_NODES
    to_mac = frames.group_mac(to) if packed(to)[0] == 0xFF else port.mac
    return (
        frames.ether(mac, to_mac, port)
        / IPv6(src=client.address, dst=to, hlim=255)
        / ICMPv6ND_NA(tgt=target, **(flags or {"S": 0, "O": 1, "R": 0}))
        / ICMPv6NDOptDstLLAddr(lladdr=mac)
    )


def _router_packets(client, port):
    header = frames.ether(client.mac, frames.ALL_NODES_MAC, port)
    network = IPv6(src=client.address, dst=frames.ALL_NODES, hlim=255)
    unicast = frames.ether(client.mac, port.mac, port)
    to_us = IPv6(src=client.address, dst=port.ipv6, hlim=255)
    yield header / network / ICMPv6ND_RA() / ICMPv6NDOptSrcLLAddr(lladdr=client.mac)
    yield unicast / to_us / ICMPv6ND_RS()
    yield unicast / to_us / ICMPv6ND_Redirect(tgt="fe80::9", dst="2a00::1")


@case("NDP: packets that need no reply are noted")
def ndp_noted(lab):
    scenario = lab.scenario()
    port, client = scenario.port, client6(2)
    # Shares the last three bytes with our address, so the group too.
    twin = "fd77:0:0:1::1"
    scenario.send(frames.solicitation(client, port, target=twin), "ipv6", "ndp_noted")
    packet = frames.solicitation(client, port, target="fd77::9", to=port.ipv6)
    scenario.send(packet, "ipv6", "ndp_noted")
    scenario.send(_advertisement(client, port, client.address), "ipv6", "ndp_noted")
    solicited = {"S": 1, "O": 1, "R": 0}
    packet = _advertisement(client, port, client.address, to=port.ipv6, flags=solicited)
    scenario.send(packet, "ipv6", "ndp_noted")
    # Our own announcement, sent back by a loop.
    own = frames.Client(port.ipv6)
    scenario.send(_advertisement(own, port, port.ipv6, mac=port.mac), "ipv6", "ndp_noted")
    for packet in _router_packets(LINK_LOCAL, port):
        scenario.send(packet, "ipv6", "ndp_noted")
    scenario.run()


@case("NDP: another host with our address is a conflict")
def ndp_conflict(lab):
    scenario = lab.scenario()
    port = scenario.port
    for client in (frames.Client(port.ipv6), client6(2)):
        scenario.send(_advertisement(client, port, port.ipv6), "ipv6", "ndp_conflict")
    scenario.run()


def _with_message(client, port, message, **ip):
    """A solicitation whose ICMPv6 message (bytes) is ours to spoil; the checksum is right."""
    header = IPv6(src=client.address, dst=port.ipv6, **{"hlim": 255, "nh": 58, **ip})
    packet = frames.ether(client.mac, port.mac, port) / header
    message = bytearray(message)
    message[2:4] = b"\0\0"
    total = in6_chksum(58, packet[IPv6], bytes(message))
    struct.pack_into(">H", message, 2, total)
    return packet / Raw(bytes(message))


def _malformed_solicitations(client, port):
    target = packed(port.ipv6)
    head = bytes([135, 0, 0, 0]) + bytes(4)
    link = b"\x01\x01" + bytes.fromhex(client.mac.replace(":", ""))
    yield _with_message(client, port, head + target + link, hlim=254)
    yield _with_message(client, port, head + target + link, hlim=64)
    yield _with_message(client, port, bytes([135, 1, 0, 0]) + bytes(4) + target + link)
    for length in (8, 16, 23):
        yield _with_message(client, port, (head + target)[:length])
    yield _with_message(client, port, head + packed("ff02::1") + link)
    yield _with_message(client, port, head + target + b"\x01\x00" + bytes(6))  # option length 0
    yield _with_message(client, port, head + target + link + b"\x0e\x00" + bytes(6))
    yield _with_message(client, port, head + target + b"\x01\x02" + bytes(6))  # longer than it
    for rest in (1, 2, 7):
        yield _with_message(client, port, head + target + link[:rest])
    # Nobody asks: to one host, or with a station.
    yield frames.solicitation(client, port, source="::", link=False, to=port.ipv6)
    yield frames.solicitation(client, port, source="::", link=False, to=frames.ALL_NODES)
    yield frames.solicitation(client, port, source="::", link=True)


def _malformed_advertisements(client, port):
    head = bytes([136, 0, 0, 0]) + struct.pack(">I", 0x20000000)
    link = b"\x02\x01" + bytes(6)
    yield _with_message(client, port, head + packed("ff02::1") + link)
    yield _with_message(client, port, head + packed(client.address) + link, hlim=254)
    yield _with_message(client, port, head + packed(client.address) + b"\x02\x00" + bytes(6))
    # Solicited, and yet to everybody.
    yield _advertisement(client, port, client.address, flags={"S": 1, "O": 1, "R": 0})


@case("NDP: packets that fail the checks of RFC 4861 are dropped")
def ndp_malformed(lab):
    scenario = lab.scenario()
    port, client = scenario.port, client6(2)
    for packet in _malformed_solicitations(client, port):
        scenario.send(packet, "ipv6", "ndp_malformed")
    for packet in _malformed_advertisements(client, port):
        scenario.send(packet, "ipv6", "ndp_malformed")
    for kind, length in ((134, 8), (134, 15), (137, 24), (137, 39)):  # too short for routers'
        message = bytes([kind]).ljust(length, b"\0")
        scenario.send(_with_message(LINK_LOCAL, port, message), "ipv6", "ndp_malformed")
    scenario.run()


@case("NDP: a wrong checksum is dropped")
def ndp_checksum(lab):
    scenario = lab.scenario()
    port, client = scenario.port, client6(2)
    for packet in (frames.solicitation(client, port), _advertisement(client, port, port.ipv6)):
        spoiled = bytearray(bytes(packet))
        spoiled[-1] ^= 1
        scenario.send(spoiled, "ipv6", "icmp_checksum")
    scenario.run()


# --- ICMP ---------------------------------------------------------------------------------------


@case("echo: requests of every size are answered over IPv4 and IPv6")
def echo_sizes(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        longest = 1500 - (28 if client.family == "ipv4" else 48)
        for length in (0, 1, 2, 3, 7, 8, 55, 56, 57, 255, 256, 999, longest - 1, longest):
            data = bytes(n * 7 & 0xFF for n in range(length))
            number = {"number": length, "sequence": 65535 - length}
            packet = frames.echo(client, scenario.port, data, **number)
            answer = frames.echo_reply(client, scenario.port, data, **number)
            scenario.send(packet, client.family, "echo_answered", answer)
    scenario.run()


@case("echo: replies have our header fields and no padding")
def echo_headers(lab):
    scenario = lab.scenario()
    for client, options in (
        (client4(2), ({"ttl": 1, "tos": 0xFF, "id": 77}, {"flags": "DF"})),
        (client6(2), ({"hlim": 1, "tc": 0xFF, "fl": 0xFFFFF}, {"hlim": 255})),
        (LINK_LOCAL, ({},)),
    ):
        answer = frames.echo_reply(client, scenario.port, b"ping")
        for ip in options:
            packet = frames.echo(client, scenario.port, b"ping", ip=ip)
            scenario.send(packet, client.family, "echo_answered", answer)
        padded = bytes(frames.echo(client, scenario.port, b"ping")) + b"\xa5" * 14
        scenario.send(padded, client.family, "echo_answered", answer)
    scenario.run()


@case("echo: an ICMP checksum that comes out as 0 stays 0 over IPv4")
def echo_checksum_zero(lab):
    scenario = lab.scenario()
    client = client4(2)
    # All the message's words sum to ffff, so that its complement is 0.
    answer = frames.echo_reply(client, scenario.port, number=0xFFFF, sequence=0)
    packet = frames.echo(client, scenario.port, number=0xFFFF, sequence=0)
    scenario.send(packet, "ipv4", "echo_answered", answer)
    scenario.run()


@case("echo: replies are limited, or switched off")
def echo_limited(lab):
    scenario = lab.scenario(settings={"host.echo_rate": 1})
    answer = frames.echo_reply(client4(2), scenario.port)
    scenario.send(frames.echo(client4(2), scenario.port), "ipv4", "echo_answered", answer)
    for client in (client4(2), client4(3), client6(2)):
        scenario.send(frames.echo(client, scenario.port), client.family, "echo_limited")
    scenario.run()
    scenario = lab.scenario(settings={"host.echo_rate": 0})
    for client in (client4(2), client6(2)):
        scenario.send(frames.echo(client, scenario.port), client.family, "echo_limited")
    scenario.run()


def _noted_ipv4():
    quoted = bytes(28)
    yield ICMP(type=0, id=7, seq=1)  # an answer to a question we never asked
    yield ICMP(type=3, code=3, unused=0) / Raw(quoted)
    yield ICMP(type=3, code=4, nexthopmtu=576) / Raw(quoted)  # too big: RFC 1191
    yield ICMP(type=4, code=0) / Raw(quoted)  # source quench: RFC 6633
    yield ICMP(type=5, code=1, gw="10.77.0.9") / Raw(quoted)
    yield ICMP(type=8, code=1, id=7, seq=1)
    yield ICMP(type=11, code=0) / Raw(quoted)
    yield ICMP(type=13, id=7, seq=1)
    yield ICMP(type=17, id=7, seq=1)
    yield ICMP(type=255, code=255) / Raw(quoted)


def _noted_ipv6():
    quoted = Raw(bytes(48))
    yield ICMPv6EchoReply(id=7, seq=1)
    yield ICMPv6EchoRequest(code=1, id=7, seq=1)
    yield frames.ICMPv6DestUnreach(code=4) / quoted
    yield ICMPv6PacketTooBig(mtu=1280) / quoted
    yield ICMPv6TimeExceeded() / quoted


@case("ICMP: everything but echo is noted")
def icmp_noted(lab):
    scenario = lab.scenario()
    port = scenario.port
    for message in _noted_ipv4():
        scenario.send(frames.icmp(client4(2), port, message), "ipv4", "icmp_noted")
    for message in _noted_ipv6():
        scenario.send(frames.icmp(client6(2), port, message), "ipv6", "icmp_noted")
    scenario.run()


@case("ICMP: pings to multicast addresses or without a source address are noted")
def echo_to_group(lab):
    scenario = lab.scenario()
    port, client = scenario.port, client6(2)
    for group in (frames.ALL_NODES, frames.solicited_nodes(port.ipv6)):
        to_mac = frames.group_mac(group)
        packet = frames.icmp(client, port, ICMPv6EchoRequest(), ip={"dst": group}, to_mac=to_mac)
        scenario.send(packet, "ipv6", "icmp_noted")
    packet = frames.icmp(client, port, ICMPv6EchoRequest(), ip={"src": "::"})
    scenario.send(packet, "ipv6", "icmp_noted")
    scenario.run()


@case("ICMP: packets that are cut short or have a wrong checksum are dropped")
def icmp_broken(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        protocol = {"proto": 1} if client.family == "ipv4" else {"nh": 58}
        for length in (0, 1, 4, 7):
            message = bytes([8 if client.family == "ipv4" else 128, 0]).ljust(8, b"\0")[:length]
            packet = frames.icmp(client, scenario.port, Raw(message), ip=protocol)
            scenario.send(packet, client.family, "icmp_malformed")
        for position in (-1, -4):
            spoiled = bytearray(bytes(frames.echo(client, scenario.port, b"data")))
            spoiled[position] ^= 0x10
            scenario.send(spoiled, client.family, "icmp_checksum")
    scenario.run()


# --- closed ports -------------------------------------------------------------------------------


def _closed(scenario, client, length, *, answered=True, verdict=None, **how):
    how = {"udp": {"dport": 6970}, **how}
    packet = frames.request(client, scenario.port, b"\x5a" * length, **how)
    answer = None
    if answered:
        answer = frames.port_unreachable(client, scenario.port, bytes(packet)[14:])
    verdict = verdict or ("port_unreachable" if answered else "port_closed")
    scenario.send(packet, client.family, verdict, answer)


@case("closed port: the error quotes as much of the datagram as its own length allows")
def unreachable_sizes(lab):
    scenario = lab.scenario()
    # The error's headers and eight bytes of the datagram must fit into the datagram.
    for client, least in ((client4(2), 28), (client6(2), 48)):
        for length in (0, 1, least - 8, least - 1):
            _closed(scenario, client, length, answered=False)
        for length in (least, least + 1, 98, 547, 548, 549, 1231, 1232, 1233, 1452):
            _closed(scenario, client, length)
    scenario.run()


@case("closed port: every port but the tracker's")
def unreachable_ports(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        for udp in (0, 1, 53, 6968, 6970, 65535):
            _closed(scenario, client, 60, udp={"dport": udp})
        _closed(
            scenario, client, 60, verdict="udp_source_port", answered=False, udp={"sport": 0, "dport": 53}
        )
    # Padding is not quoted.
    packet = frames.request(client4(2), scenario.port, bytes(40), udp={"dport": 1})
    answer = frames.port_unreachable(client4(2), scenario.port, bytes(packet)[14:])
    scenario.send(bytes(packet) + b"\xa5" * 9, "ipv4", "port_unreachable", answer)
    scenario.run()


@case("closed port: errors are limited, or switched off")
def unreachable_limited(lab):
    limited = {"answered": False, "verdict": "unreachable_limited"}
    scenario = lab.scenario(settings={"host.unreachable_rate": 1})
    for client in (client4(2), client6(2)):  # too short: none of these uses the limit up
        _closed(scenario, client, 16, answered=False)
    _closed(scenario, client4(2), 60)
    for client in (client4(2), client4(3), client6(2)):
        _closed(scenario, client, 60, **limited)
    scenario.run()
    for setting, how in (
        ({"host.unreachable_rate": 0}, limited),
        ({"host.port_unreachable": False}, {"answered": False}),
    ):
        scenario = lab.scenario(settings=setting)
        for client in (client4(2), client6(2)):
            _closed(scenario, client, 60, **how)
        scenario.run()


@case("closed port: a sender that floods does not starve others of errors")
def unreachable_shares(lab):
    # A burst of 10 for all. The flooder gets the upper half of it and its share, at least 2.
    limited = {"answered": False, "verdict": "unreachable_limited"}
    scenario = lab.scenario(settings={"host.unreachable_rate": 10})
    for n in range(40):
        _closed(scenario, client4(2), 60, **({} if n < 7 else limited))
    _closed(scenario, client4(3), 60, **limited)  # its network's share is used up, too
    _closed(scenario, client4(0x102), 60)
    _closed(scenario, client6(2), 60)
    scenario.run()


@case("closed port: a tracker client with the wrong UDP port gets no reply")
def unreachable_connect(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        for dport in (80, 6968):
            packet = frames.request(client, scenario.port, bep15.connect(1), udp={"dport": dport})
            scenario.send(packet, client.family, "port_closed")
        scenario.connect(client)
    scenario.run()
