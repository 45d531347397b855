# SPDX-License-Identifier: BSD-3-Clause
"""What depends on the link: tags, padding, extension headers, several ports, the gateway."""

from collections import Counter

import bep15
import frames
from frames import Dot1Q, client4, client6
from scapy.layers.inet6 import (
    HBHOptUnknown,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    Pad1,
    PadN,
    RouterAlert,
)
from suite import case, check

A, B = b"\xaa" * 20, b"\xbb" * 20
MANY = [bytes([n]) * 20 for n in range(1, 100)]
HASHES = [bytes([n]) * 20 for n in range(1, 72)]


def _everything(scenario):
    """One of each kind of request that is answered, on the wire the scenario is at."""
    port = scenario.port
    for client in (client4(2), client6(2)):
        scenario.connect(client)
        scenario.announce(client, A)
        scenario.announce(client, A, port=1, left=0)
        scenario.scrape(client, [A, B])
        data = b"abc"
        answer = frames.echo_reply(client, port, data)
        scenario.send(frames.echo(client, port, data), client.family, "echo_answered", answer)
        packet = frames.request(client, port, bytes(60), udp={"dport": 1})
        quoted = bytes(packet)[18 if port.vlan else 14 :]
        answer = frames.port_unreachable(client, port, quoted)
        scenario.send(packet, client.family, "port_unreachable", answer)
    _neighbours(scenario)


def _neighbours(scenario):
    port, client = scenario.port, client4(2)
    answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
    scenario.send(frames.arp(client, port), "link", "arp_answered", answer)
    client = client6(2)
    answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
    scenario.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)


# --- VLAN ---------------------------------------------------------------------------------------


@case("VLAN: everything with our tag is answered, with tag and priority")
def vlan_accepted(lab):
    for vlan in (1, 77, 4094):
        scenario = lab.scenario(ports=(frames.Port(vlan=vlan),))
        _everything(scenario)
        for priority in range(8):
            scenario.connect(client4(2), priority=priority)
            scenario.announce(client6(2), A, priority=priority)
        scenario.run()


@case("VLAN: other tags, no tag, two tags are dropped")
def vlan_refused(lab):
    scenario = lab.scenario(ports=(frames.Port(vlan=77),))
    inner = bytes(frames.request(client4(2), frames.Port(), bep15.connect(1)))
    ends, kind, rest = inner[:12], inner[12:14], inner[14:]
    ours = b"\x81\x00\x00\x4d"
    for tag in (
        b"",
        b"\x81\x00\x00\x00",
        b"\x81\x00\x00\x4c",
        b"\x81\x00\x0f\xff",
        b"\x88\xa8\x00\x4d",
        ours + ours,
        b"\x88\xa8\x00\x4d" + ours,
        b"\x81\x00\x00\x01" + ours,
    ):
        scenario.send(ends + tag + kind + rest, "link", "frame_vlan")
    for length in (14, 15, 16, 17):
        scenario.send((ends + ours + kind)[:length], "link", "frame_short")
    scenario.send(ends + ours + kind, "ipv4", "frame_short")
    scenario.send(ends + ours + b"\x88\xcc" + rest, "link", "frame_type")
    scenario.run()


@case("VLAN: without a configured VLAN, tagged frames are dropped")
def vlan_unexpected(lab):
    scenario = lab.scenario()
    for client in (client4(2), client6(2)):
        for vlan in (0, 1, 77):
            packet = frames.request(client, scenario.port, bep15.connect(1))
            tagged = frames.ether(client.mac, scenario.port.mac, scenario.port)
            tagged = tagged / Dot1Q(vlan=vlan) / packet.payload
            if vlan != 0:
                scenario.send(tagged, "link", "frame_vlan")
            tagged.type = 0x88A8
            scenario.send(tagged, "link", "frame_vlan")
    scenario.run()


def _with_tag(packet, tag):
    """A frame with a tag (4 bytes) behind its addresses."""
    return bytes(packet)[:12] + tag + bytes(packet)[12:]


