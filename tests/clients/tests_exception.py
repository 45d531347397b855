# SPDX-License-Identifier: BSD-3-Clause
"""The exception path: what is not Weir's goes to the kernel and back, and costs the tracker nothing.

    client0 ── weir0 (veth, packet socket) ── Weir ── kernel0 (TAP) ── the kernel of a namespace "server"

The TAP is moved to a namespace of its own, because the hub's kernel sees the frames of weir0, too, which that
of a machine with a card does not.
"""

import contextlib
import hashlib
import os
import signal
import socket
import struct
import threading
import time

import bep15
import frames
import process
from bep15 import expect
from catalogue import test
from lab import QUICK, Lab
from tests_beside import add_vlan
from tests_host import ping
from tests_interface import row, soon, start, unwell, well

TAP = "kernel0"
OWN = ("10.77.0.1", "fd77::1")  # Weir's, and in one test the kernel's, too
KERNEL = ("10.77.0.5", "fd77::5")
FAMILIES = (socket.AF_INET, socket.AF_INET6)
SECONDS = 4 if not os.environ.get("WEIR_CLIENTS_FULL") else 60
BYTES = 8_000_000


def settings(more="", port=""):
    addresses = f'addresses = [ "{OWN[0]}/24", "{OWN[1]}/64" ];'
    host = QUICK if "host" not in more else ""
    return f'{host} ports = ( {{ {addresses} exception = "{TAP}"; {port} }} ); {more}'


def serve(lab, binary, more="", port="", **options):
    """Weir on one end of a wire, the client on the other, and the server behind the TAP."""
    client = lab.wire()
    weir = start(lab, binary, settings=settings(more, port), **options)
    server = lab.namespace("server")
    plug(lab, server)
    return weir, client, server


def plug(lab, server, addresses=KERNEL, name=TAP):
    lab.hub.ip("link", "set", name, "netns", server.name)
    server.ip("link", "set", name, "up")
    for address, bits in zip(addresses, (24, 64)):
        server.ip("addr", "add", f"{address}/{bits}", "dev", name, *(["nodad"] if bits == 64 else []))


ECHO = """
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
s = socket.create_server((sys.argv[1], 2222), family=family)
while True:
    c = s.accept()[0]
    while d := c.recv(65536):
        c.sendall(d)
    c.close()
"""


