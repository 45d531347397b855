# SPDX-License-Identifier: BSD-3-Clause
"""Beside the kernel: Weir gets the tracker's packets of an interface, and the kernel keeps the rest."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import threading

import bep15
import process
import results
import weir as weir_module
from bep15 import expect
from catalogue import test
from lab import Lab
from tests_host import ping
from weir import ROOT, Weir

BOTH = ("10.77.0.1", "fd77::1")
CLOSED_PORT = 6970
ROUNDS = 1000 if os.environ.get("WEIR_CLIENTS_FULL") else 10


def wire(lab, queues=1):
    """The hub as a server of its own on eth0, and a client on the other end, with checksums unfinished."""
    client = lab.namespace("client0")
    pair = ["link", "add", "eth0", "numrxqueues", str(queues), "numtxqueues", str(queues)]
    peer = ["name", "client0", "numrxqueues", str(queues), "numtxqueues", str(queues)]
    lab.hub.ip(*pair, "type", "veth", "peer", *peer, "netns", client.name)
    lab.hub.run("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6")
    configure(lab.hub, "eth0", 1)
    configure(client, "client0", 2)
    return client


def configure(namespace, link, number):
    namespace.ip("link", "set", link, "addrgenmode", "none")
    namespace.ip("link", "set", link, "up")
    namespace.ip("addr", "add", f"10.77.0.{number}/24", "dev", link)
    namespace.ip("addr", "add", f"fd77::{number}/64", "dev", link, "nodad")


def program(binary):
    """The XDP program of the same build."""
    return os.path.join(os.path.dirname(os.path.abspath(binary)), "..", "xdp", "tracker_port.o")


def write_config(lab, binary, interface="eth0", queues=1, settings=""):
    """The driver file, with what its comments say to change."""
    with open(weir_module.driver_config("beside_kernel"), encoding="utf-8") as file:
        text = file.read()
    text = text.replace("iface=eth0", f"iface={interface}").replace("queue_count=1", f"queue_count={queues}")
    text = re.sub('xdp_prog=[^,"]*', f"xdp_prog={program(binary)}", text)
    path = lab.path("beside.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{text}\n{settings}\n")
    return path


def make(lab, binary, log="weir.log", **options):
    weir_module.needs_af_xdp()
    if not os.path.exists(program(binary)):
        raise results.Skip("tracker_port.o was not built: apt install clang")
    lab.weir = Weir(lab.hub, binary, write_config(lab, binary, **options), lab.folder, log)
    lab.on_exit(lab.weir.stop)
    return lab.weir


def start(lab, binary, **options):
    make(lab, binary, **options).start()
    return lab.weir


def has_program(namespace, link="eth0"):
    return "prog/xdp" in namespace.ip("-d", "link", "show", "dev", link).stdout


def refused(lab, weir):
    """The log of a Weir that does not start."""
    with contextlib.suppress(process.Failure):
        weir.start()
    expect("exit status", weir.wait_for_end(), 1)
    expect("the program is off", has_program(lab.hub), False)
    return weir.log()


def leave(weir, address):
    """What weirctl says that is to give up an address, which is the kernel's to do."""
    weirctl = os.path.join(os.path.dirname(weir.binary), "..", "weirctl", "weirctl")
    environment = dict(os.environ, RUNTIME_DIRECTORY=weir.folder)
    ended = process.run([weirctl, "address", "leave", address], check=False, env=environment)
    expect("exit status", ended.returncode, 1)
    return ended.stdout


class Line:
    """A TCP connection to the server, on which a word goes there and back until the end."""

    def __init__(self, lab, client):
        script = "import socket\ns = socket.create_server(('10.77.0.1', 2222))\nc = s.accept()[0]\n"
        script += "while d := c.recv(99):\n    c.sendall(d)\n"
        lab.spawn(lab.hub, "/usr/bin/python3", "-c", script)
        self.socket = client.socket(2, 1)
        self.socket.settimeout(10)
        process.wait_until(self._connect, "a TCP connection")
        self.count = 0
        self.ended = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self._talk)
        self.thread.start()

    def _connect(self):
        return self.socket.connect_ex(("10.77.0.1", 2222)) == 0

    def _talk(self):
        try:
            while not self.ended.wait(0.005):
                self.socket.sendall(b"word")
                expect("echo over TCP", self.socket.recv(4), b"word")
                self.count += 1
        except Exception as error:  # told by end()
            self.error = error

    def end(self):
        self.ended.set()
        self.thread.join()
        self.socket.close()
        expect("error of the TCP connection", self.error, None)
        return self.count