@case("VLAN: a tag of VLAN 0 is a priority; the frame is served, the reply is untagged")
def vlan_priority(lab):
    """IEEE 802.1Q 6.9.1."""
    scenario = lab.scenario()
    plain = scenario.send
    for priority in (0x00, 0x20, 0xA0, 0xE0, 0xF0):  # the last with "drop eligible"
        # Whatever is sent gets its tag here, behind the scenario's back.
        def tagged(packet, *rest, tag=bytes((0x81, 0x00, priority, 0x00))):
            plain(_with_tag(packet, tag), *rest)

        scenario.send = tagged
        _everything(scenario)
        for extensions in _extensions():
            scenario.connect(client6(2), extensions=extensions)
            scenario.announce(client6(2), A, extensions=extensions)
    scenario.send = plain
    packet = frames.request(client4(2), scenario.port, bep15.connect(1))
    for tag in ("81000000 81000000", "81000000 81000001", "81000000 88a80000", "81000100"):
        scenario.send(_with_tag(packet, bytes.fromhex(tag)), "link", "frame_vlan")
    short = _with_tag(packet, bytes.fromhex("8100e000"))
    for length in (14, 15, 16, 17):
        scenario.send(short[:length], "link", "frame_short")
    scenario.send(short[:18], "ipv4", "frame_short")
    scenario.run()


# --- padding and extension headers --------------------------------------------------------------


@case("link: Ethernet padding is ignored, whatever is in it")
def padding(lab):
    scenario = lab.scenario()
    plain = scenario.send
    for amount in (1, 2, 18, 46):
        # Whatever is sent gets its padding here, behind the scenario's back.
        def padded(packet, *rest, amount=amount):
            plain(bytes(packet) + b"\xa5" * amount, *rest)

        scenario.send = padded
        _everything(scenario)
    scenario.send = plain
    scenario.run()


def _extensions():
    hop, destination = IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt
    arrived = IPv6ExtHdrRouting(type=2, segleft=0, addresses=["fd77::9"])
    yield [hop()]
    yield [destination()]
    yield [hop(), destination()]
    yield [hop(), arrived, destination()]
    yield [destination(options=[PadN(optdata=bytes(122))])]  # 128 bytes
    yield [hop(), destination(options=[PadN(optdata=bytes(106))]), destination()]
    # RFC 8200 4.2: padding, and an option that may be skipped by who does not know it.
    yield [hop(options=[Pad1(), Pad1(), RouterAlert(value=1)])]
    yield [destination(options=[HBHOptUnknown(otype=0x1E, optdata=b"\xff" * 4)])]
    yield [hop(options=[HBHOptUnknown(otype=0x3E, optdata=b"")]), destination()]


@case("link: packets with permitted IPv6 extension headers are served")
def extension_headers(lab):
    scenario = lab.scenario()
    for number in range(10, 80):
        scenario.announce(client6(number), A, num_want=0)
    client = client6(2)
    for extensions in _extensions():
        scenario.connect(client, extensions=extensions)
        scenario.announce(client, A, num_want=200, extensions=extensions)
        scenario.announce(client, B, tail=b"\x02\x09/announce", extensions=extensions)
        scenario.scrape(client, HASHES[:66] + [A], extensions=extensions)
    scenario.run()


@case("link: an error about a closed port quotes a packet without its extension headers")
def extension_headers_closed(lab):
    scenario = lab.scenario()
    client = client6(2)
    bare = frames.request(client, scenario.port, bytes(100), udp={"dport": 1})
    answer = frames.port_unreachable(client, scenario.port, bytes(bare)[14:])
    for extensions in _extensions():
        packet = frames.request(client, scenario.port, bytes(100), udp={"dport": 1}, extensions=extensions)
        scenario.send(packet, "ipv6", "port_unreachable", answer)
    scenario.run()


# --- ports --------------------------------------------------------------------------------------


@case("MTU: limits the peers and torrents of a reply")
def mtu_bounds(lab):
    for mtu in (576, 600, 899, 900, 1248):
        scenario = lab.scenario(settings={"driver.mtu": mtu}, port_settings={"addresses": ["10.77.0.1/24"]})
        for number in range(210):
            scenario.announce(client4(number + 10), A, num_want=0)
        for wanted in (5, 87, 200):
            scenario.announce(client4(2), A, num_want=wanted)
        for count in (1, 44, 45, 46, 72):
            scenario.scrape(client4(2), [A, *MANY[: count - 1]])
        scenario.run()


@case("MTU: below 1280 the link carries no IPv6")
def mtu_without_ipv6(lab):
    for mtu in (576, 1279):
        scenario = lab.scenario(settings={"driver.mtu": mtu}, port_settings={"addresses": ["10.77.0.1/24"]})
        port, client = scenario.port, client6(2)
        for packet in (
            frames.request(client, port, bep15.connect(1)),
            frames.request(client, port, bep15.connect(1), ip={"dst": "ff02::1"}),
            frames.echo(client, port),
            frames.solicitation(client, port),
            bytes(frames.echo(client, port))[:20],
        ):
            scenario.send(packet, "ipv6", "ipv6_off")
        scenario.connect(client4(2))
        scenario.run()


