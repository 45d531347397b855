# SPDX-License-Identifier: BSD-3-Clause
"""A machine: one QEMU process that emulates all of it, without a network of the host.

Its NICs are joined to each other by a hub inside QEMU. The disk is a file: what the guest has synced
is there after `power_cut`, what it has not may be lost.
"""

import os
import pathlib
import signal
import subprocess
import tempfile
from dataclasses import dataclass

import child
from channel import Channel
from emulator import OWN
from root import Failure

IOMMU_ON, IOMMU_OFF = "intel_iommu=on iommu=pt", "intel_iommu=off"
# Emulated CPUs that wait for a real one miss ticks: the kernel would take its timer for broken.
EMULATED = "no_timer_check"
AGENT_PORT = "org.qemu.guest_agent.0"  # what the unit of Debian's qemu-guest-agent waits for


@dataclass(frozen=True)
class Nic:
    model: str  # QEMU's -device
    mac: str
    slot: int  # on its bus
    bus: str = "pcie.0"  # the root bus: 0000:00:<slot>.0 by `pci`; on others the firmware numbers
    options: str = ""  # more of -device

    @property
    def pci(self):
        return f"0000:00:{self.slot:02x}.0"

    @property
    def kernel_name(self):
        return f"enp0s{self.slot}"


@dataclass(frozen=True)
class Hardware:
    nics: tuple
    cpus: int = 2
    memory_mb: int = 3072
    nodes: int = 1  # NUMA nodes, with equal parts of CPUs and memory
    buses: tuple = ()  # -device of what NICs are behind
    command_line: str = ""  # of the kernel, added to what every machine has
    iommu: str = IOMMU_ON  # words of the kernel's command line; Debian's kernel turns it on without any


class Machine:
    """`folder`: what it writes there stays (console.log). `share`: a folder that the guest may read."""

    def __init__(self, image, disk, share, hardware, folder, emulator=OWN):
        self.emulator = emulator
        self.image = image
        self.disk = disk
        self.share = share
        self.hardware = hardware
        self.console = pathlib.Path(folder) / "console.log"
        self.process = None
        self._sockets = None
        self.monitor = None
        self.agent = None

    def _socket(self, name):
        # A path of its own: names of Unix sockets have 107 bytes at most.
        return pathlib.Path(self._sockets.name) / name

    def _nics(self):
        for number, nic in enumerate(self.hardware.nics):
            yield from ("-netdev", f"hubport,id=hub{number},hubid=0")
            where = f"bus={nic.bus},addr={nic.slot:#x}{nic.options and ','}{nic.options}"
            yield from ("-device", f"{nic.model},id=nic{number},netdev=hub{number},mac={nic.mac},{where}")

    def _nodes(self):
        count = self.hardware.nodes
        if count == 1:
            return
        cpus, memory = self.hardware.cpus // count, self.hardware.memory_mb // count
        for node in range(count):
            yield from ("-object", f"memory-backend-ram,id=memory{node},size={memory}M")
            numbers = f"{node * cpus}-{(node + 1) * cpus - 1}"
            yield from ("-numa", f"node,nodeid={node},cpus={numbers},memdev=memory{node}")

    def arguments(self):
        append = (
            f"root=/dev/vda rw console=ttyS0 {self.hardware.iommu} {EMULATED} "
            f"loglevel=4 systemd.show_status=1 {self.hardware.command_line}"
        )
        return [
            *("-name", "weir-machine", "-nodefaults", "-display", "none", "-vga", "none"),
            *("-M", f"q35,accel={self.emulator.accelerator},kernel-irqchip=split", "-cpu", "max"),
            *("-smp", str(self.hardware.cpus), "-m", f"{self.hardware.memory_mb}M", *self._nodes()),
            *("-device", "intel-iommu,intremap=on,caching-mode=on"),
            *("-kernel", self.image.kernel, "-initrd", self.image.initrd, "-append", append),
            # Writes reach the file when the guest flushes, as with a disk that has a cache.
            *("-drive", f"file={self.disk},if=none,id=disk,format=qcow2,cache=writeback,discard=ignore"),
            *("-device", "virtio-blk-pci,drive=disk,addr=0x10"),
            *("-device", "virtio-rng-pci,addr=0x11"),
            *("-fsdev", f"local,id=share,path={self.share},security_model=none,readonly=on"),
            *("-device", "virtio-9p-pci,fsdev=share,mount_tag=share,addr=0x12"),
            *("-device", "virtio-serial-pci,addr=0x13"),
            *("-chardev", f"socket,id=agent,path={self._socket('agent')},server=on,wait=off"),
            *("-device", f"virtserialport,chardev=agent,name={AGENT_PORT}"),
            *("-qmp", f"unix:{self._socket('monitor')},server=on,wait=off"),
            *("-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console"),
            *(word for bus in self.hardware.buses for word in ("-device", bus)),
            *self._nics(),
        ]

    def start(self):
        self._sockets = tempfile.TemporaryDirectory(prefix="weir-machine-")
        errors = self.console.with_suffix(".qemu")
        with errors.open("w") as said:
            self.process = child.spawn(
                self.emulator.command(self.arguments()),
                with_signal=signal.SIGKILL,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
        self.monitor = Channel(self._socket("monitor"), "QEMU's monitor")
        self.agent = Channel(self._socket("agent"), "the guest's agent")

    def expect_running(self):
        if self.process is None or self.process.poll() is not None:
            said = self.console.with_suffix(".qemu").read_text(errors="replace").strip()
            raise Failure(f"QEMU has ended: {said or 'it said nothing'}\n{self.console_tail()}")

    def ask_monitor(self, command, **arguments):
        """A command of QEMU's monitor (QMP), for instance set_link."""
        self.monitor.ask("qmp_capabilities")
        try:
            return self.monitor.ask(command, **arguments)
        finally:
            self.monitor.close()  # the next one negotiates anew

    def power_cut(self):
        """The machine stops between two instructions; its disk stays."""
        self.expect_running()
        os.kill(self.process.pid, signal.SIGKILL)
        self._gone()

    def wait_for_end(self, timeout):
        """Until the guest has switched the machine off."""
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failure(f"the machine is not off after {timeout} s\n{self.console_tail()}") from None
        self._gone()

    def stop(self):
        """Ends what still runs."""
        if self.process is not None:
            child.stop(self.process, signal.SIGKILL)
            self._gone()

    def _gone(self):
        self.process.wait()
        self.monitor.close()
        self.agent.close()
        self._sockets.cleanup()
        self.process = None

    def console_tail(self, lines=25):
        if not self.console.exists():
            return ""
        text = self.console.read_text(errors="replace")
        return "the console's end:\n" + "\n".join(text.splitlines()[-lines:])
