# SPDX-License-Identifier: BSD-3-Clause
"""QEMU: that of this system, or, where it lacks a device, that of Debian 13 in a root of its own."""

import os
import subprocess
import tempfile

from root import Root

PROGRAM = "qemu-system-x86_64"
# Hardware virtualisation. Where a hypervisor passes it on in part only, no guest gets far.
KVM = "/dev/kvm"
KVM_TRIAL_S = 20
KERNELS_END = "Unable to mount root fs"  # a kernel without a disk gets so far
# What the root's QEMU sees of this system: devices, and the folders of disks and sockets.
ENTER = r"""
set -e
root=$1 folder=$2 temporary=$3
shift 3
mount --rbind /dev "$root/dev"
for path in "$temporary" "$folder"; do
    mkdir -p "$root$path"
    mount --bind "$path" "$root$path"
done
exec chroot "$root" "$@"
"""


def has_device(name):
    """Whether this system's QEMU has it."""
    said = subprocess.run([PROGRAM, "-device", "help"], capture_output=True, text=True, check=False)
    return f'name "{name}"' in said.stdout


class Emulator:
    """This system's QEMU. `accelerator`: kvm, or tcg: all instructions are emulated."""

    accelerator = "tcg"

    def choose_accelerator(self, kernel):
        """KVM where it boots `kernel`; returns a word on it."""
        if os.access(KVM, os.R_OK | os.W_OK) and self._boots(kernel):
            self.accelerator = "kvm"
            return f"QEMU with {KVM}"
        return f"QEMU emulates every instruction (TCG): {KVM} is not there, or boots no guest"

    def _boots(self, kernel):
        machine = ("-M", "q35,accel=kvm,kernel-irqchip=split", "-cpu", "max", "-m", "512M", "-no-reboot")
        nothing = ("-nodefaults", "-display", "none", "-serial", "stdio")
        boot = ("-kernel", kernel, "-append", "console=ttyS0 panic=-1")
        try:
            said = subprocess.run(
                [*map(str, self.command([*machine, *nothing, *boot]))],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=KVM_TRIAL_S,
            ).stdout
        except subprocess.TimeoutExpired:
            return False
        return KERNELS_END.encode() in said

    def command(self, arguments):
        return [PROGRAM, *arguments]


class RootedEmulator(Emulator):
    """That of a root. `folder`: of everything that machines read and write, sockets apart."""

    def __init__(self, system, folder):
        self._folder = folder
        self._root = Root(folder / "qemu", system, folder / "qemu.log", home="/")

    def make(self, mirror):
        with self._root.locked():
            self._root.bootstrap(mirror)
            if not (self._root.folder / "usr/bin" / PROGRAM).exists():
                self._root.update()
                self._root.install("qemu-system-x86")

    def command(self, arguments):
        # No process between: what ends is QEMU itself.
        entered = ["unshare", "--mount", "bash", "-c", ENTER, "enter", self._root.folder, self._folder]
        return [*entered, tempfile.gettempdir(), PROGRAM, *arguments]


OWN = Emulator()


def with_device(name, system, folder, mirror):
    """An Emulator that has the device `name`, and a word on which it is."""
    if has_device(name):
        return OWN, "this system's QEMU"
    rooted = RootedEmulator(system, folder)
    rooted.make(mirror)
    return rooted, f"QEMU of {system.title} in {folder / 'qemu'}: this system's has no {name}"