@case("ports: two ports serve one tracker")
def two_ports(lab):
    second = frames.Port(ipv4="10.78.0.1", ipv6="fd78::1", mac="02:70:63:61:70:01")
    scenario = lab.scenario(ports=(frames.Port(), second))
    # The order between ports is not fixed: what depends on it is asked on one port only.
    _everything(scenario.on(0))
    scenario.on(1)
    for client in (frames.Client("10.78.0.2"), frames.Client("fd78::2")):
        scenario.connect(client)
        scenario.announce(client, B)
        scenario.announce(client, B, port=1)
        scenario.scrape(client, [B])
    _neighbours(scenario)
    # The other port's address or station is not ours.
    for wire, other in ((0, scenario.wires[1].port), (1, scenario.wires[0].port)):
        scenario.on(wire)
        for client in (client4(3), client6(3)):
            packet = frames.request(
                client, scenario.port, bep15.connect(1), ip={"dst": other.address(client.family)}
            )
            scenario.send(packet, client.family, "ip_destination")
            packet = frames.request(client, other, bep15.connect(1))
            scenario.send(packet, "link", "frame_destination")
    scenario.run()


@case("ports: one port has several addresses")
def several_addresses(lab):
    extra = {"addresses": ["10.77.0.1/24", "10.99.1.1/8", "fd77::1/64", "fd99::5/48"]}
    scenario = lab.scenario(port_settings=extra)
    more = frames.Port(ipv4="10.99.1.1", ipv6="fd99::5")
    scenario.own_frames |= frames.announcements(more)
    for port in (scenario.port, more):
        for client in (client4(2), client6(2)):
            scenario.connect(client, ip={"dst": port.address(client.family)})
            scenario.announce(client, A, ip={"dst": port.address(client.family)})
        client = client4(2)
        answer = frames.arp_reply(port, to_mac=client.mac, hwdst=client.mac, pdst=client.address)
        scenario.send(frames.arp(client, port), "link", "arp_answered", answer)
        client = client6(2)
        answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
        scenario.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)
    scenario.run()


# --- what the appliance says by itself ----------------------------------------------------------

GATEWAYS = {"gateway_ipv4": "10.77.0.254", "gateway_ipv6": "fd77::fe"}
ROUTER_MAC = "02:00:00:00:00:fe"
STRANGER_MAC = "02:00:00:00:00:66"
SUCCESSOR_MAC = "02:00:00:00:00:fd"
NOBODY_MAC = "00:00:00:00:00:00"


def _gateway_requests(port):
    return {
        frames.arp_own(port, sender=port.ipv4, target=GATEWAYS["gateway_ipv4"]),
        frames.solicitation_own(port, target=GATEWAYS["gateway_ipv6"], source=port.ipv6),
    }


@case("own frames: addresses are announced twice, the gateway is solicited until it answers")
def own_frames(lab):
    scenario = lab.scenario(port_settings=GATEWAYS)
    requests = _gateway_requests(scenario.port)
    scenario.own_frames |= requests
    scenario.stop_when_done = False
    ended = scenario.run(run_for_s=4)
    counts = Counter(scenario.wire.sent)
    for frame in frames.announcements(scenario.port):
        check(counts[frame] == 2, f"{counts[frame]} times, not 2: {frame.hex()}")
    for frame in requests:
        check(counts[frame] in (5, 6, 7), f"{counts[frame]} times in 4 s: {frame.hex()}")
    ended.said("address 10.77.0.1: no conflict, in use")
    ended.said("address fd77::1: no conflict, in use")


def _arp_answer(port, mac, **fields):
    router = frames.Client(GATEWAYS["gateway_ipv4"], mac=mac)
    values = {"op": 2, "hwdst": port.mac, "to_mac": port.mac, **fields}
    return frames.arp(router, port, **values)


def _ndp_answer(port, mac, solicited=1, override=1):
    router = frames.Client(GATEWAYS["gateway_ipv6"], mac=mac)
    message = frames.ICMPv6ND_NA(tgt=router.address, R=1, S=solicited, O=override)
    link = frames.ICMPv6NDOptDstLLAddr(lladdr=mac)
    return frames.icmp(router, port, message / link, ip={"hlim": 255})