def refuses_datagrams(client, address):
    """Whether the server's kernel says that a UDP port is closed."""
    with client.socket(2 if "." in address else 10) as tried:
        tried.settimeout(2)
        tried.connect((address, CLOSED_PORT))
        tried.send(b"anybody there?")
        try:
            tried.recv(99)
        except ConnectionRefusedError:
            return True
        except TimeoutError:
            pass
        return False


@test("beside the kernel: the tracker is Weir's, everything else the kernel's, over both families", "ping")
def serves(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        weir = start(lab, binary)
        line = Line(lab, client)
        for address in BOTH:
            bep15.full_exchange(client, address)
            ping(client, address, "client0")
            expect(f"{address}: a closed port", refuses_datagrams(client, address), True)
        expect("words over TCP", line.end() > 0, True)
        row = weir.ask("/weir/ports")["0"]
        expect("addresses", row["addresses_used"], ["10.77.0.1/24", "fd77::1/64"])
        expect("health", weir.ask("/weir/health")["status"], "ok")
        verdicts = weir.verdicts()
        expect(
            "what Weir got",
            sum(verdicts.values()),
            sum(verdicts[v] for v in ("connect", "announce", "scrape")),
        )
        expect("told", "beside the kernel on eth0, native XDP" in weir.log(), True)
        expect("the program is on", has_program(lab.hub), True)
        expect("told", "of the kernel (host.stack, driver.isolate)" in leave(weir, "10.77.0.1"), True)
        off = ["ip", "-n", lab.hub.name, "link", "set", "dev", "eth0", "xdp", "off"]
        expect("somebody may take it off", process.run(off, check=False).returncode == 0, False)
        expect("exit status", weir.stop(), 0)
        expect("the program is on", has_program(lab.hub), False)


@test(f"beside the kernel: TCP and ping go on through {ROUNDS} starts, stops and kills", "ping")
def comes_and_goes(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        line = Line(lab, client)
        command = ("ping", "-i", "0.05", "-W", "2", "10.77.0.1")
        pinging = lab.spawn(client, *command, stdout=subprocess.PIPE, text=True)
        for number in range(ROUNDS):
            weir = start(lab, binary)
            with bep15.Client(client, BOTH[number % 2]) as asker:
                asker.connect()
            if number % 2 == 0:
                expect("exit status", weir.stop(), 0)
            else:
                weir.process.send_signal(signal.SIGKILL)
                weir.wait_for_end()
            process.wait_until(lambda: not has_program(lab.hub), "an interface without a program")
        pinging.send_signal(signal.SIGINT)
        told = pinging.communicate()[0]
        expect("pings lost", re.search(r"(\d+)% packet loss", told).group(1), "0")
        expect("words over TCP", line.end() > 10 * ROUNDS, True)


@test("beside the kernel: addresses and MAC address of the interface are followed")
def follows(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        weir = start(lab, binary)

        def used():
            return weir.ask("/weir/ports")["0"].get("addresses_used", [])

        lab.hub.ip("addr", "add", "10.77.0.7/24", "dev", "eth0")
        process.wait_until(lambda: "10.77.0.7/24" in used(), "another address")
        bep15.full_exchange(client, "10.77.0.7")
        for address in ("10.77.0.1/24", "fd77::1/64"):
            lab.hub.ip("addr", "del", address, "dev", "eth0")
        # With its first address gone, the kernel takes the second one of the network away, too.
        process.wait_until(lambda: used() == [], "no address")
        process.wait_until(lambda: weir.ask("/weir/health")["no_address"] == 1, "a problem")
        lab.hub.ip("link", "set", "eth0", "address", "02:00:00:00:00:77")
        lab.hub.ip("addr", "add", "10.77.0.8/24", "dev", "eth0")
        process.wait_until(lambda: used() == ["10.77.0.8/24"], "an address again")
        bep15.full_exchange(client, "10.77.0.8")
        expect("MAC address", weir.ask("/weir/ports")["0"]["mac"], "02:00:00:00:00:77")
        process.wait_until(lambda: weir.ask("/weir/health")["no_address"] == 0, "no problem")
        lab.hub.ip("link", "set", "eth0", "down")
        lab.hub.ip("link", "set", "eth0", "name", "wan0", "up")
        process.wait_until(lambda: used() == ["10.77.0.8/24"], "an interface with another name")
        bep15.full_exchange(client, "10.77.0.8")
        expect("exit status", weir.stop(), 0)


@test("beside the kernel: a driver without XDP gets the generic one")
def generic(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        lab.hub.ip("link", "add", "link", "eth0", "name", "lan0", "type", "macvlan", "mode", "bridge")
        lab.hub.run("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/lan0/disable_ipv6")
        for address in ("10.77.0.1/24", "fd77::1/64"):
            lab.hub.ip("addr", "del", address, "dev", "eth0")
        configure(lab.hub, "lan0", 5)
        # Not by eth0, which would answer for every address of the machine.
        lab.hub.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore")
        weir = start(lab, binary, interface="lan0")
        for address in ("10.77.0.5", "fd77::5"):
            bep15.full_exchange(client, address)
        expect("told", "beside the kernel on lan0, generic XDP" in weir.log(), True)
        weir.process.send_signal(signal.SIGKILL)
        weir.wait_for_end()
        process.wait_until(
            lambda: "xdp" not in lab.hub.ip("-d", "link", "show", "dev", "lan0").stdout, "no program"
        )


def add_vlan(namespace, link, name, vlan):
    arguments = ["link", "add", "link", link, "name", name, "type", "vlan", "id", str(vlan)]
    if process.run(["ip", "-n", namespace.name, *arguments], check=False).returncode != 0:
        raise results.Skip("this kernel has no VLAN interfaces (CONFIG_VLAN_8021Q)")


@test("beside the kernel: VLAN 5 is served, and other VLANs go to the kernel", "ping")
def tagged(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        client.run("ethtool", "-K", "client0", "txvlan", "off")  # tags are in frames, as on a wire
        for namespace, link, number in ((lab.hub, "eth0", 1), (client, "client0", 2)):
            for vlan in (5, 6):
                name = f"{link}.{vlan}"
                add_vlan(namespace, link, name, vlan)
                namespace.ip("link", "set", name, "up")
                namespace.ip("addr", "add", f"10.77.{vlan}.{number}/24", "dev", name)
        settings = 'ports = ( { addresses = [ "interface" ]; vlan = 5; } );'
        weir = start(lab, binary, settings=settings)
        bep15.full_exchange(client, "10.77.5.1")
        ping(client, "10.77.5.1", "client0.5")
        ping(client, "10.77.6.1", "client0.6")
        expect("addresses", weir.ask("/weir/ports")["0"]["addresses"], ["10.77.5.1/24"])
        expect("exit status", weir.stop(), 0)


@test("beside the kernel: an interface with an XDP program is left alone")
def other_program(binary):
    with Lab(binary) as lab:
        wire(lab)
        weir = make(lab, binary)
        lab.hub.ip("link", "set", "dev", "eth0", "xdp", "obj", program(binary), "sec", "xdp")
        with contextlib.suppress(process.Failure):
            weir.start()
        expect("exit status", weir.wait_for_end(), 1)
        expect("told", "eth0 has an XDP program already" in weir.log(), True)
        expect("the other program is on", has_program(lab.hub), True)


@test("beside the kernel: a program that is not Weir's is refused, and does not stay")
def foreign_program(binary):
    with Lab(binary) as lab:
        wire(lab)
        weir = make(lab, binary)
        with open(program(binary), "rb") as file:
            changed = file.read().replace(b"tracker_rules", b"tracker_ruler")
        with open(lab.path("foreign.o"), "wb") as file:
            file.write(changed)
        text = process.read_text(weir.config).replace(program(binary), lab.path("foreign.o"))
        with open(weir.config, "w", encoding="utf-8") as file:
            file.write(text)
        expect("told", "its XDP program is not Weir's" in refused(lab, weir), True)


LINK_DETACH, BPF, PIDFD_GETFD = 34, {"x86_64": 321, "aarch64": 280}, 438
_libc = ctypes.CDLL(None, use_errno=True)


def detach(weir):
    """Takes Weir's program off behind its back: by the link that it holds."""
    folder = f"/proc/{weir.process.pid}/fd"
    files = [name for name in os.listdir(folder) if "bpf_link" in os.readlink(f"{folder}/{name}")]
    expect("links of Weir", len(files), 1)
    process_file = os.pidfd_open(weir.process.pid)
    link = _libc.syscall(PIDFD_GETFD, process_file, int(files[0]), 0)
    attributes = ctypes.c_uint32(link)
    expect("detached", _libc.syscall(BPF[os.uname().machine], LINK_DETACH, ctypes.byref(attributes), 4), 0)
    os.close(link)
    os.close(process_file)


@test("beside the kernel: Weir ends if its program is taken off, and leaves another one alone")
def replaced(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        weir = start(lab, binary)
        detach(weir)
        expect("exit status", weir.wait_for_end(5), 1)
        expect("told", "the XDP program was taken off eth0" in weir.log(), True)
        weir = start(lab, binary, log="again.log")
        bep15.full_exchange(client, BOTH[0])
        weir.process.send_signal(signal.SIGSTOP)  # it must not look in between
        detach(weir)
        lab.hub.ip("link", "set", "dev", "eth0", "xdp", "obj", program(binary), "sec", "xdp")
        weir.process.send_signal(signal.SIGCONT)
        expect("exit status", weir.wait_for_end(5), 1)
        expect("told", "eth0 has another XDP program now" in weir.log(), True)
        expect("the other program is on", has_program(lab.hub), True)


@test("beside the kernel: a UDP port that another program has is refused, and so is an MTU without XDP")
def taken(binary):
    with Lab(binary) as lab:
        client = wire(lab)
        with lab.hub.socket(2) as other:
            other.bind(("10.77.0.1", 6969))
            said = refused(lab, make(lab, binary))
        expect("told", "another program has UDP port 6969" in said, True)
        for namespace, link in ((lab.hub, "eth0"), (client, "client0")):
            namespace.ip("link", "set", link, "mtu", "9000")
        said = refused(lab, make(lab, binary, log="mtu.log"))
        expect("told", "takes no XDP program" in said, True)


SCRIPT = ". scripts/common.sh; . scripts/beside.sh; beside_check %s 6969 && beside_show %s 6969"


@test("scripts/run --beside refuses what it should, and shows what it will do")
def script(binary):
    def tried(interface):
        command = ("bash", "-c", SCRIPT % (interface, interface))
        return lab.hub.run(*command, check=False, cwd=ROOT).stdout

    with Lab(binary) as lab:
        wire(lab)
        lab.hub.ip("link", "add", "eth7", "type", "veth", "peer", "name", "eth8")
        expect("no interface", "no such interface; there are: " in tried("eth9"), True)
        expect("loopback", "XDP sockets need" in tried("lo"), True)
        expect("down", "it is down: ip link set eth7 up" in tried("eth7"), True)
        lab.hub.ip("link", "set", "eth7", "up")
        lab.hub.ip("link", "set", "eth8", "up")
        expect("without address", "it has no address" in tried("eth7"), True)
        lab.hub.ip("link", "set", "eth8", "master", "br0")
        expect("of a bridge", "it belongs to br0" in tried("eth8"), True)
        with lab.hub.socket(2) as other:
            other.bind(("10.77.0.1", 6969))
            expect("port in use", "UDP port 6969 is in use" in tried("eth0"), True)
        shown = tried("eth0")
        expect("addresses", "UDP port 6969 of 10.77.0.1/24 fd77::1/64\n" in shown, True)
        expect(
            "head",
            shown.startswith("Weir beside the kernel on eth0 (driver -, MTU 1500, receive queues: 1)\n"),
            True,
        )
        lab.hub.ip("link", "set", "dev", "eth0", "xdp", "obj", program(binary), "sec", "xdp")
        expect("a program", "it has an XDP program already" in tried("eth0"), True)
