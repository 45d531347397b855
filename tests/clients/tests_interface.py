# SPDX-License-Identifier: BSD-3-Clause
"""What becomes of Weir when the kernel's interface below its port changes."""

import os
import socket
import time

import bep15
import process
import weir as weir_module
from bep15 import expect
from catalogue import test
from lab import Lab
from tests_host import ping
from weir import Weir

BOTH = 'ports = ( { addresses = [ "10.77.0.1/24", "fd77::1/64" ]; } );'
IPV4 = 'ports = ( { addresses = [ "10.77.0.1/24" ]; } );'
PEERS = 150
SOON_S = 5  # "within seconds"


def start(lab, binary, driver="net_af_packet", settings="", log="weir.log"):
    config = weir_module.write_config(lab.folder, driver, settings)
    lab.weir = Weir(lab.hub, binary, config, lab.folder, log)
    lab.on_exit(lab.weir.stop)
    lab.weir.start()
    return lab.weir


def soon(condition, what, seconds=SOON_S):
    process.wait_until(condition, what, seconds)


def unwell(weir, check):
    health = weir.ask("/weir/health")
    return health[check] == 1 and health["status"] == "degraded"


def well(weir):
    return weir.ask("/weir/health")["status"] == "ok"


def row(weir):
    return weir.ask("/weir/ports")["0"]


def many_peers(client):
    """Peers in the reply to a client that asks a swarm of PEERS for all of them."""
    info_hash = os.urandom(20)
    with bep15.Client(client, "10.77.0.1") as asker:
        asker.connect()
        for port in range(PEERS):
            asker.announce(info_hash, 7000 + port, left=0, want=0)
        return len(asker.announce(info_hash, 6999, left=1, want=200).peers)


