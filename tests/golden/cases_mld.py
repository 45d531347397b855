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
from suite import case, check

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


def answers_of(scenario):
    """All that may be said to queries, by version."""
    port, addresses = scenario.port, scenario.ipv6(scenario.port)
    source = scenario.link_local(port)
    asked = [addresses, *([address] for address in addresses)]
    new = [frames.report(port, source, frames.IS_EXCLUDE, some) for some in asked]
    return new, [frames.report_v1(port, source, address) for address in addresses]


@case("MLD: queries about our groups are noted")
def mld_query(lab):
    for port in (frames.Port(), frames.Port(vlan=5)):
        scenario = lab.scenario(ports=(port,))
        scenario.own_frames |= set(sum(answers_of(scenario), []))
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


@case("MLD: packets that need no reply are noted")
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
    scenario.own_frames |= set(sum(answers_of(scenario), []))
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
    for extra, verdict in (
        (1, "mld_malformed"),
        (2, "mld_malformed"),
        (3, "mld_malformed"),
        (4, "mld_query"),
    ):
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


# --- reports ------------------------------------------------------------------------------------


def _sent_of(scenario, expected):
    """What was sent of these frames, in order."""
    return [frame for frame in scenario.wire.sent if frame in expected]


@case("MLD: groups are reported when the link comes up, and once more")
def mld_joined(lab):
    """RFC 3810 6.1, 9.1: the robustness variable's times, from our link-local address."""
    for vlan in (0, 5):
        scenario = lab.scenario(ports=(frames.Port(vlan=vlan),))
        scenario.stop_when_done = False
        scenario.run(run_for_s=3)
        joined = scenario.joined(scenario.port, scenario.link_local(scenario.port))
        times = scenario.wire.sent.count(joined)
        check(times == 2, f"{times} reports, not 2")


@case("MLD: groups are reported again once there is an address to send from")
def mld_joined_with_source(lab):
    """RFC 3810 5.2.13: routers ignore what came from ::, switches that snoop do not."""
    scenario = lab.scenario(settings={"host.dad": True})
    port = scenario.port
    nobody, ours = (scenario.joined(port, s) for s in ("::", scenario.link_local(port)))
    scenario.own_frames.add(nobody)
    for address in scenario.ipv6(port):
        scenario.own_frames.add(frames.solicitation_own(port, target=address, source="::"))
    scenario.own_frames.add(frames.arp_own(port, sender="0.0.0.0", target=port.ipv4))
    scenario.stop_when_done = False
    scenario.run(run_for_s=5)
    sent = _sent_of(scenario, {nobody, ours})
    check(sent == [nobody, nobody, ours, ours], f"{sent.count(nobody)} and {sent.count(ours)}")


@case("MLD: two addresses of the same group are one record")
def mld_shared_group(lab):
    extra = {"addresses": ["10.77.0.1/24", "fd77::1/64", "fd78::1/64", "fd78::2/64"]}
    scenario = lab.scenario(port_settings=extra)
    port = scenario.port
    for address in ("fd78::1", "fd78::2"):
        other = frames.Port(ipv4=port.ipv4, ipv6=address)
        scenario.own_frames |= frames.announcements(other)
    scenario.stop_when_done = False
    scenario.run(run_for_s=1)
    joined = scenario.joined(port, scenario.link_local(port))
    check(len(joined) == 14 + 40 + 8 + 8 + 3 * 20, "the oracle has not three records")
    check(joined in scenario.wire.sent, "not reported")


@case("MLD: queries are answered in their version")
def mld_answers(lab):
    scenario = lab.scenario()
    port = scenario.port
    ours = frames.solicited_nodes(port.ipv6)
    (everything, one, other), old = answers_of(scenario)
    answers = {everything, one, other, *old}
    scenario.own_frames |= answers
    scenario.wait_for("link is up")
    scenario.wait_seconds(1.5)
    for query, verdict in (
        (v2(mrd=0), "mld_query"),
        (v2(ours, mrd=0), "mld_query"),
        # For two sources: we hear all of the group's, and say so.
        (v2(ours, mrd=0, sources_number=2, sources=["2a00::1", "2a00::2"]), "mld_query"),
        (v2(OTHER_GROUP, mrd=0), "mld_noted"),
        (v1(mrd=0), "mld_query"),
        (v1(ours, mrd=0), "mld_query"),
        (v1(OTHER_GROUP, mrd=0), "mld_noted"),
        (v2(ours, mrd=0), "mld_query"),  # RFC 3810 8.2.1: there is a querier of version 1
        (v2(mrd=0), "mld_query"),
    ):
        scenario.send(message(port, query), "ipv6", verdict)
        scenario.wait_seconds(0.4)
    scenario.noise(1)
    scenario.run()
    wanted = [everything, one, one, *old, old[0], old[0], *old]
    sent = _sent_of(scenario, answers)
    check(sent == wanted, "\n".join(frame.hex() for frame in sent))
