# SPDX-License-Identifier: BSD-3-Clause
"""QEMU: that of this system, or, where it lacks a device, that of Debian 13 in a root of its own."""

import subprocess
import tempfile

from root import Root

PROGRAM = "qemu-system-x86_64"
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
    """This system's QEMU."""

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