@test("an interface that goes down and up is served again", "ping")
def down_and_up(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        weir = start(lab, binary)
        weir.wait_for_addresses()
        soon(lambda: well(weir), "health without problems", 10)
        expect("usable", row(weir)["addresses_used"], ["10.77.0.1/24", "fd77::1/64"])
        lab.hub.ip("link", "set", "weir0", "down")
        soon(lambda: unwell(weir, "link_down"), "link_down")
        expect("link", row(weir)["link_up"], 0)
        expect("usable without a link", row(weir).get("addresses_used", []), [])
        lab.hub.ip("link", "set", "weir0", "up")
        soon(lambda: well(weir), "health without problems", 10)
        ping(client, "10.77.0.1", "client0")
        expect("exit status", weir.stop(), 0)


@test("the log says ready when Weir answers, and which addresses have no link", "ping")
def ready(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        weir = start(lab, binary)
        for address in ("10.77.0.1", "fd77::1"):
            bep15.full_exchange(client, address)
        expect("told", "weir: ready\n" in weir.log(), True)
        expect("exit status", weir.stop(), 0)
        lab.hub.ip("link", "set", "weir0", "down")
        weir = start(lab, binary, log="down.log")
        missing = "10.77.0.1/24 (no link), fd77::1/64 (no link)"
        expect("told", f"weir: ready without {missing}\n" in weir.log(), True)
        lab.hub.ip("link", "set", "weir0", "up")
        weir.wait_for_addresses()
        ping(client, "10.77.0.1", "client0")


def _deleted(binary, driver):
    with Lab(binary) as lab:
        lab.wire()
        weir = start(lab, binary, driver)
        weir.wait_for_addresses()
        lab.hub.ip("link", "del", "weir0")
        soon(lambda: unwell(weir, "interface_gone"), "interface_gone")
        expect("told", "its interface weir0 is gone" in weir.log(), True)
        time.sleep(2)
        expect("it runs on, to be asked", weir.process.poll(), None)
        client = lab.wire()
        expect("exit status when it is back", weir.wait_for_end(SOON_S), 1)
        expect("told", "only a restart of Weir can serve it" in weir.log(), True)
        weir = start(lab, binary, driver, log="again.log")
        weir.wait_for_addresses()
        ping(client, "10.77.0.1", "client0")


@test("a deleted interface is reported, and ends Weir when it is back", "ping")
def deleted(binary):
    _deleted(binary, "net_af_packet")


@test("a deleted interface below AF_XDP sockets is reported", "ping")
def deleted_xdp(binary):
    weir_module.needs_af_xdp()
    _deleted(binary, "net_af_xdp")


@test("a deleted TAP ends Weir with an error")
def tap_deleted(binary):
    with Lab(binary) as lab:
        weir = lab.start_weir()
        lab.hub.ip("link", "del", "weir0")
        expect("exit status", weir.wait_for_end(SOON_S), 1)
        expect("told", "interface weir0 was deleted" in weir.log(), True)


def _set_mtu(lab, client, mtu):
    client.ip("link", "set", "client0", "mtu", str(mtu))
    lab.hub.ip("link", "set", "weir0", "mtu", str(mtu))


# 20 + 8 + 20 + 158 * 6 = 996 bytes (RFC 791 3.1: no fragments, for nobody would reassemble).
@test("the MTU of the interface limits the peers of a reply, also after a change", "ethtool")
def mtu_follows(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        weir = start(lab, binary)
        weir.wait_for_addresses()
        expect("peers at 1500", many_peers(client), PEERS)
        _set_mtu(lab, client, 600)
        soon(lambda: row(weir)["mtu"] == 600 and unwell(weir, "mtu_small"), "MTU 600")
        expect("peers at 600", many_peers(client), (600 - 28 - 20) // 6)
        _set_mtu(lab, client, 1500)
        soon(lambda: row(weir)["mtu"] == 1500 and well(weir), "MTU 1500")
        expect("peers at 1500 again", many_peers(client), PEERS)


@test("an interface with an MTU below 1280 carries no IPv6 (RFC 8200 5)", "ping")
def no_ipv6(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        _set_mtu(lab, client, 1000)
        weir = start(lab, binary)
        weir.wait_for_log("address 10.77.0.1: no conflict, in use")
        expect("told", "no IPv6: its MTU is 1000" in weir.log(), True)
        soon(lambda: unwell(weir, "mtu_small"), "mtu_small")
        expect("usable", row(weir)["addresses_used"], ["10.77.0.1/24"])
        expect("peers at 1000", many_peers(client), PEERS)
        _set_mtu(lab, client, 1500)
        weir.wait_for_log("address fd77::1: no conflict, in use")
        soon(lambda: well(weir), "health without problems", 10)


def _is_served(client, address):
    with bep15.Client(client, address) as asker:
        try:
            asker.connect()
        except (OSError, process.Failure):
            return False
    return True


@test("IPv6 goes off and on again with the MTU of the interface (RFC 8200 5)", "ping")
def ipv6_follows(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        weir = start(lab, binary)
        weir.wait_for_addresses()
        expect("served at 1500", _is_served(client, "fd77::1"), True)
        lab.hub.ip("link", "set", "weir0", "mtu", "1279")
        soon(lambda: unwell(weir, "mtu_small"), "mtu_small")
        expect("usable", row(weir)["addresses_used"], ["10.77.0.1/24"])
        time.sleep(6)  # longer than what health waits for before it misses an address
        expect("no_address", weir.ask("/weir/health")["no_address"], 0)
        expect("served at 1279", _is_served(client, "fd77::1"), False)
        expect("served over IPv4", _is_served(client, "10.77.0.1"), True)
        expect("counted", weir.ask("/weir/verdicts,ipv6")["ipv6_off"] > 0, True)
        lab.hub.ip("link", "set", "weir0", "mtu", "1500")
        soon(lambda: well(weir), "health without problems", 10)
        expect("served again", _is_served(client, "fd77::1"), True)


def _scrape(client, address, count):
    """Rows of the reply to a scrape of so many torrents; None where there is silence."""
    with bep15.Client(client, address) as asker:
        asker.connect()
        try:
            return len(asker.scrape(*(os.urandom(20) for _ in range(count))))
        except process.Failure:
            return None


# The kernel puts IPv4 fragments together for net_af_packet (PACKET_FANOUT_FLAG_DEFRAG, packet(7)).
@test("a scrape in fragments gets no reply, reassembled by the kernel or not")
def long_scrape(binary):
    for driver, verdicts in (
        ("net_tap", ("ipv4_fragment", "ipv6_fragment")),
        ("net_af_packet", ("request_long", "ipv6_fragment")),
    ):
        with Lab(binary) as lab:
            if driver == "net_tap":
                weir, client = lab.start_weir(), lab.client(2)
            else:
                client = lab.wire()
                weir = start(lab, binary)
                weir.wait_for_addresses()
            for address, most, verdict in zip(("10.77.0.1", "fd77::1"), (72, 71), verdicts):
                expect(f"{driver}, {address}: {most}", _scrape(client, address, most), most)
                for count in (most + 1, 90):
                    expect(f"{driver}, {address}: {count}", _scrape(client, address, count), None)
                dropped = weir.ask("/weir/verdicts")[verdict]
                expect(f"{driver}, {address}: {verdict}", dropped > 0, True)


@test("driver.mtu limits the peers of a reply")
def driver_mtu(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        text = open(weir_module.driver_config("net_af_packet"), encoding="utf-8").read()
        path = lab.path("small.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("driver = {", "driver = {\n    mtu = 600;") + IPV4)
        lab.weir = weir = Weir(lab.hub, binary, path, lab.folder)
        lab.on_exit(weir.stop)
        weir.start()
        weir.wait_for_log("address 10.77.0.1: no conflict, in use")
        expect("peers", many_peers(client), (600 - 28 - 20) // 6)


@test("a gateway that does not answer and an address conflict are reported")
def gateway_and_conflict(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        client.ip("addr", "add", "10.77.0.1/24", "dev", "client0")
        weir = start(
            lab,
            binary,
            settings="""
ports = ( { addresses = [ "10.77.0.1/24", "10.77.0.5/24" ]; gateway_ipv4 = "10.77.0.254"; } );""",
        )
        weir.wait_for_log("address 10.77.0.5: no conflict, in use")
        soon(lambda: unwell(weir, "address_conflict"), "address_conflict")
        soon(lambda: unwell(weir, "gateway_unknown"), "gateway_unknown", 12)
        expect("usable", row(weir)["addresses_used"], ["10.77.0.5/24"])
        client.ip("addr", "add", "10.77.0.254/24", "dev", "client0")
        soon(lambda: not unwell(weir, "gateway_unknown"), "a gateway", 12)


@test("a port without usable addresses is reported")
def no_address(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        client.ip("addr", "add", "10.77.0.1/24", "dev", "client0")
        weir = start(lab, binary, settings=IPV4)
        soon(lambda: unwell(weir, "no_address"), "no_address", 12)
        expect("configured", row(weir)["addresses"], ["10.77.0.1/24"])
        expect("usable", row(weir).get("addresses_used", []), [])


def _flood(client, mac, count):
    """Frames that Weir counts and drops (an EtherType for experiments), as fast as may be."""
    with client.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind(("client0", 0))
        frame = bytes.fromhex(mac.replace(":", "")) + bytes(6) + b"\x88\xb5" + bytes(46)
        for _ in range(count):
            sender.send(frame)


# packet(7), PACKET_STATISTICS. The ring is small, so that there are losses on any machine.
@test("verdicts and losses add up to what the kernel handed to the packet socket")
def losses(binary):
    frames = 200_000
    with Lab(binary) as lab:
        client = lab.wire()
        text = open(weir_module.driver_config("net_af_packet"), encoding="utf-8").read()
        path = lab.path("small.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("framecnt=4096", "framecnt=16") + IPV4)
        lab.weir = weir = Weir(lab.hub, binary, path, lab.folder)
        lab.on_exit(weir.stop)
        weir.start()
        weir.wait_for_log("address 10.77.0.1: no conflict, in use")

        def seen():
            return sum(weir.verdicts().values()), row(weir)["rx_missed"]

        soon(lambda: row(weir)["link_up"] == 1, "a link")
        before = sum(seen()), _handed(lab)
        _flood(client, row(weir)["mac"], frames)
        soon(lambda: sum(seen()) - before[0] >= _handed(lab) - before[1], f"{frames} counted", 10)
        expect("verdicts and losses", sum(seen()) - before[0], _handed(lab) - before[1])
        expect("some were lost", seen()[1] > 0, True)
        soon(lambda: unwell(weir, "rx_missed"), "rx_missed")


def _handed(lab):
    """Frames that the kernel took in on weir0: its own count."""
    told = lab.hub.run("cat", "/proc/net/dev").stdout
    return int(told.split("weir0:")[1].split()[1])