def _requests_through(scenario, router_mac):
    """Requests from near and far; only replies that leave our networks go through a router."""
    near = (client4(2), client6(2), frames.Client("169.254.7.7"))
    far = (frames.Client("8.8.8.8"), frames.Client("2a00::8"))
    for client in near + far:
        answer_mac = router_mac if client in far else None
        scenario.connect(client, answer_mac=answer_mac)
        scenario.announce(client, A, answer_mac=answer_mac)
        scenario.scrape(client, [A], answer_mac=answer_mac)
        payload = bep15.announce(scenario.ids.mint(client), scenario.transaction_id(), A, 0)
        scenario.error(client, payload, "announce_port_zero", bep15.PORT_ZERO, answer_mac=answer_mac)


@case("own frames: a link-local address is made and announced, and answers neighbours")
def link_local(lab):
    """RFC 4291 2.1, RFC 7217: not made of the MAC address, another one for each port."""
    second = frames.Port(mac="02:70:63:61:70:01", ipv4="10.78.0.1", ipv6="fd78::1", vlan=9)
    scenario = lab.scenario(ports=(frames.Port(), second))
    made = {scenario.at_link_local(port).ipv6 for port in scenario.ports}
    check(len(made) == 2 and "fe80::70:63ff:fe61:7000" not in made, f"made of the MAC: {made}")
    neighbour = frames.Client("fe80::77")
    for wire, plain in enumerate(scenario.ports):
        port = scenario.on(wire).at_link_local(plain)
        for client in (neighbour, client6(2)):
            answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
            scenario.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)
        answer = frames.echo_reply(neighbour, port, b"hello")
        scenario.send(frames.echo(neighbour, port, b"hello"), "ipv6", "echo_answered", answer)
        # A tracker is for those whom others can reach: RFC 4291 2.5.6.
        packet = frames.request(neighbour, port, bep15.connect(1))
        scenario.send(packet, "ipv6", "ip_source")
    scenario.run()


@case("own frames: a configured link-local address is the only one")
def link_local_configured(lab):
    extra = {"addresses": ["10.77.0.1/24", "fe80::5/64"]}
    scenario = lab.scenario(port_settings=extra)
    port = frames.Port(ipv6="fe80::5")
    scenario.own_frames |= frames.announcements(port)
    client = frames.Client("fe80::77")
    answer = frames.advertisement(port, to=client.address, to_mac=client.mac, solicited=True)
    scenario.send(frames.solicitation(client, port), "ipv6", "ndp_answered", answer)
    made = scenario.at_link_local(scenario.port)
    packet = frames.solicitation(client, port, target=made.ipv6, to=port.ipv6)
    scenario.send(packet, "ipv6", "ndp_noted")
    scenario.run()
    made = frames.announcements(made) - frames.announcements(port)
    check(not made & set(scenario.wire.sent), "it announced an address of its own making")


@case("gateway: replies return to their sender until it answers, then go to it, and to its successor")
def gateway(lab):
    scenario = lab.scenario(port_settings=GATEWAYS)
    port = scenario.port
    requests = _gateway_requests(port)
    scenario.own_frames |= requests
    _requests_through(scenario, None)
    # Nobody asked for these: a stranger's claims to everybody.
    everybody = {"to_mac": frames.BROADCAST, "hwdst": frames.BROADCAST}
    packet = _arp_answer(port, STRANGER_MAC, **everybody)
    scenario.send(packet, "link", "arp_noted")
    scenario.send(_arp_answer(port, STRANGER_MAC, psrc="10.77.0.253"), "link", "arp_noted")
    scenario.send(_ndp_answer(port, STRANGER_MAC, solicited=0), "ipv6", "ndp_noted")
    # Answers count once there is a question: it follows the addresses at once.
    scenario.wait_for(": no conflict, in use", times=3)
    scenario.wait_seconds(0.3)
    _requests_through(scenario, None)
    scenario.wait_seconds(0.3)  # or the answer to these may go to the router already
    scenario.send(_arp_answer(port, ROUTER_MAC), "link", "arp_noted")
    scenario.send(_ndp_answer(port, ROUTER_MAC), "ipv6", "ndp_noted")
    scenario.wait_for("the gateway for ", times=2)
    _requests_through(scenario, ROUTER_MAC)
    # Claims that nobody asked for, and an answer that must not override (RFC 4861 7.2.5).
    packet = _arp_answer(port, STRANGER_MAC, **everybody)
    scenario.send(packet, "link", "arp_noted")
    packet = _arp_answer(port, STRANGER_MAC, op=1, hwdst=NOBODY_MAC, pdst=GATEWAYS["gateway_ipv4"])
    scenario.send(packet, "link", "arp_noted")
    scenario.send(_ndp_answer(port, STRANGER_MAC, solicited=0), "ipv6", "ndp_noted")
    scenario.send(_ndp_answer(port, STRANGER_MAC, override=0), "ipv6", "ndp_noted")
    scenario.wait_seconds(1.5)
    _requests_through(scenario, ROUTER_MAC)
    scenario.wait_seconds(0.3)
    # They have made Weir ask: only the router's successor answers.
    scenario.send(_arp_answer(port, SUCCESSOR_MAC), "link", "arp_noted")
    scenario.send(_ndp_answer(port, SUCCESSOR_MAC), "ipv6", "ndp_noted")
    for family in ("ipv4", "ipv6"):
        scenario.wait_for(f"the gateway for {family} is {SUCCESSOR_MAC}")
    _requests_through(scenario, SUCCESSOR_MAC)
    ended = scenario.run()
    for family in ("ipv4", "ipv6"):
        ended.said(f"the gateway for {family} is {ROUTER_MAC}")
    check(STRANGER_MAC not in ended.err, "a stranger was believed")
    check(requests <= set(scenario.wire.sent), "the gateway was not asked for")