def transfer(lab, client, server, address, size=BYTES):
    """Sends bytes to a server of the kernel's over TCP and gets them back."""
    lab.spawn(server, "/usr/bin/python3", "-c", ECHO, address)
    family = FAMILIES[":" in address]

    def connected():
        line = client.socket(family, socket.SOCK_STREAM)
        line.settimeout(20)
        if line.connect_ex((address, 2222)) == 0:
            return line
        line.close()
        return None

    line = process.wait_until(connected, f"TCP to {address}")
    sent = hashlib.sha256()

    def send():
        for _ in range(size // 50000):
            block = os.urandom(50000)
            sent.update(block)
            line.sendall(block)
        line.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    received, count = hashlib.sha256(), 0
    while block := line.recv(65536):
        received.update(block)
        count += len(block)
    sender.join()
    line.close()
    expect(f"bytes back over TCP from {address}", count, size // 50000 * 50000)
    expect("their hash", received.hexdigest(), sent.hexdigest())


class Load:
    """Connects over both families at a steady rate, until end()."""

    def __init__(self, client, rate=2000):
        self.asked = self.answered = 0
        self._ended = threading.Event()
        self._sockets = []
        for address, family in zip(OWN, FAMILIES):
            asker = client.socket(family)
            asker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            asker.connect((address, 6969))
            asker.settimeout(0.5)
            self._sockets.append(asker)
        self._threads = [threading.Thread(target=self._send, args=(rate,))]
        self._threads += [threading.Thread(target=self._receive, args=(asker,)) for asker in self._sockets]
        for thread in self._threads:
            thread.start()

    def _send(self, rate):
        burst = rate // 200
        due = time.monotonic()
        while not self._ended.is_set():
            for i in range(burst):
                self._sockets[i % 2].send(bep15.connect_request(self.asked + i))
            self.asked += burst
            due += burst / rate
            time.sleep(max(0, due - time.monotonic()))

    def _receive(self, asker):
        while True:
            try:
                asker.recv(2048)
                self.answered += 1
            except socket.timeout:
                if self._ended.is_set():
                    return

    def end(self):
        self._ended.set()
        for thread in self._threads:
            thread.join()
        for asker in self._sockets:
            asker.close()
        return self.asked, self.answered


@contextlib.contextmanager
def load(client, weir):
    """No request of a steady load is lost meanwhile."""
    running = Load(client)
    try:
        yield running
    finally:
        asked, answered = running.end()
    expect("requests", asked > 0, True)
    expect("requests that got no reply", asked - answered, 0)
    expect("packets missed", row(weir)["rx_missed"], 0)


@test("exception path: TCP, ping and UDP of the kernel while the tracker loses nothing", "ping")
def serves(binary):
    with Lab(binary) as lab:
        weir, client, server = serve(lab, binary)
        expect(
            "told", f"goes to the kernel, through interface {TAP}, which Weir has made" in weir.log(), True
        )
        with load(client, weir):
            for address in KERNEL:
                ping(client, address, "client0")
                transfer(lab, client, server, address)
            for address in OWN:
                ping(client, address, "client0")
            for address in ("10.77.0.2", "fd77::2"):
                ping(server, address, TAP)
        for address in OWN:
            bep15.full_exchange(client, address)
        verdicts, port = weir.verdicts(), row(weir)
        expect("frames to the kernel", verdicts["kernel_passed"] > 2 * BYTES / 1500, True)
        expect("the interface took them", port["exception_packets"], verdicts["kernel_passed"])
        expect("none was lost", port["exception_lost"], 0)
        expect("frames of the kernel", weir.stats()["kernel_packets"] > 2 * BYTES / 1500, True)
        expect("Weir's pings", verdicts["echo_answered"], 6)
        expect("health", weir.ask("/weir/health")["status"], "ok")
        expect("exit status", weir.stop(), 0)
        expect("mbufs leaked", "leaked" in weir.log(), False)


@test("exception path: the kernel may have Weir's own addresses, too", "ping")
def shared_addresses(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        weir = start(lab, binary, settings=settings())
        server = lab.namespace("server")
        plug(lab, server, OWN)
        with load(client, weir):
            for address in OWN:
                transfer(lab, client, server, address, 1_000_000)
            for address in ("10.77.0.2", "fd77::2"):
                ping(server, address, TAP)
        for address in OWN:
            bep15.full_exchange(client, address)
            ping(client, address, "client0")
        with client.socket(socket.AF_INET) as tried:
            tried.settimeout(5)
            tried.connect((OWN[0], 7777))
            tried.send(b"anybody there?")
            try:
                tried.recv(99)
                refused = False
            except ConnectionRefusedError:
                refused = True
        expect("the kernel says that a port is closed", refused, True)
        expect("Weir does not", weir.verdicts()["port_unreachable"], 0)
        expect("Weir answers ARP", weir.verdicts()["arp_answered"] > 0, True)
        expect("and pings", weir.verdicts()["echo_answered"], 6)
        expect("conflicts", weir.ask("/weir/health")["address_conflict"], 0)


def flood(client, mac, rate, seconds):
    """TCP from made-up addresses of one network to the kernel's, `rate` frames a second."""
    header = struct.pack(">BBHHHBBH", 0x45, 0, 1500, 0, 0x4000, 64, 6, 0)
    target = socket.inet_aton(KERNEL[0])
    sent, due, end = 0, time.monotonic(), time.monotonic() + seconds
    with client.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind(("client0", 0))
        ether = frames.mac_bytes(mac) + bytes.fromhex("0200000000990800")
        while time.monotonic() < end:
            for i in range(rate // 200):
                source = bytes((203, 0, 113, (sent + i) & 0xFF))
                summed = frames.checksum(header + source + target)
                ip = header[:10] + struct.pack(">H", summed) + source + target
                sender.send(ether + ip + bytes(1480))
            sent += rate // 200
            due += rate // 200 / rate
            time.sleep(max(0, due - time.monotonic()))
    return sent


@test("exception path: a flood for the kernel is limited, and neither the tracker nor SSH stops", alone=True)
def flooded(binary):
    with Lab(binary) as lab:
        weir, client, server = serve(lab, binary, more="host = { dad = false; exception_rate = 1000; };")
        ping_once = ("ping", "-n", "-c", "1", "-W", "2", KERNEL[0])
        client.run(*ping_once)
        with load(client, weir):
            flooding = threading.Thread(target=flood, args=(client, weir.mac(), 8000, SECONDS))
            flooding.start()
            transfer(lab, client, server, KERNEL[0], 200_000)
            client.run(*ping_once)
            flooding.join()
        verdicts = weir.verdicts()
        expect("over the limit", verdicts["kernel_limited"] > 4000 * SECONDS, True)
        most = 1000 * (SECONDS + 10) + 101
        expect("within the limit", 500 * SECONDS < verdicts["kernel_passed"] < most, True)


@test("exception path: what the kernel sends is limited, and the tracker loses nothing", alone=True)
def kernel_floods(binary):
    with Lab(binary) as lab:
        weir, client, server = serve(lab, binary, more="host = { dad = false; exception_rate = 2000; };")
        server.run("ping", "-n", "-c", "1", "-W", "2", "10.77.0.2")
        before = weir.stats()["kernel_packets"]
        with load(client, weir), server.socket(socket.AF_INET) as sender:
            sender.connect(("10.77.0.2", 9))
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                with contextlib.suppress(ConnectionRefusedError):  # nobody listens there
                    for _ in range(50):
                        sender.send(bytes(1400))
                time.sleep(0.005)
        sent = weir.stats()["kernel_packets"] - before
        expect(f"frames of the kernel ({sent})", 1000 * SECONDS < sent < 2000 * (SECONDS + 3) + 201, True)


def flag(weir):
    return weir.ask("/weir/health")["exception_down"]


@test("exception path: an interface that is down, and one that is deleted, are reported; the tracker goes on")
def gone(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        weir = start(lab, binary, settings=settings())
        expect("told", "It is down: ip link set it up" in weir.log(), True)
        soon(lambda: unwell(weir, "exception_down"), "exception_down", 12)
        lab.hub.ip("link", "set", TAP, "up")
        soon(lambda: well(weir), "health without problems")
        lab.hub.ip("link", "set", TAP, "down")
        with load(client, weir):
            ping_once = ("ping", "-n", "-c", "1", "-W", "1", KERNEL[0])
            client.run(*ping_once, check=False)
            soon(lambda: row(weir)["exception_lost"] > 0, "packets lost")
            lab.hub.ip("link", "del", TAP)
            soon(lambda: f"interface {TAP} of ports[].exception was deleted" in weir.log(), "a message")
            client.run(*ping_once, check=False)
        soon(lambda: flag(weir) == 1, "exception_down", 12)
        for address in OWN:
            bep15.full_exchange(client, address)
        expect("exit status", weir.stop(), 0)
        expect("mbufs leaked", "leaked" in weir.log(), False)


@test("exception path: kill -9 leaves no interface behind")
def killed(binary):
    with Lab(binary) as lab:
        weir, client, server = serve(lab, binary)
        expect("interface", server.has_link(TAP), True)
        weir.process.send_signal(signal.SIGKILL)
        weir.wait_for_end()
        soon(lambda: not server.has_link(TAP), "no interface")


def blind(lab):
    """The hub's kernel takes nothing from weir0 itself, as if that was a card."""
    for name, value in (("arp_ignore", 8), ("rp_filter", 1)):
        lab.hub.run("sh", "-c", f"echo {value} > /proc/sys/net/ipv4/conf/weir0/{name}")


@test("exception path: TCP outlives a restart of Weir on an interface that was made to stay")
def stays(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        blind(lab)
        lab.hub.ip("tuntap", "add", "dev", TAP, "mode", "tap")
        lab.hub.ip("addr", "add", f"{KERNEL[0]}/24", "dev", TAP)
        lab.hub.ip("link", "set", TAP, "up")
        lab.spawn(lab.hub, "/usr/bin/python3", "-c", ECHO, KERNEL[0])
        line = client.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.settimeout(20)
        for number in range(2):
            weir = start(lab, binary, settings=settings(), log=f"run{number}.log")
            expect("told", f"through interface {TAP}, which was there" in weir.log(), True)
            if number == 0:
                process.wait_until(lambda: line.connect_ex((KERNEL[0], 2222)) == 0, "TCP")
            line.sendall(b"word")
            expect("back over TCP", line.recv(4), b"word")
            bep15.full_exchange(client, OWN[0])
            expect("exit status", weir.stop(), 0)
        line.close()
        shown = lab.hub.ip("addr", "show", "dev", TAP).stdout
        expect("address", f"inet {KERNEL[0]}/24" in shown, True)


TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000


@test("exception path: an interface that another process has, or that is no TAP, is refused")
def refused(binary):
    with Lab(binary) as lab:
        lab.wire()
        holder = (
            "import fcntl, struct, time\n"
            "f = open('/dev/net/tun', 'r+b', buffering=0)\n"
            f"fcntl.ioctl(f, {TUNSETIFF}, struct.pack('16sH22x', b'{TAP}', {IFF_TAP | IFF_NO_PI}))\n"
            "print('held', flush=True)\ntime.sleep(60)\n"
        )
        held = lab.spawn(lab.hub, "/usr/bin/python3", "-c", holder)
        process.wait_until(lambda: lab.hub.has_link(TAP), "an interface")
        with contextlib.suppress(process.Failure):
            start(lab, binary, settings=settings())
        expect("exit status", lab.weir.wait_for_end(), 1)
        expect("told", "another process has it" in lab.weir.log(), True)
        process.stop(held)
        process.wait_until(lambda: not lab.hub.has_link(TAP), "no interface")
        lab.hub.ip("link", "add", TAP, "type", "veth", "peer", "name", "kernel1")
        with contextlib.suppress(process.Failure):
            start(lab, binary, settings=settings(), log="veth.log")
        expect("exit status", lab.weir.wait_for_end(), 1)
        expect("told", "an interface of this name is no TAP" in lab.weir.log(), True)


@test("exception path: with ports[].vlan, the kernel gets other VLANs and untagged frames", "ping")
def tagged(binary):
    with Lab(binary) as lab:
        client = lab.wire()
        client.run("ethtool", "-K", "client0", "txvlan", "off")
        lab.hub.run("ethtool", "-K", "weir0", "rxvlan", "off", check=False)
        add_vlan(client, "client0", "client0.5", 5)
        client.ip("addr", "flush", "dev", "client0")
        client.ip("link", "set", "client0.5", "up")
        client.ip("addr", "add", "10.77.0.2/24", "dev", "client0.5")
        client.ip("addr", "add", "10.78.0.2/24", "dev", "client0")
        weir = start(lab, binary, settings=settings(port="vlan = 5;"))
        server = lab.namespace("server")
        plug(lab, server, ("10.78.0.5", "fd78::5"))
        bep15.full_exchange(client, OWN[0])
        ping(client, "10.78.0.5", "client0")
        expect("frames to the kernel", weir.verdicts()["kernel_passed"] > 0, True)
