# SPDX-License-Identifier: BSD-3-Clause
"""Addresses that several appliances have: served, never claimed."""

import frames
from frames import client4, client6
from suite import case, check

A = b"\xaa" * 20
SERVICE = frames.Port(ipv4="192.0.2.53", ipv6="2001:db8:53::53")
ADDRESSES = ["10.77.0.1/24", "fd77::1/64", "192.0.2.53/32 anycast", "2001:db8:53::53/128 anycast"]
OTHERS_MAC = "02:00:00:00:00:66"


def _scenario(lab, **settings):
    scenario = lab.scenario(port_settings={"addresses": ADDRESSES}, settings=settings)
    # The only frames of its own are about its own addresses: it reports no group of an anycast one.
    report = scenario.joined(scenario.port, scenario.link_local(scenario.port))
    scenario.own_frames.discard(report)
    own = [a for a in scenario.ipv6(scenario.port) if a != SERVICE.ipv6]
    scenario.own_frames.add(
        frames.report(scenario.port, scenario.link_local(scenario.port), frames.TO_EXCLUDE, own)
    )
    return scenario


def _serves(scenario):
    for client in (client4(2), client6(2), frames.Client("8.8.8.8"), frames.Client("2a00::8")):
        to = {"dst": SERVICE.address(client.family)}
        scenario.connect(client, ip=to)
        scenario.announce(client, A, ip=to)
        scenario.scrape(client, [A], ip=to)
    for client in (client4(2), client6(2)):
        answer = frames.echo_reply(client, SERVICE, b"hello")
        scenario.send(frames.echo(client, SERVICE, b"hello"), client.family, "echo_answered", answer)


@case("anycast: every request is answered from the address, over both families")
def served(lab):
    scenario = _scenario(lab)
    _serves(scenario)
    scenario.run()


@case("anycast: neighbours are told nothing of the address, and may claim it")
def unclaimed(lab):
    scenario = _scenario(lab)
    port = scenario.port
    scenario.send(frames.arp(client4(2), SERVICE), "link", "arp_noted")
    scenario.send(frames.arp(client4(2), SERVICE, psrc="0.0.0.0"), "link", "arp_noted")
    other = frames.Client(SERVICE.ipv4, mac=OTHERS_MAC)
    scenario.send(frames.arp(other, port, pdst=SERVICE.ipv4), "link", "arp_noted")
    # To all nodes: its solicited-node group is not joined.
    asked = frames.solicitation(client6(2), SERVICE, to=port.ipv6)
    scenario.send(asked, "ipv6", "ndp_noted")
    scenario.send(frames.solicitation(client6(2), SERVICE), "ipv6", "ip_destination")
    message = frames.ICMPv6ND_NA(tgt=SERVICE.ipv6, S=0, O=1)
    link = frames.ICMPv6NDOptDstLLAddr(lladdr=OTHERS_MAC)
    packet = frames.icmp(client6(0x66, mac=OTHERS_MAC), port, message / link, ip={"hlim": 255})
    scenario.send(packet, "ipv6", "ndp_noted")
    _serves(scenario)
    ended = scenario.run()
    check("claimed by" not in ended.err, ended.err)


@case("anycast: the address is in use with the link, without a probe; its URL is logged")
def unprobed(lab):
    scenario = _scenario(lab)
    ended = scenario.run()
    ended.said("announce URL udp://192.0.2.53:6969/announce")
    ended.said("announce URL udp://[2001:db8:53::53]:6969/announce")
    check("address 192.0.2.53" not in ended.err and "address 2001:db8:53::53" not in ended.err, ended.err)