@case("gateway: an IPv6 router may have a link-local address only")
def gateway_link_local(lab):
    gateways = {"gateway_ipv6": "fe80::1"}
    scenario = lab.scenario(port_settings=gateways)
    port = scenario.port
    question = frames.solicitation_own(port, target="fe80::1", source=port.ipv6)
    scenario.own_frames.add(question)
    scenario.wait_for(": no conflict, in use", times=3)
    scenario.wait_seconds(0.3)
    router = frames.Client("fe80::1", mac=ROUTER_MAC)
    message = frames.ICMPv6ND_NA(tgt=router.address, R=1, S=1, O=1)
    link = frames.ICMPv6NDOptDstLLAddr(lladdr=ROUTER_MAC)
    packet = frames.icmp(router, port, message / link, ip={"hlim": 255})
    scenario.send(packet, "ipv6", "ndp_noted")
    scenario.wait_for(f"the gateway for ipv6 is {ROUTER_MAC}")
    scenario.connect(frames.Client("2a00::8"), answer_mac=ROUTER_MAC)
    scenario.connect(client6(2))
    scenario.run()
    check(question in scenario.wire.sent, "the gateway was not asked for")


READY_WITHOUT_IPV4 = "weir: ready without 10.77.0.1/24 (another host has it)"


def _probes(scenario):
    port = scenario.port
    return {
        frames.arp_own(port, sender="0.0.0.0", target=port.ipv4),
        frames.solicitation_own(port, target=port.ipv6, source="::"),
        frames.solicitation_own(port, target=scenario.at_link_local(port).ipv6, source="::"),
    }


def _reports_without_source(scenario):
    """RFC 3810 5.2.13: what is said of groups while no address may be used."""
    return {scenario.joined(scenario.port, "::")}


def _refused(scenario):
    """Requests to addresses that are not used: as if nobody had them."""
    for client in (client4(2), client6(2)):
        packet = frames.request(client, scenario.port, bep15.connect(1))
        scenario.send(packet, client.family, "ip_destination")
    scenario.send(frames.echo(client4(2), scenario.port), "ipv4", "ip_destination")
    scenario.send(frames.echo(client6(2), scenario.port), "ipv6", "icmp_noted")
    scenario.send(frames.arp(client4(2), scenario.port), "link", "arp_noted")
    scenario.send(frames.solicitation(client6(2), scenario.port), "ipv6", "ndp_noted")


@case("addresses: assigned after a probe without answer")
def addresses_probed(lab):
    scenario = lab.scenario(settings={"host.dad": True})
    probes = _probes(scenario)
    scenario.own_frames |= probes | _reports_without_source(scenario)
    _refused(scenario)
    scenario.wait_for(": no conflict, in use", times=3)
    _everything(scenario)
    ended = scenario.run()
    counts = Counter(scenario.wire.sent)
    # Switches have to hear of the groups before others can answer a probe in them: RFC 4862 5.4.2.
    sent = scenario.wire.sent
    (joined,) = _reports_without_source(scenario)
    check(sent.index(joined) < min(map(sent.index, probes)), "probed before it has joined")
    for frame in probes:
        check(counts[frame] == 1, f"{counts[frame]} probes, not 1")
    check("duplicate" not in ended.err, "an address was taken for a duplicate")
    words = ended.err.splitlines()
    check(words.index("weir: ready") > words.index("weir: address fd77::1: no conflict, in use"), ended.err)


