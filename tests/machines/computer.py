# SPDX-License-Identifier: BSD-3-Clause
"""A machine and the guest in it, on a disk that stays from one boot to the next: what both parts stand on."""

import pathlib

from emulator import OWN
from guest import Guest
from machine import Machine
from root import Failure

INSIDE = "/mnt/tests/machines/inside"
CONFIG = "/etc/weir/weir.cfg"
LOOK = (
    "systemctl status --no-pager --full --lines=40 weir",
    "systemctl --failed --no-pager",
    "lspci -nnk | grep -A3 -i ethernet",
    "journalctl -b -k -o cat --no-pager | tail -n 15",
)


class Computer:
    """`share`: folder of the files that the guest reads; `folder`: disk and logs of this run."""

    def __init__(self, image, share, folder, emulator=OWN):
        self.image = image
        self.share = share
        self.folder = pathlib.Path(folder)
        self.emulator = emulator
        self.machine = None
        self.guest = None

    def boot(self, hardware):
        """Switches it on; returns systemd's word on it."""
        disk = self.folder / "disk.qcow2"
        if not disk.exists():
            self.image.disk(disk)
        self.machine = Machine(self.image, disk, self.share, hardware, self.folder, self.emulator)
        self.machine.start()
        self.guest = Guest(self.machine)
        return self.guest.wait_until_up()

    def stop(self):
        if self.machine is not None:
            self.machine.stop()

    def diagnosis(self):
        """What there is to see after a failure."""
        try:
            self.machine.expect_running()
            return self.guest.run("; ".join(LOOK), check=False).output
        except (AttributeError, Failure) as failure:
            return str(failure)
