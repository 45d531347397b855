# SPDX-License-Identifier: BSD-3-Clause
"""Weir among its neighbours: addresses that others have, too, and gateways that change."""

import socket
import time

import bep15
from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from process import Failure
from results import Results
from router import Router
from tests_host import ping
from tests_interface import BOTH, row, soon, start, unwell, well

RETRY_S = 60 + 5 + 1  # the pause, at most so much longer, and the question


@test("an address that another host had at start is used once that host is gone", "ping")
def conflict_ends(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        client.ip("addr", "add", "10.77.0.1/24", "dev", "client0")
        client.ip("addr", "add", "fd77::1/64", "dev", "client0", "nodad")
        weir = start(lab, binary, settings=BOTH)
        for address in ("10.77.0.1", "fd77::1"):
            weir.wait_for_log(f"address {address}: duplicate")
        soon(lambda: unwell(weir, "address_conflict"), "address_conflict")
        soon(lambda: unwell(weir, "no_address"), "no_address", 10)
        expect("usable", row(weir).get("addresses_used", []), [])
        client.ip("addr", "del", "10.77.0.1/24", "dev", "client0")
        client.ip("addr", "del", "fd77::1/64", "dev", "client0")
        gone = time.monotonic()
        soon(lambda: len(row(weir).get("addresses_used", [])) == 2, "both addresses", RETRY_S)
        Results.note(f"served {time.monotonic() - gone:.1f} s after the other host was gone")
        soon(lambda: well(weir), "health without problems")
        for address in ("10.77.0.1", "fd77::1"):
            ping(client, address, "client0")
        expect("told once", weir.log().count(": duplicate, in use by "), 2)


@test("a claim of an address in use is reported, and changes nothing", "ping")
def claimed(binary):
    with Lab(binary) as lab:
        lab.settings = QUICK
        lab.start_weir()
        claimant = Router(lab, 3, ("10.77.0.1", "fd77::1"))
        expect("health", well(lab.weir), True)
        claimant.announce()
        soon(lambda: unwell(lab.weir, "address_conflict"), "address_conflict")
        for address in claimant.gateways:
            expect("told", f"address {address}: claimed by {claimant.mac}; defended" in lab.weir.log(), True)
            ping(lab.client(2), address)


# --- gateways -----------------------------------------------------------------------------------

GATEWAYS = "10.77.0.254", "fd77::fe"
FAR = ("8.8.8.8", "2a00::8")  # in none of our networks
FAIL_OVER_S = 2
UNSAID_S = 10 + 2  # how often a gateway is asked, and the answer


def gateway_settings(gateways):
    ipv4, ipv6 = gateways
    return f"""{QUICK}
ports = ( {{ addresses = [ "10.77.0.1/24", "fd77::1/64" ];
             gateway_ipv4 = "{ipv4}"; gateway_ipv6 = "{ipv6}"; }} );"""


class FarClient:
    """Its requests come over the link, as from a router; replies leave our networks."""

    def __init__(self, lab, number):
        client = lab.client(number)
        self.sockets = []
        # On eth0: the kernel solicits neighbours from no other interface's address.
        client.ip("addr", "add", f"{FAR[0]}/32", "dev", "eth0")
        client.ip("addr", "add", f"{FAR[1]}/128", "dev", "eth0", "nodad")
        for family, address, tracker in (
            (socket.AF_INET, FAR[0], "10.77.0.1"),
            (socket.AF_INET6, FAR[1], "fd77::1"),
        ):
            asker = client.socket(family)
            lab.on_exit(asker.close)
            asker.bind((address, 0))
            asker.connect((tracker, 6969))
            self.sockets.append(asker)

    def ask(self):
        for asker in self.sockets:
            asker.send(bep15.connect_request(1))


def _until_both(far, router, seconds):
    """Asks until replies of both families have come to the router; by family, after how long."""
    start = time.monotonic()
    after = {}
    while len(after) < 2:
        far.ask()
        time.sleep(0.02)
        for family in router.replies():
            after.setdefault(family, time.monotonic() - start)
        if time.monotonic() - start > seconds:
            raise Failure(f"replies of both families: not within {seconds} s, but {after}")
    return after


def _settled(lab, gateways=GATEWAYS):
    """A router that has the gateway's addresses and the traffic; another one; a far client."""
    lab.settings = gateway_settings(gateways)
    first, second = Router(lab, 3, gateways), Router(lab, 4, gateways)
    first.take_over()
    lab.start_weir()
    far = FarClient(lab, 5)
    _until_both(far, first, 5)
    return first, second, far


def _note(what, after):
    Results.note(f"{what}: replies over IPv4 after {after[4]:.2f} s, IPv6 after {after[6]:.2f} s")


@test("replies follow a gateway to another MAC address")
def fail_over(binary):
    _fail_over(binary, GATEWAYS)


@test("replies follow a gateway with a link-local address")
def link_local(binary):
    _fail_over(binary, (GATEWAYS[0], "fe80::1"))


def _fail_over(binary, gateways):
    with Lab(binary) as lab:
        first, second, far = _settled(lab, gateways)
        first.give_up()
        second.take_over()
        second.announce()
        after = _until_both(far, second, 10)
        _note("announced", after)
        expect("within two seconds", max(after.values()) < FAIL_OVER_S, True)
        expect("told", lab.weir.log().count(f"is {second.mac}"), 2)
        time.sleep(4)  # until nothing is in doubt any more
        second.give_up()
        first.take_over()
        first.replies()
        _note("not announced", _until_both(far, first, UNSAID_S))
        soon(lambda: well(lab.weir), "health without problems")


@test("claims and forged answers do not divert replies from a gateway")
def forged(binary):
    with Lab(binary) as lab:
        first, thief, far = _settled(lab)
        mac = lab.weir.mac()
        time.sleep(1)
        first.replies()
        answered = 0
        for _ in range(60):
            thief.announce()
            thief.forge_answers(mac)
            far.ask()
            time.sleep(0.05)
            answered += len(first.replies())
        expect("replies that went to the thief", thief.replies(), [])
        expect("replies that went to the gateway", answered, 2 * 60)


@test("without a gateway, replies return to where requests come from")
def gone(binary):
    with Lab(binary) as lab:
        first, _, far = _settled(lab)
        first.give_up()
        soon(lambda: unwell(lab.weir, "gateway_unknown"), "gateway_unknown", 30)
        first.replies()
        far.ask()
        for asker in far.sockets:
            asker.settimeout(2)
            while len(asker.recv(100)) != 16:
                pass
        expect("replies that went to the gateway", first.replies(), [])
        first.take_over()
        _note("back", _until_both(far, first, 5))