@case("addresses: not used while another host has them")
def addresses_taken(lab):
    scenario = lab.scenario(settings={"host.dad": True})
    port = scenario.port
    scenario.own_frames |= _probes(scenario) | _reports_without_source(scenario)
    # From before the link is up, so that one comes in time on a busy machine, too.
    stranger = frames.Client(port.ipv4, mac=STRANGER_MAC)
    answer4 = frames.arp(stranger, port, op=2, hwdst=port.mac, to_mac=port.mac)
    stranger6 = client6(0x66, mac=STRANGER_MAC)
    to_all = {"to_mac": frames.ALL_NODES_MAC, "ip": {"hlim": 255, "dst": frames.ALL_NODES}}
    message = frames.ICMPv6ND_NA(tgt=port.ipv6, S=0, O=1)
    link = frames.ICMPv6NDOptDstLLAddr(lladdr=STRANGER_MAC)
    answer6 = frames.icmp(stranger6, port, message / link, **to_all)
    for _ in range(20):
        scenario.send(answer4, "link", "arp_conflict")
        scenario.send(answer6, "ipv6", "ndp_conflict")
        scenario.wait_seconds(0.05)
    scenario.wait_for(": duplicate, in use by", times=2)
    # Another one that probes at the same time (RFC 5227 2.1.1, RFC 4862 5.4.3).
    packet = frames.arp(stranger, port, psrc="0.0.0.0", pdst=port.ipv4)
    scenario.send(packet, "link", "arp_conflict")
    packet = frames.solicitation(stranger6, port, source="::", link=False)
    scenario.send(packet, "ipv6", "ndp_conflict")
    scenario.wait_for("weir: ready")  # the link-local address is decided, too
    _refused(scenario)
    ended = scenario.run()
    for address in ("10.77.0.1", "fd77::1"):
        ended.said(f"address {address}: duplicate, in use by {STRANGER_MAC}; ")
    ended.said("weir: ready without 10.77.0.1/24 (another host has it), fd77::1/64 (another host has it)")


@case("addresses: announce URLs of usable addresses are logged")
def addresses_as_urls(lab):
    scenario = lab.scenario(settings={"host.dad": True, "tracker.port": 7000})
    port = scenario.port
    scenario.own_frames |= _probes(scenario) | _reports_without_source(scenario)
    stranger = frames.Client(port.ipv4, mac=STRANGER_MAC)
    answer = frames.arp(stranger, port, op=2, hwdst=port.mac, to_mac=port.mac)
    for _ in range(20):
        scenario.send(answer, "link", "arp_conflict")
        scenario.wait_seconds(0.05)
    scenario.wait_for("weir: ready")
    words = scenario.run().err.splitlines()
    urls = [word for word in words[: words.index(READY_WITHOUT_IPV4)] if "udp://" in word]
    check(urls == ["weir: announce URL udp://[fd77::1]:7000/announce"], "\n".join(words))


@case("addresses: defended against later claims")
def addresses_defended(lab):
    scenario = lab.scenario()
    port = scenario.port
    scenario.wait_for(": no conflict, in use", times=3)
    for _ in range(3):  # defended once: no storm
        stranger = frames.Client(port.ipv4, mac=STRANGER_MAC)
        scenario.send(frames.arp(stranger, port, pdst=port.ipv4), "link", "arp_conflict")
        stranger = frames.Client(port.ipv6, mac=STRANGER_MAC)
        message = frames.ICMPv6ND_NA(tgt=port.ipv6, S=0, O=1)
        link = frames.ICMPv6NDOptDstLLAddr(lladdr=STRANGER_MAC)
        packet = frames.icmp(stranger, port, message / link, ip={"hlim": 255})
        scenario.send(packet, "ipv6", "ndp_conflict")
    scenario.wait_for(": claimed by ", times=2)
    _everything(scenario)
    ended = scenario.run()
    ended.said(f"warning: address 10.77.0.1: claimed by {STRANGER_MAC}")
    ended.said(f"warning: address fd77::1: claimed by {STRANGER_MAC}")
    counts = Counter(scenario.wire.sent)
    for frame in frames.announcements(port):
        check(counts[frame] >= 2, "an address was not defended")
