# SPDX-License-Identifier: BSD-3-Clause
"""One machine from a fresh system to a power cut: what the steps of steps.py share."""

import json
import pathlib
import shlex
import time

from guest import Guest
from machine import Hardware, Machine, Nic
from root import Failure

CLIENTS_NIC = Nic("virtio-net-pci", "02:00:00:00:00:02", 2)
WEIR_NIC = Nic("e1000e", "02:00:00:00:00:01", 3)
INSIDE = "/mnt/tests/machines/inside"
CONFIG = "/etc/weir/weir.cfg"
SNAPSHOT_INTERVAL_S = 5
HUGE_PAGES = 200  # of 2 MiB

# What an operator writes for a NIC. The tables are small: pages of an emulated machine are slow to get.
NIC_CONFIG = f"""\
@include "drivers-config/e1000.cfg"

ports = (
    {{ device = "{WEIR_NIC.pci}";
      addresses = [ "10.77.0.1/24", "fd77::1/64" ]; }}
);

tracker = {{
    port = 6969;
    key_file = "/var/lib/weir/key";
}};

swarm = {{
    max_torrents = 100000;
    max_peers = 200000;
}};

snapshot = {{
    file = "/var/lib/weir/peers";
    interval = {SNAPSHOT_INTERVAL_S};
}};

# A CPU that polls would take one away from whoever emulates it.
lcores = {{ idle = "sleep"; }};
"""


class Journey:
    """`share`: folder of the files that the guest reads; `folder`: disk and logs of this run."""

    def __init__(self, system, image, share, folder):
        self.system = system
        self.image = image
        self.share = share
        self.folder = pathlib.Path(folder)
        self.machine = None
        self.guest = None
        self.torrents = 0  # of the crowd: 0 to torrents-1 are announced completely
        self.snapshot_torrents = 0  # in the last snapshot known before a power cut

    def power_on(self, command_line=""):
        """Starts the machine; returns systemd's word on it."""
        disk = self.folder / "disk.qcow2"
        if not disk.exists():
            self.image.disk(disk)
        hardware = Hardware((CLIENTS_NIC, WEIR_NIC), command_line=command_line)
        self.machine = Machine(self.image, disk, self.share, hardware, self.folder)
        self.machine.start()
        self.guest = Guest(self.machine)
        return self.guest.wait_until_up()

    def stop(self):
        if self.machine is not None:
            self.machine.stop()

    def ask(self, command):
        """Weir's answer over telemetry, for instance to "/weir/stats"."""
        return json.loads(self.guest.run(f"python3 {INSIDE}/ask.py {shlex.quote(command)}").output)

    def crowd(self, command, first, last, timeout=300):
        said = self.guest.run(
            f"python3 {INSIDE}/crowd.py {self.clients_link()} {command} {first} {last}", timeout
        )
        return said.output

    @staticmethod
    def clients_link():
        return CLIENTS_NIC.kernel_name

    def state(self, unit="weir"):
        """Properties of a unit."""
        wanted = "ActiveState,SubState,Result,NRestarts,MainPID,UnitFileState"
        said = self.guest.run(f"systemctl show {unit} --property={wanted}").output
        return dict(line.split("=", 1) for line in said.splitlines())

    def wait_until_served(self, timeout=90):
        """Until the service is up and its addresses are in use."""
        self.guest.wait_until("systemctl is-active weir", "weir is active", timeout)
        end = time.monotonic() + timeout
        while True:
            port = self.ask("/weir/ports")["0"]
            if len(port["addresses_used"]) == len(port["addresses"]) and port["link_up"]:
                return
            if time.monotonic() > end:
                raise Failure(f"the port does not serve after {timeout} s: {port}")
            time.sleep(0.5)

    def diagnosis(self):
        """What there is to see after a failure."""
        try:
            self.machine.expect_running()
            return self.guest.run(
                "systemctl status --no-pager --full --lines=30 weir; systemctl --failed --no-pager; "
                "journalctl -b -k -o cat --no-pager | tail -n 5",
                check=False,
            ).output
        except (AttributeError, Failure) as failure:
            return str(failure)
