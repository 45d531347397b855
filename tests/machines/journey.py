# SPDX-License-Identifier: BSD-3-Clause
"""One machine from a fresh system to a power cut: what the steps of steps.py share."""

import json
import shlex
import time

from computer import INSIDE, Computer
from machine import Hardware, Nic
from root import Failure

CLIENTS_NIC = Nic("virtio-net-pci", "02:00:00:00:00:02", 2)
WEIR_NIC = Nic("e1000e", "02:00:00:00:00:01", 3)
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

# A CPU that polls would take one away from the emulator.
lcores = {{ idle = "sleep"; }};
"""


class Journey(Computer):
    def __init__(self, system, image, share, folder):
        super().__init__(image, share, folder)
        self.system = system
        self.torrents = 0  # of the crowd: 0 to torrents-1 are announced completely
        self.snapshot_torrents = 0  # in the last snapshot known before a power cut

    def power_on(self, command_line=""):
        """Starts the machine; returns systemd's word on it."""
        return self.boot(Hardware((CLIENTS_NIC, WEIR_NIC), command_line=command_line))

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
