# SPDX-License-Identifier: BSD-3-Clause
"""Frames that must be stopped on their way up, each with its own verdict and without a word.

Nearly all carry a connect that would be answered, were it not for the one thing that is wrong.
"""

import struct

import bep15
import frames
from frames import Raw, client4, client6
from scapy.layers.inet import IPOption_NOP, IPOption_Router_Alert, TCP
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    PadN,
)
from suite import case

A = b"\xaa" * 20


def _connect(scenario, client, **how):
    return frames.request(client, scenario.port, bep15.connect(1), **how)


def _spoiled(packet, at, code, value):
    """The frame with one number overwritten, checksums left as they were."""
    frame = bytearray(bytes(packet))
    struct.pack_into(code, frame, at, value)
    return bytes(frame)


def _with_header_sum(frame):
    """An IPv4 frame whose header was spoiled, its checksum made right again."""
    frame = bytearray(frame)
    frame[24:26] = b"\0\0"
    words = struct.unpack_from(">10H", frame, 14)
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into(">H", frame, 24, ~total & 0xFFFF)
    return bytes(frame)


# --- Ethernet -----------------------------------------------------------------------------------


@case("drops: frames too short for their headers")
def drop_short(lab):
    scenario = lab.scenario()
    ipv4, ipv6 = (bytes(_connect(scenario, c)) for c in (client4(2), client6(2)))
    for length in (1, 6, 12, 13):
        scenario.send(ipv4[:length], "link", "frame_short")
    for length in (14, 15, 33):
        scenario.send(ipv4[:length], "ipv4", "frame_short")
    for length in (14, 15, 53):
        scenario.send(ipv6[:length], "ipv6", "frame_short")
    scenario.run()


