# SPDX-License-Identifier: BSD-3-Clause
"""Multicast listener discovery: what routers and snooping switches ask, and what is reported."""

import frames
from frames import client6, packed
from scapy.layers.inet6 import (
    ICMPv6MLDone,
    ICMPv6MLQuery,
    ICMPv6MLQuery2,
    ICMPv6MLReport,
    ICMPv6MLReport2,
    IPv6,
    IPv6ExtHdrHopByHop,
    Pad1,
    RouterAlert,
)
from scapy.packet import Raw
from suite import case

ROUTER = frames.Client("fe80::fe", mac="02:00:00:00:00:fe")
OTHER_GROUP = "ff02::1:ff00:99"


def message(port, body, *, to=frames.ALL_NODES, source=ROUTER.address, options=None, hlim=1):
    """A message of MLD as it comes: from a router, one hop, with a Router Alert."""
    to_mac = frames.group_mac(to) if packed(to)[0] == 0xFF else port.mac
    options = [RouterAlert(value=0)] if options is None else options
    packet = frames.ether(ROUTER.mac, to_mac, port) / IPv6(src=source, dst=to, hlim=hlim)
    return packet / IPv6ExtHdrHopByHop(options=options) / body


def v1(group="::", mrd=1000):
    return ICMPv6MLQuery(mladdr=group, mrd=mrd)


def v2(group="::", mrd=1000, **fields):
    return ICMPv6MLQuery2(mladdr=group, mrd=mrd, **{"QRV": 2, "QQIC": 125, **fields})


@case("MLD: queries about groups of ours are noted")
def mld_query(lab):
    for port in (frames.Port(), frames.Port(vlan=5)):
        scenario = lab.scenario(ports=(port,))
        ours = frames.solicited_nodes(port.ipv6)
        for query in (v1, v2):
            scenario.send(message(port, query()), "ipv6", "mld_query")
            # RFC 3810 5.1.15: to any address or group of ours.
            for to in (ours, frames.ALL_NODES, port.ipv6):
                scenario.send(message(port, query(ours), to=to), "ipv6", "mld_query")
        sources = v2(ours, sources_number=2, sources=["2a00::1", "2a00::2"])
        scenario.send(message(port, sources, to=ours), "ipv6", "mld_query")
        padded = bytes(message(port, v1())) + b"\xa5" * 9  # Ethernet's, and not the message's
        scenario.send(padded, "ipv6", "mld_query")
        options = [Pad1(), RouterAlert(value=0), Pad1()]
        scenario.send(message(port, v2(), options=options), "ipv6", "mld_query")
        scenario.run()


@case("MLD: what asks nothing of us is noted")
def mld_noted(lab):
    scenario = lab.scenario()
    port = scenario.port
    ours = frames.solicited_nodes(port.ipv6)
    for query in (v1, v2):
        for group in (OTHER_GROUP, frames.ALL_NODES, "ff02::fb"):
            scenario.send(message(port, query(group)), "ipv6", "mld_noted")
    for group, to in ((ours, ours), (OTHER_GROUP, frames.ALL_NODES)):
        scenario.send(message(port, ICMPv6MLReport(mladdr=group), to=to), "ipv6", "mld_noted")
    scenario.send(message(port, ICMPv6MLDone(mladdr=ours)), "ipv6", "mld_noted")
    # Reports and dones as they come are for routers: groups that we are not in.
    for body, to in ((ICMPv6MLReport2(), "ff02::16"), (ICMPv6MLDone(mladdr=ours), "ff02::2")):
        scenario.send(message(port, body, to=to), "ipv6", "ip_destination")
    scenario.run()


@case("MLD: queries that fail the checks of RFC 3810 are dropped")
def mld_malformed(lab):
    scenario = lab.scenario()
    port = scenario.port
    for query in (v1(), v2()):
        for source in (client6(2).address, "::", "2a00::1"):
            scenario.send(message(port, query, source=source), "ipv6", "mld_malformed")
        for hlim in (0, 2, 255):
            scenario.send(message(port, query, hlim=hlim), "ipv6", "mld_malformed")
        for options in ([], [RouterAlert(value=1)], [RouterAlert(value=0, optlen=1), Pad1()]):
            packet = message(port, query, options=options)
            scenario.send(packet, "ipv6", "mld_malformed")
        bare = frames.ether(ROUTER.mac, frames.ALL_NODES_MAC, port)
        bare = bare / IPv6(src=ROUTER.address, dst=frames.ALL_NODES, hlim=1) / query
        scenario.send(bare, "ipv6", "mld_malformed")
    for group in ("fe80::1", "::1", port.ipv6):
        scenario.send(message(port, v2(group)), "ipv6", "mld_malformed")
    for missing in (v2(sources_number=1, sources=[]), v2(sources_number=9, sources=["::1"] * 8)):
        scenario.send(message(port, missing), "ipv6", "mld_malformed")
    # RFC 3810 8.1: 24 bytes, or 28 and more.
    for extra, verdict in ((1, "mld_malformed"), (2, "mld_malformed"), (3, "mld_malformed"),
                           (4, "mld_query")):
        packet = message(port, v1() / Raw(bytes(extra)))
        scenario.send(packet, "ipv6", verdict)
    scenario.run()


@case("MLD: a wrong checksum is dropped")
def mld_checksum(lab):
    scenario = lab.scenario()
    for query in (v1(), v2()):
        spoiled = bytearray(bytes(message(scenario.port, query)))
        spoiled[-1] ^= 1
        scenario.send(spoiled, "ipv6", "icmp_checksum")
    scenario.run()
