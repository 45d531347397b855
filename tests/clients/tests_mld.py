# SPDX-License-Identifier: BSD-3-Clause
"""Weir behind a switch that snoops: a bridge that keeps multicast from ports that did not ask.

A client's neighbour solicitation goes to the solicited-node group of Weir's address. The bridge
hands it to the ports in its table of that group alone (RFC 4541 3), so without reports of Weir's
IPv6 does not work at all.
"""

import json
import re
import time

import bep15
import process
import results
import weir as weir_module
from bep15 import expect
from catalogue import test
from lab import Lab
from weir import Weir

ADDRESS = "fd77::1"
GROUP = "ff02::1:ff00:1"
# Centiseconds. A group that nobody reports is forgotten after membership.
QUERY, RESPONSE, MEMBERSHIP = 200, 100, 500


def _snoop(lab):
    """Makes the lab's bridge a switch that snoops; it has a link-local address to ask from."""
    hub = lab.hub
    hub.ip(
        "link",
        "set",
        "br0",
        "type",
        "bridge",
        "mcast_snooping",
        "1",
        "mcast_query_interval",
        QUERY,
        "mcast_query_response_interval",
        RESPONSE,
        "mcast_startup_query_interval",
        QUERY,
        "mcast_membership_interval",
        MEMBERSHIP,
    )
    for setting in ("accept_dad", "disable_ipv6"):
        hub.run("sh", "-c", f"echo 0 > /proc/sys/net/ipv6/conf/br0/{setting}")


def _query(lab, version):
    """The switch asks from now on, and so keeps multicast from ports that do not answer."""
    lab.hub.ip("link", "set", "br0", "type", "bridge", "mcast_mld_version", version, "mcast_querier", "1")


def _start(lab, binary, driver="net_af_packet"):
    """Weir on one end of a cable, the other in the switch. Nothing else speaks IPv6 there."""
    lab.hub.ip("link", "add", "weir0", "type", "veth", "peer", "name", "port1")
    lab.hub.ip("link", "set", "port1", "master", "br0", "up")
    lab.hub.ip("link", "set", "weir0", "up")
    config = weir_module.write_config(lab.folder, driver, "")
    lab.weir = Weir(lab.hub, binary, config, lab.folder)
    lab.on_exit(lab.weir.stop)
    lab.weir.start()
    lab.weir.wait_for_addresses()


def _groups(lab, port="port1"):
    """The groups that the switch has noted for a port."""
    told = lab.hub.run("bridge", "-j", "mdb", "show").stdout
    rows = [row for table in json.loads(told) for row in table.get("mdb", [])]
    return {row["grp"] for row in rows if row["port"] == port}


def _link_local(weir):
    return re.search(r"address (fe80:\S+): no conflict", weir.log()).group(1)


def _expected(weir):
    tail = _link_local(weir).split(":")[-2:]
    return {GROUP, f"ff02::1:ff{int(tail[0] or '0', 16) & 0xFF:02x}:{tail[1]}"}


def _finds(lab, client):
    """Whether a client that knows no neighbour gets its connect answered; seconds it took."""
    client.ip("neigh", "flush", "dev", "eth0")
    start = time.monotonic()
    try:
        with bep15.Client(client, ADDRESS) as tracker:
            tracker.connect()
    except process.Failure:
        return None
    return time.monotonic() - start


def _expect_found(lab, client, when):
    seconds = _finds(lab, client)
    expect(f"found {when}", seconds is not None, True)
    results.Results.note(f"{when}: connect answered {1000 * seconds:.0f} ms after a flush")


def _forget(lab):
    """The switch loses what it has noted of Weir, as if nothing had been reported."""
    for group in _groups(lab):
        lab.hub.run("bridge", "mdb", "del", "dev", "br0", "port", "port1", "grp", group)


def _serves_behind_switch(binary, version, querier_first):
    with Lab(binary) as lab:
        _snoop(lab)
        client = lab.client(2)
        if querier_first:
            _query(lab, version)
        start = time.monotonic()
        _start(lab, binary)
        process.wait_until(lambda: _groups(lab) == _expected(lab.weir), "our groups in the switch")
        results.Results.note(f"groups known {time.monotonic() - start:.1f} s after the start began")
        _query(lab, version)
        time.sleep(1)  # from its first query on the switch holds back what nobody asked for
        _expect_found(lab, client, "at first")
        # What was said at the start is forgotten by now: answers to queries are all there is.
        time.sleep((QUERY + MEMBERSHIP) / 100)
        expect("groups after their time", _groups(lab), _expected(lab.weir))
        _expect_found(lab, client, "later")
        expect("queries heard", lab.weir.verdicts()["mld_query"] >= 2, True)
        expect("exit status", lab.weir.stop(), 0)


for _version in (1, 2):
    for _first in (True, False):
        test(
            f"behind a switch that snoops, queries of MLDv{_version} "
            f"{'before' if _first else 'after'} the start, IPv6 clients find Weir",
            "bridge",
        )(lambda binary, version=_version, first=_first: _serves_behind_switch(binary, version, first))


@test("a switch that has lost our groups hides Weir until it queries", "bridge")
def reports_are_needed(binary):
    with Lab(binary) as lab:
        _snoop(lab)
        client = lab.client(2)
        _query(lab, 2)
        _start(lab, binary)
        _expect_found(lab, client, "at first")
        lab.hub.ip("link", "set", "br0", "type", "bridge", "mcast_query_interval", "6000")
        time.sleep(QUERY / 100 + RESPONSE / 100)
        _forget(lab)
        expect("found without a report", _finds(lab, client), None)
        expect("groups without a report", _groups(lab), set())
        lab.hub.ip("link", "set", "br0", "type", "bridge", "mcast_querier", "0")
        lab.hub.ip("link", "set", "br0", "type", "bridge", "mcast_querier", "1")  # asks at once
        process.wait_until(lambda: _groups(lab) == _expected(lab.weir), "our groups again")
        _expect_found(lab, client, "after a query")


@test("groups are reported again to a snooping switch after a link flap", "bridge")
def link_flap(binary):
    with Lab(binary) as lab:
        _snoop(lab)
        client = lab.client(2)
        _start(lab, binary)
        lab.hub.ip("link", "set", "weir0", "down")
        process.wait_until(lambda: not _groups(lab), "groups of a port without a link go")
        time.sleep(1)
        lab.hub.ip("link", "set", "weir0", "up")
        process.wait_until(lambda: _groups(lab) == _expected(lab.weir), "our groups again")
        expect("no query was needed", lab.weir.verdicts()["mld_query"], 0)
        _query(lab, 2)
        time.sleep(1)
        assigned = f"address {ADDRESS}: no conflict, in use"
        process.wait_until(lambda: lab.weir.log().count(assigned) == 2, "DAD")
        _expect_found(lab, client, "after the link came up")


@test("IPv6 clients find a TAP in a snooping bridge", "bridge")
def tap(binary):
    with Lab(binary) as lab:
        _snoop(lab)
        _query(lab, 2)
        client = lab.client(2)
        lab.start_weir()
        process.wait_until(lambda: _groups(lab, "weir0") == _expected(lab.weir), "our groups")
        time.sleep((QUERY + MEMBERSHIP) / 100)
        _expect_found(lab, client, "later")
        # The kernel's end of the TAP was made with our MAC address: our own is none of its making.
        expect("no EUI-64", "ff:fe" in _link_local(lab.weir), False)