@case("drops: frames to other MAC addresses, and from multicast ones")
def drop_stations(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        packet = _connect(scenario, client)
        for station in (
            "02:70:63:61:70:01",
            "01:80:c2:00:00:00",
            "01:00:5e:00:00:01",
            "00:00:00:00:00:00",
            "32:33:00:00:00:01",
        ):
            packet.dst = station
            scenario.send(packet, "link", "frame_destination")
        packet = _connect(scenario, client)
        for station in ("01:00:00:00:00:02", frames.BROADCAST, "33:33:00:00:00:01"):
            packet.src = station
            scenario.send(packet, "link", "frame_source")
    scenario.run()


@case("drops: unicast packets in multicast frames")
def drop_group_frames(lab):
    scenario = lab.scenario()
    for client, family in ((client4(2), "link"), (client6(2), "ipv6")):
        for station in (frames.BROADCAST, frames.ALL_NODES_MAC):
            for packet in (
                _connect(scenario, client),
                _connect(scenario, client, udp={"dport": 1}),  # nor an error: RFC 1122 3.2.2
            ):
                packet.dst = station
                scenario.send(packet, family, "frame_destination")
    scenario.run()


@case("drops: unknown EtherTypes")
def drop_types(lab):
    scenario = lab.scenario()
    for kind in (0, 60, 1500, 0x0801, 0x8035, 0x8847, 0x8863, 0x88CC, 0x9100, 0xFFFF):
        frame = _spoiled(_connect(scenario, client4(2)), 12, ">H", kind)
        scenario.send(frame, "link", "frame_type")
    scenario.run()


@case("drops: frames in more than one mbuf")
def drop_segmented(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        head = 42 if client.family == "ipv4" else 62
        scenario.connect(client, tail=bytes(1514 - head - 16))  # fits into one
        for length in (4000, 9000):
            payload = bep15.connect(1) + bytes(length - head - 16)
            packet = frames.request(client, scenario.port, payload)
            scenario.send(packet, "link", "frame_segmented")
    payload = bep15.scrape(scenario.ids.mint(client4(2)), 1, [A] * 200)
    packet = frames.request(client4(2), scenario.port, payload)
    scenario.send(packet, "link", "frame_segmented")
    scenario.run()


# --- IPv4 ---------------------------------------------------------------------------------------


@case("drops: IPv4 headers with wrong versions, lengths and checksums")
def drop_ipv4_headers(lab):
    scenario = lab.scenario()
    packet = _connect(scenario, client4(2))
    total = len(bytes(packet)) - 14
    for version_ihl in (0x05, 0x35, 0x55, 0x65, 0x40, 0x41, 0x44):
        frame = _with_header_sum(_spoiled(packet, 14, "B", version_ihl))
        scenario.send(frame, "ipv4", "ipv4_header")
    for length in (0, 19, total + 1, 0xFFFF):
        frame = _with_header_sum(_spoiled(packet, 16, ">H", length))
        scenario.send(frame, "ipv4", "ipv4_header")
    (right,) = struct.unpack_from(">H", bytes(packet), 24)
    for wrong in (0, 0xFFFF, right ^ 1, right ^ 0x8000, (right + 1) & 0xFFFF):
        frame = _spoiled(packet, 24, ">H", wrong)
        scenario.send(frame, "ipv4", "ipv4_checksum")
    scenario.run()


@case("drops: IPv4 options")
def drop_ipv4_options(lab):
    scenario = lab.scenario()
    for options in ([IPOption_NOP()], [IPOption_Router_Alert()], [IPOption_NOP()] * 40):
        packet = _connect(scenario, client4(2), ip={"options": options})
        scenario.send(packet, "ipv4", "ipv4_options")
    scenario.run()


@case("drops: IPv4 fragments")
def drop_ipv4_fragments(lab):
    scenario = lab.scenario()
    for fields in ({"flags": "MF"}, {"frag": 1}, {"frag": 0x1FFF}, {"flags": "MF", "frag": 3}):
        scenario.send(_connect(scenario, client4(2), ip=fields), "ipv4", "ipv4_fragment")
    scenario.run()


# --- IPv6 ---------------------------------------------------------------------------------------


@case("drops: IPv6 headers with wrong versions and lengths")
def drop_ipv6_headers(lab):
    scenario = lab.scenario()
    packet = _connect(scenario, client6(2))
    length = len(bytes(packet)) - 54
    for version in (0x00, 0x40, 0x50, 0x70):
        scenario.send(_spoiled(packet, 14, "B", version), "ipv6", "ipv6_header")
    for wrong in (length + 1, 0xFFFF):
        scenario.send(_spoiled(packet, 18, ">H", wrong), "ipv6", "ipv6_header")
    scenario.send(_spoiled(packet, 18, ">H", 0), "ipv6", "udp_length")  # a jumbogram has none
    scenario.run()


def _padding(length):
    """A destination options header of `length` bytes, a multiple of 8."""
    options = [PadN(optdata=bytes(min(200, length - 4)))]
    return IPv6ExtHdrDestOpt(options=options)


@case("drops: IPv6 extension headers that are too many, too long, misplaced or cut short")
def drop_ipv6_extensions(lab):
    scenario = lab.scenario()
    hop, destination = IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt
    routed = IPv6ExtHdrRouting(type=2, segleft=1, addresses=["fd77::9"])
    for extensions in (
        [destination()] * 4,
        [hop(), destination(), destination(), destination()],
        [destination(), hop()],  # RFC 8200 4.1: it comes first
        [hop(), hop()],
        [_padding(136)],
        [_padding(64), _padding(72)],
        [routed],  # it is to go on to somebody else
    ):
        packet = _connect(scenario, client6(2), extensions=extensions)
        scenario.send(packet, "ipv6", "ipv6_extension")
    packet = _connect(scenario, client6(2), extensions=[destination()])
    beyond = _spoiled(packet, 55, "B", 5)  # 48 bytes of options where 32 are left
    scenario.send(beyond, "ipv6", "ipv6_header")
    for left in (0, 7):
        header = IPv6(src=client6(2).address, dst=scenario.port.ipv6, nh=60)
        packet = frames.ether(client6(2).mac, scenario.port.mac, scenario.port) / header
        scenario.send(packet / Raw(bytes(left)), "ipv6", "ipv6_header")
    scenario.run()


def _with_options(scenario, kind, data):
    """A connect behind a header of options, written by hand; its UDP checksum is right."""
    bare = bytes(_connect(scenario, client6(2)))
    header = bytes((17, (len(data) + 2) // 8 - 1)) + data
    frame = bytearray(bare[:54] + header + bare[54:])
    struct.pack_into(">H", frame, 18, len(frame) - 54)
    frame[20] = kind
    return bytes(frame)


@case("drops: unknown IPv6 options that ask for it, and options longer than their header")
def drop_ipv6_options(lab):
    """RFC 8200 4.2: what the top two bits of a type say, for both headers that have options."""
    scenario = lab.scenario()
    for kind in (0, 60):
        for unknown in (0x40, 0x5E, 0x80, 0x9E, 0xC0, 0xC2, 0xC9, 0xDE, 0xFE):
            for data in (
                bytes((unknown, 4, 0, 0, 0, 0)),
                bytes((0, 0, 0, 0, unknown, 0)),
                bytes((1, 1, 0, unknown, 0, 0)),
                bytes((0x1E, 2, 0, 0, unknown, 8)) + bytes(8),
            ):
                frame = _with_options(scenario, kind, data)
                scenario.send(frame, "ipv6", "ipv6_option")
            frame = _with_options(scenario, kind, bytes((unknown, 5, 0, 0, 0, 0)))
            scenario.send(frame, "ipv6", "ipv6_header")
        for data in (
            "01050000 0000",
            "00000000 0001",
            "1e050000 0000",
            "01ff0000 0000",
            "0100 0502 0000 0100 0103 0000 0105",
        ):
            frame = _with_options(scenario, kind, bytes.fromhex(data))
            scenario.send(frame, "ipv6", "ipv6_header")
    scenario.run()


@case("drops: IPv6 fragments")
def drop_ipv6_fragments(lab):
    scenario = lab.scenario()
    for fields in ({"m": 1}, {"offset": 4}, {}):  # the last is an atomic fragment
        for before in ([], [IPv6ExtHdrHopByHop()]):
            extensions = [*before, IPv6ExtHdrFragment(id=7, **fields)]
            packet = _connect(scenario, client6(2), extensions=extensions)
            scenario.send(packet, "ipv6", "ipv6_fragment")
    scenario.run()


# --- addresses ----------------------------------------------------------------------------------


@case("drops: packets for other addresses")
def drop_destinations(lab):
    scenario = lab.scenario()
    for address in ("10.77.0.9", "10.77.0.255", "255.255.255.255", "224.0.0.1", "0.0.0.0"):
        packet = _connect(scenario, client4(2), ip={"dst": address})
        scenario.send(packet, "ipv4", "ip_destination")
    for address in ("fd77::9", "ff02::1", "ff02::1:ff00:1", "ff05::1", "::", "fe80::1"):
        packet = _connect(scenario, client6(2), ip={"dst": address})
        scenario.send(packet, "ipv6", "ip_destination")
    ping = frames.icmp(client6(2), scenario.port, ICMPv6EchoRequest(), ip={"dst": "ff02::2"})
    scenario.send(ping, "ipv6", "ip_destination")
    scenario.run()


# Addresses that cannot be a sender, by the RFC that says so; the first and last of each block.
BOGONS = {
    "ipv4": (
        "0.0.0.0",
        "0.255.255.255",  # RFC 1122: this network
        "127.0.0.1",
        "127.255.255.255",  # loopback
        "224.0.0.1",
        "239.255.255.255",  # RFC 5771: multicast
        "240.0.0.1",
        "255.255.255.254",
        "255.255.255.255",  # RFC 1112: reserved; broadcast
    ),
    "ipv6": (
        "::",
        "::1",
        "::2",
        "::8.8.8.8",  # RFC 4291: unspecified, loopback, IPv4-compatible
        "::ffff:10.77.0.2",
        "::ffff:8.8.8.8",  # RFC 4291: mapped, never on a wire
        "ff02::1",
        "ff05::1",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",  # multicast
    ),
}

# Addresses that hosts do not have, unless in a network that Weir was put into.
RESERVED = {
    "ipv4": (
        "192.0.0.0",
        "192.0.0.8",
        "192.0.0.11",
        "192.0.0.255",  # RFC 6890: protocol assignments
        "192.0.2.0",
        "192.0.2.255",
        "198.51.100.0",
        "198.51.100.255",  # RFC 5737: documentation
        "203.0.113.0",
        "203.0.113.255",
        "192.88.99.0",
        "192.88.99.255",  # RFC 7526: 6to4 relays
    ),
    "ipv6": (
        "64:ff9b::808:808",  # RFC 6052: translators
        "100::1",
        "100::ffff:ffff:ffff:ffff",
        "100:0:0:1::1",  # RFC 6666, RFC 9780
        "2001:1::4",
        "2001:1f:ffff::1",
        "2001:1ff:ffff::1",  # RFC 2928, RFC 4843
        "2001:db8::1",
        "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",  # RFC 3849: documentation
        "3fff::1",
        "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",  # RFC 9637
        "2002:a4d:2::1",
        "2002:7f00:1::1",
        "2002:c000:202::1",  # RFC 3056: 6to4 of no public address
        "5f00::1",  # RFC 9602: segments
        "fec0::1",
        "feff::1",  # RFC 3879: site-local
    ),
}

# Neighbours of those blocks that are good, so that no block is larger than it should be.
PUBLIC = {
    "ipv4": (
        "1.0.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "223.255.255.255",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "191.255.255.255",
        "192.0.0.9",
        "192.0.0.10",
        "192.0.1.0",
        "192.0.1.255",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
    ),
    "ipv6": (
        "::1:0:2",
        "::fffe:808:808",
        "64:ff9a::1",
        "64:ff9b:0:0:0:1::1",
        "64:ff9b:2::1",
        "100:0:0:2::1",
        "2001::1",
        "2001:1::1",
        "2001:20::1",
        "2001:200::1",
        "2001:db7::1",
        "2001:db9::1",
        "2002:808:808::1",
        "3ffe::1",
        "3fff:1000::1",
        "3fff:ffff::1",
        "5eff::1",
        "5f01::1",
        "fbff::1",
        "fe7f::1",
    ),
}

PRIVATE = {
    "ipv4": (
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "169.254.0.0",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
    ),
    "ipv6": ("fc00::1", "fd78::2", "fdff:ffff::1", "2001:2::1", "64:ff9b:1::1"),
}

LINK = {"ipv6": ("fe80::2", "febf::2")}  # RFC 4291: cannot be given to other peers


def _clients(addresses):
    return [frames.Client(address) for family in addresses.values() for address in family]


@case("drops: impossible source addresses")
def drop_sources(lab):
    for allow_private in (True, False):
        scenario = lab.scenario(settings={"host.allow_private": allow_private})
        for client in _clients(BOGONS) + _clients(RESERVED) + _clients(LINK):
            for how in ({}, {"udp": {"dport": 1}}):  # nor are they told that a port is closed
                packet = _connect(scenario, client, **how)
                scenario.send(packet, client.family, "ip_source")
        # A LAND packet: from us to us.
        for address in (scenario.port.ipv4, scenario.port.ipv6):
            client = frames.Client(address, udp=6969)
            packet = _connect(scenario, client)
            scenario.send(packet, client.family, "ip_source")
        for client in _clients(PUBLIC):
            scenario.connect(client)
        scenario.run()


@case("drops: pings from impossible source addresses")
def drop_ping_sources(lab):
    scenario = lab.scenario()
    for client in _clients(BOGONS) + _clients(RESERVED):
        packet = frames.echo(client, scenario.port)
        if client.address == "::":  # might ask whether an address is taken
            scenario.send(packet, "ipv6", "icmp_noted")
        else:
            scenario.send(packet, client.family, "ip_source")
    for client in _clients(LINK) + _clients(PUBLIC):
        packet = frames.echo(client, scenario.port)
        answer = frames.echo_reply(client, scenario.port)
        scenario.send(packet, client.family, "echo_answered", answer)
    for address in (scenario.port.ipv4, scenario.port.ipv6):
        client = frames.Client(address)
        scenario.send(frames.echo(client, scenario.port), client.family, "ip_source")
    scenario.run()


@case("drops: private source addresses, unless host.allow_private")
def drop_private(lab):
    allowed = lab.scenario()
    refused = lab.scenario(settings={"host.allow_private": False})
    for client in _clients(PRIVATE):
        allowed.connect(client)
        allowed.announce(client, A)
        for payload in (bep15.connect(1), bep15.scrape(refused.ids.mint(client), 1, [A])):
            refused.request(client, payload, "ip_source_private")
        closed = frames.request(client, refused.port, bytes(60), udp={"dport": 1})
        refused.send(closed, client.family, "ip_source_private")
        packet = frames.echo(client, allowed.port)
        answer = frames.echo_reply(client, allowed.port)
        allowed.send(packet, client.family, "echo_answered", answer)
        refused.send(packet, client.family, "ip_source_private")
    # Neighbours must find us all the same.
    port = refused.port
    for address in ("fd78::2", "2001:db8::2", "fe80::2"):
        client = frames.Client(address)
        answer = frames.advertisement(port, to=address, to_mac=client.mac, solicited=True)
        refused.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)
    client = frames.Client("10.78.0.2")
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
    refused.send(frames.arp(client, port), "link", "arp_answered", answer)
    allowed.run()
    refused.run()


@case("drops: no host of a directly connected network, whatever its addresses")
def serve_own_networks(lab):
    for ipv4, neighbours4, ipv6, neighbours6 in (
        ("10.77.0.1", ("10.77.0.2", "10.77.0.254"), "fd77::1", ("fd77::2", "fd77::ffff:0:0:1")),
        ("192.0.2.1", ("192.0.2.2",), "2001:db8::1", ("2001:db8::2",)),
        ("198.18.5.1", ("198.18.5.254",), "fec0::1", ("fec0::2",)),
        ("169.254.9.1", ("169.254.9.2",), "100::1", ("100::2",)),
    ):
        port = frames.Port(ipv4=ipv4, ipv6=ipv6)
        scenario = lab.scenario(ports=(port,), settings={"host.allow_private": False})
        for client in map(frames.Client, (*neighbours4, *neighbours6)):
            scenario.connect(client)
            scenario.announce(client, A)
            answer = frames.echo_reply(client, port)
            scenario.send(frames.echo(client, port), client.family, "echo_answered", answer)
        for client, verdict in (
            ("172.16.0.9", "ip_source_private"),
            ("203.0.113.9", "ip_source"),
            ("127.0.0.1", "ip_source"),
            (ipv4[: ipv4.rindex(".")] + ".255", "ip_source"),
            ("fd79::9", "ip_source_private"),
            ("3fff::9", "ip_source"),
            ("fe80::9", "ip_source"),
        ):
            packet = _connect(scenario, frames.Client(client))
            scenario.send(packet, frames.Client(client).family, verdict)
        scenario.run()


# --- above IP -----------------------------------------------------------------------------------


@case("drops: protocols other than UDP and ICMP")
def drop_protocols(lab):
    scenario = lab.scenario()
    for client, field, others in (
        (client4(2), "proto", (0, 2, 4, 6, 47, 50, 58, 89, 132, 136, 255)),
        (client6(2), "nh", (1, 2, 4, 6, 41, 47, 50, 51, 59, 132, 135, 255)),
    ):
        for protocol in others:
            packet = _connect(scenario, client, ip={field: protocol})
            scenario.send(packet, client.family, "ip_protocol")
        header = frames.network(client, scenario.port)
        syn = frames.ether(client.mac, scenario.port.mac, scenario.port) / header / TCP(dport=6969)
        scenario.send(syn, client.family, "ip_protocol")
    scenario.run()


@case("drops: UDP with wrong lengths")
def drop_udp_lengths(lab):
    scenario = lab.scenario()
    for client, at in ((client4(2), 34), (client6(2), 54)):
        packet = _connect(scenario, client)
        for length in (0, 7, 25, 0xFFFF):
            frame = _spoiled(packet, at + 4, ">H", length)
            scenario.send(frame, client.family, "udp_length")
        protocol = {"proto": 17} if client.family == "ipv4" else {"nh": 17}
        for length in (0, 1, 7):
            header = frames.network(client, scenario.port, **protocol)
            station = frames.ether(client.mac, scenario.port.mac, scenario.port)
            scenario.send(station / header / Raw(bytes(length)), client.family, "udp_length")
    scenario.run()


@case("drops: UDP with wrong checksums, or from port 0")
def drop_udp_checksums(lab):
    scenario = lab.scenario()
    for client, at in ((client4(2), 34), (client6(2), 54)):
        packet = _connect(scenario, client)
        (right,) = struct.unpack_from(">H", bytes(packet), at + 6)
        for wrong in (right ^ 1, right ^ 0x8000, (right + 1) & 0xFFFF):
            frame = _spoiled(packet, at + 6, ">H", wrong)
            scenario.send(frame, client.family, "udp_checksum")
        for byte in range(at, at + 24):  # any byte of header or payload
            if byte // 2 == (at + 6) // 2 or byte // 2 == (at + 4) // 2:
                continue
            frame = bytearray(bytes(packet))
            frame[byte] ^= 0x40
            scenario.send(frame, client.family, "udp_checksum")
        scenario.send(_connect(scenario, client, udp={"sport": 0}), client.family, "udp_source_port")
    packet = _connect(scenario, client6(2), udp={"chksum": 0})
    scenario.send(packet, "ipv6", "udp_no_checksum")  # RFC 8200 8.1
    closed = _connect(scenario, client4(2), udp={"dport": 1, "chksum": 0xABCD})
    scenario.send(closed, "ipv4", "udp_checksum")  # no error for what may be garbled
    scenario.run()


@case("drops: a request with one flipped bit is dropped, or is another request")
def drop_bit_flips(lab):
    """Checksums see every single bit in what they cover; the rest is Ethernet."""
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        connection_id = scenario.ids.mint(client)
        payload = bep15.announce(connection_id, 1, A, 6881)
        whole = bytes(frames.request(client, scenario.port, payload))
        start = 34 if client.family == "ipv4" else 54
        for bit in range(8 * 8, 8 * len(whole[start:])):  # behind the UDP header
            frame = bytearray(whole)
            frame[start + bit // 8] ^= 0x80 >> bit % 8
            scenario.send(frame, client.family, "udp_checksum")
    scenario.run()
