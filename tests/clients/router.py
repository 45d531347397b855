# SPDX-License-Identifier: BSD-3-Clause
"""A client that can be the gateway, or say that it is: what it sends, and what replies it gets."""

import socket

import frames

ETH_P_ALL = 3
PACKET_HOST = 0  # addressed to this interface


class Router:
    """Client `number` of the lab, on its interface eth0."""

    def __init__(self, lab, number, gateways):
        self.gateways = gateways  # IPv4 and IPv6 address
        self.client = lab.client(number)
        self.mac = self.client.run("cat", "/sys/class/net/eth0/address").stdout.strip()
        self.wire = self.client.socket(socket.AF_PACKET, socket.SOCK_RAW)
        lab.on_exit(self.wire.close)
        self.wire.bind(("eth0", ETH_P_ALL))
        self.wire.setblocking(False)

    def take_over(self):
        """Has the addresses from now on, and says nothing about it."""
        for address, options in zip(self.gateways, ((), ("nodad",))):
            length = "24" if not options else "64"
            self.client.ip("addr", "add", f"{address}/{length}", "dev", "eth0", *options)

    def give_up(self):
        for address, length in zip(self.gateways, ("24", "64")):
            self.client.ip("addr", "del", f"{address}/{length}", "dev", "eth0")

    def announce(self):
        """What a router says that takes over (VRRP: RFC 5798 6.4.1)."""
        ipv4, ipv6 = self.gateways
        self.wire.send(
            frames.arp(self.mac, frames.BROADCAST_MAC, frames.ARP_REQUEST, ipv4, frames.NOBODY_MAC, ipv4)
        )
        self.wire.send(
            frames.advertisement(self.mac, frames.ALL_NODES_MAC, frames.ALL_NODES, ipv6, frames.NA_OVERRIDE)
        )

    def forge_answers(self, mac):
        """As if the host with `mac` had asked."""
        ipv4, ipv6 = self.gateways
        self.wire.send(frames.arp(self.mac, mac, frames.ARP_REPLY, ipv4, mac, "10.77.0.1"))
        flags = frames.NA_SOLICITED | frames.NA_OVERRIDE
        self.wire.send(frames.advertisement(self.mac, mac, "fd77::1", ipv6, flags))

    def replies(self):
        """Families (4, 6) of the tracker's replies that came to this MAC address since last time."""
        families = []
        while True:
            try:
                frame, sender = self.wire.recvfrom(2048)
            except BlockingIOError:
                return families
            datagram = frames.parse(frame) if sender[2] == PACKET_HOST else None
            if datagram is not None and datagram.source_port == 6969:
                families.append(6 if ":" in datagram.source else 4)
