# SPDX-License-Identifier: BSD-3-Clause
"""dpdk-dumpcap records what a running Weir receives and sends."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import bep15
import frames
import scapy.error
import scapy.utils
from suite import Failed, Skipped, case, check

HUGE_PAGES = pathlib.Path("/proc/sys/vm/nr_hugepages")
HUGE_PAGES_WANTED = 128  # of 2 MiB, for both processes
TIMEOUT_S = 60
EXCHANGE = pathlib.Path(__file__).with_name("exchange.py")
INFO_HASH = bytes(range(20))

# A pair of interfaces that say nothing by themselves, and huge pages mounted for nobody else. Lives
# until standard input ends.
PRIVATE = """
set -e
mount -t hugetlbfs none "$1"
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
ip link add weir0 type veth peer name client0
ip link set weir0 address "$2"
ip link set weir0 up
ip link set client0 up
echo ready
exec cat
"""


# Weir's own reports of its groups go here, some time after its start (RFC 3810 5.2.14).
MLD_ROUTERS = bytes.fromhex("333300000016")


@contextlib.contextmanager
def huge_pages():
    """Reserved for a while; given back."""
    try:
        before = int(HUGE_PAGES.read_text())
        HUGE_PAGES.write_text(str(before + HUGE_PAGES_WANTED))
    except OSError as why:
        raise Skipped(f"no huge pages to be had: {why}") from None
    try:
        if int(HUGE_PAGES.read_text()) < before + HUGE_PAGES_WANTED:
            raise Skipped("no huge pages to be had: memory is short or in pieces")
        yield
    finally:
        HUGE_PAGES.write_text(str(before))


@contextlib.contextmanager
def private_machine(laboratory, mac):
    """Words to start programs with that see interfaces and huge pages of their own."""
    process = subprocess.Popen(
        ["unshare", "--mount", "--net", "sh", "-c", PRIVATE, "sh", laboratory.folder(), mac],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        check(process.stdout.readline() == "ready\n", "no namespace")
        yield ["nsenter", "--target", str(process.pid), "--mount", "--net", "--"]
    finally:
        process.stdin.close()
        process.wait(timeout=TIMEOUT_S)


class Wire:
    """The other end of Weir's interface."""

    def __init__(self, inside):
        self.process = subprocess.Popen(
            [*inside, sys.executable, EXCHANGE, "client0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, frame, answered=False):
        self.process.stdin.write(f"{'?' if answered else ''}{frame.hex()}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        check(line != "", "nothing came back")
        return bytes.fromhex(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=TIMEOUT_S)
        self.process.stdout.close()


class Dumpcap:
    """dpdk-dumpcap attached to a Weir."""

    def __init__(self, laboratory, weir, inside, device):
        self.folder = laboratory.folder()
        self.path = self.folder / "capture.pcapng"
        self.said = open(self.folder / "said", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*inside, "dpdk-dumpcap", "--file-prefix", weir.prefix, "-i", device, "-w", self.path],
            env=laboratory.environment(),
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=self.said,
        )

    def fail(self, text):
        self.said.seek(0)
        raise Failed(f"{text}\n{self.said.read()}")

    def frames(self):
        """What it has recorded so far."""
        try:
            with contextlib.closing(scapy.utils.RawPcapNgReader(str(self.path))) as reader:
                return [bytes(frame) for frame, _ in reader]
        except (OSError, EOFError, scapy.error.Scapy_Exception):
            return []

    def wait(self, enough, meanwhile=lambda: None):
        """Until its frames are enough."""
        deadline = time.monotonic() + TIMEOUT_S
        while not enough(self.frames()):
            if self.process.poll() is not None:
                self.fail(f"dpdk-dumpcap ended with status {self.process.returncode}")
            if time.monotonic() > deadline:
                self.fail(f"dpdk-dumpcap has {len(self.frames())} frames")
            meanwhile()
            time.sleep(0.1)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        if self.process.wait(timeout=TIMEOUT_S) != 0:
            self.fail(f"dpdk-dumpcap ended with status {self.process.returncode}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.said.close()


def requests(laboratory):
    """Frames each of which is answered, for a Weir on a device of the kernel."""
    scenario = laboratory.scenario()
    scenario.connect(frames.client4(11))
    scenario.announce(frames.client4(11), INFO_HASH, left=0)
    scenario.announce(frames.client4(12), INFO_HASH, event=bep15.STARTED)
    scenario.connect(frames.client6(13))
    scenario.announce(frames.client6(13), INFO_HASH, left=9)
    scenario.scrape(frames.client4(12), [INFO_HASH, bytes(20)])
    return scenario


def config_text(laboratory, scenario, more=()):
    device = "--vdev=net_pcap0,"
    text = scenario.config_text(laboratory.folder())
    at = text.index(device)
    end = text.index('"', at)
    arguments = ["--vdev=net_af_packet0,iface=weir0", *more]
    text = text[:at] + '", "'.join(arguments) + text[end:]
    text = text.replace('device = "net_pcap0"', 'device = "net_af_packet0"')
    check("memory = {" in text, text)
    return text.replace("memory = {", 'memory = { hugepages = "yes";')


def needs():
    if os.geteuid() != 0:
        raise Skipped("needs root for huge pages and a network namespace")
    if shutil.which("dpdk-dumpcap") is None:
        raise Skipped("needs dpdk-dumpcap")


@case("capture: dpdk-dumpcap records exactly the received and sent frames", alone=True)
def dumpcap(laboratory):
    needs()
    scenario = requests(laboratory)
    mac = scenario.port.mac
    probe = bytes(frames.arp(frames.client4(99), scenario.port, pdst="10.77.0.98"))
    text = config_text(laboratory, scenario)
    with contextlib.ExitStack() as stack:
        stack.enter_context(huge_pages())
        inside = stack.enter_context(private_machine(laboratory, mac))
        weir = stack.enter_context(laboratory.running(text, inside=inside))
        wire = stack.enter_context(contextlib.closing(Wire(inside)))
        device = "net_af_packet0"
        dump = stack.enter_context(contextlib.closing(Dumpcap(laboratory, weir, inside, device)))
        weir.watched.wait_for("weir: capture: dpdk-dumpcap can attach")
        dump.wait(lambda seen: seen, lambda: wire.send(probe))  # it is attached
        wanted = []
        for frame in scenario.wire.frames:
            wanted += [frame, wire.send(frame, answered=True)]

        def exchanged(seen):
            return [frame for frame in seen if frame != probe and frame[:6] != MLD_ROUTERS]

        dump.wait(lambda seen: len(exchanged(seen)) >= len(wanted))
        dump.stop()
        recorded = exchanged(dump.frames())
        after = wire.send(scenario.wire.frames[0], answered=True)  # Weir goes on
        verdicts = weir.ask("/weir/verdicts")
    check(recorded == wanted, f"{len(recorded)} frames, or others than the {len(wanted)}")
    check(after == wanted[1], "another answer after the capture")
    check(verdicts["announce"] == 3 and verdicts["scrape"] == 1, f"{verdicts}")
    check(verdicts["connect"] == 3, f"{verdicts}")


@case("capture: the log says if DPDK shares no memory")
def in_memory(laboratory):
    needs()
    scenario = requests(laboratory)
    text = config_text(laboratory, scenario, ["--in-memory"])
    with huge_pages(), private_machine(laboratory, scenario.port.mac) as inside:
        with laboratory.running(text, inside=inside) as weir:
            weir.ask("/weir/info")
    weir.ended.said("weir: capture: dpdk-dumpcap cannot attach: DPDK was told to share nothing")


@case("capture: the log says if there are no huge pages, and nothing if capture is off")
def no_huge_pages(laboratory):
    for settings, words in (
        ({}, "weir: capture: dpdk-dumpcap cannot attach: it needs huge pages"),
        ({"telemetry.capture": False}, None),
    ):
        scenario = laboratory.scenario(settings=settings)
        scenario.noise(1)
        with laboratory.fed(scenario) as weir:
            pass
        if words:
            weir.ended.said(words)
        else:
            check("capture" not in weir.ended.err, weir.ended.err)
