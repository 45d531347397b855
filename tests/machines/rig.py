# SPDX-License-Identifier: BSD-3-Clause
"""One machine with every network card that QEMU has a driver's device of: what the steps of nic_steps.py and
its neighbours share. Weir is the service of the package, on cards that vfio-pci holds.
"""

import json
import re
import shlex
import time

from cards import BUSES, CLIENTS_NIC, make_cards
from computer import CONFIG, INSIDE, Computer
from machine import IOMMU_ON, Hardware
from root import REPOSITORY, Failure

SOCKET = "/run/weir/dpdk/weir/dpdk_telemetry.v2"
CPUS, NODES, MEMORY_MB = 8, 2, 3072
PAGES = 160  # of 2 MiB, on each node
PAGES_FOLDER = "/sys/devices/system/node/node{}/hugepages/hugepages-2048kB"
CONFIGURATION = """\
{driver}
{ports}
# Nothing random in a reply but connection ids. The tables are small: emulated pages are slow to get.
tracker = {{ port = 6969; interval_spread = 0; key_file = "/var/lib/weir/key"; }};
swarm = {{ max_torrents = 20000; max_peers = 40000; }};

# A CPU that polls would take one away from the emulator.
lcores = {{ {lcores} idle = "sleep"; }};
"""
# Idle lcores sleep for up to 5 ms instead of 128 us: all these CPUs are one or two of the emulator's.
DROP_INS = "/etc/systemd/system/weir.service.d"
PATIENCE = "[Service]\nTimerSlackNSec=5ms\nTimeoutStartSec=300\nWatchdogSec=120\n"
ONE_EACH = "main = [ 0 ]; io = [ 1 ]; workers = [ 2 ];"


def driver_group(name, **settings):
    """The file of drivers-config with some values changed, or added."""
    text = (REPOSITORY / "drivers-config" / f"{name}.cfg").read_text()
    for setting, value in settings.items():
        written = str(value).lower() if isinstance(value, bool) else str(value)
        line = f"    {setting} = {written};"
        text, found = re.subn(rf"^    {setting} = .*;$", line, text, flags=re.M)
        if not found:
            text = text.replace("\n};", f"\n{line}\n}};")
    return text


def port(card, number=1, vlan=0, families=(4, 6)):
    """An item of `ports`: 10.77.0.<number> and fd77::<number>."""
    tag = f"vlan = {vlan};" if vlan else ""
    forms = {4: f'"10.77.0.{number}/24"', 6: f'"fd77::{number}/64"'}
    addresses = ", ".join(forms[family] for family in families)
    return f'    {{ device = "{card.pci}"; {tag} addresses = [ {addresses} ]; }}'


class Rig(Computer):
    def __init__(self, image, share, folder, emulator):
        super().__init__(image, share, folder, emulator)
        self.cards = make_cards()
        self.cards_shown = list(self.cards.values())  # and virtual functions
        self._since = ""  # the journal's cursor before the last start of Weir

    def power_on(self, command_line="", iommu=IOMMU_ON):
        """Starts the machine; returns systemd's word on it."""
        nics = (CLIENTS_NIC, *(card.nic for card in self.cards.values()))
        word = self.boot(Hardware(nics, CPUS, MEMORY_MB, NODES, BUSES, command_line, iommu))
        return self._start_late_units() if word == "degraded" else word

    def _start_late_units(self):
        """What has run out of time while all CPUs were one or two gets more; systemd's word then."""
        failed = "systemctl --failed --plain --no-legend | cut -d ' ' -f 1"
        self.guest.run(f"systemctl restart $({failed})", timeout=300, check=False)
        return self.guest.run("systemctl is-system-running", check=False).output.strip()

    def tool(self, name, *arguments, timeout=180):
        """What a program of inside/ prints, from JSON."""
        words = " ".join(shlex.quote(str(argument)) for argument in arguments)
        return json.loads(self.guest.run(f"python3 {self.inside(name)} {words}", timeout).output)

    @staticmethod
    def inside(name):
        return f"{INSIDE}/{name}.py"

    def ask(self, command):
        """Weir's answer over telemetry, for instance to "ports"."""
        return json.loads(self.guest.run(f"weirctl --socket {SOCKET} --json {command}").output)

    # --- cards --------------------------------------------------------------------------------

    def qemu_id(self, card):
        """Of the card, for the monitor."""
        return f"nic{1 + list(self.cards).index(card.name)}"

    def _places(self):
        """PCI addresses of the kernel's interfaces, by MAC address."""
        listed = self.guest.run(
            "cd /sys/bus/pci/devices && for i in *; do "
            'cat $i/net/*/address $i/virtio*/net/*/address 2>/dev/null | sed "s/^/$i /"; done; true'
        ).output
        return {mac: pci for pci, mac in (line.split() for line in listed.splitlines())}

    def find_cards(self, timeout=60):
        """Fills in their addresses, which firmware and kernel choose, once the kernel drives all."""
        end = time.monotonic() + timeout
        while True:
            places = self._places()
            missing = [card.name for card in self.cards.values() if card.mac not in places]
            if not missing:
                break
            if time.monotonic() > end:
                raise Failure(f"the kernel has no interface of {', '.join(missing)}: {places}")
            time.sleep(1)
        for card in self.cards.values():
            card.pci = places[card.mac]

    def driver_of(self, card):
        path = f"/sys/bus/pci/devices/{card.pci}/driver"
        return self.guest.run(f"readlink {path}", check=False).output.strip().rpartition("/")[2]

    def link_of(self, card):
        """The kernel's interface of a card, empty while it has none."""
        names = f"/sys/bus/pci/devices/{card.pci}/net/* /sys/bus/pci/devices/{card.pci}/virtio*/net/*"
        said = self.guest.run(f"ls -d {names} 2>/dev/null", check=False).output.split()
        return said[0].rpartition("/")[2] if said else ""

    def group_of(self, card):
        path = f"/sys/bus/pci/devices/{card.pci}/iommu_group"
        return self.guest.run(f"basename $(readlink {path})").output.strip()

    def bind(self, card):
        """Gives a card to vfio-pci."""
        self.guest.run(f"modprobe vfio-pci && dpdk-devbind.py --bind=vfio-pci {card.pci}", timeout=120)
        self._expect_driver(card, "vfio-pci")

    def unbind(self, card):
        """Gives it back to the kernel, which has to find it as it was."""
        self.guest.run(f"dpdk-devbind.py --bind={card.kernel_driver} {card.pci}", timeout=120)
        self._expect_driver(card, card.kernel_driver)
        self.guest.wait_until(
            f"grep -qs {card.mac} /sys/bus/pci/devices/{card.pci}/net/*/address "
            f"/sys/bus/pci/devices/{card.pci}/virtio*/net/*/address",
            f"the kernel's interface of {card.name}",
        )

    def _expect_driver(self, card, driver):
        got = self.driver_of(card)
        if got != driver:
            raise Failure(f"{card.name} {card.pci} has the driver {got or 'none'} instead of {driver}")

    def set_link(self, card, up):
        self.machine.ask_monitor("set_link", name=self.qemu_id(card), up=up)

    def unplug(self, card):
        """As one who pulls it out: the guest's kernel is asked to let it go, and then it is gone."""
        self.machine.ask_monitor("device_del", id=self.qemu_id(card))

    def read_registers(self, address, count):
        """32-bit words of physical memory, such as registers of a card, as QEMU has them."""
        said = self.machine.ask_monitor(
            "human-monitor-command", **{"command-line": f"xp /{count}wx {address:#x}"}
        )
        return [int(word, 16) for line in said.splitlines() for word in line.split(":")[1].split()]

    def first_region(self, card):
        """Physical address of its registers."""
        return int(self.guest.read(f"/sys/bus/pci/devices/{card.pci}/resource").split()[0], 16)

    def prepare(self):
        """Installs Weir, once."""
        self.guest.run("apt-get install -y /mnt/packages/now/*.deb", timeout=900)
        self.drop_in("emulated", PATIENCE)
        for node in range(NODES):
            self.set_pages(node, PAGES)
        self.find_cards()

    def set_pages(self, node, count):
        """Huge pages of a NUMA node, now."""
        self.guest.run(f"echo {count} >{PAGES_FOLDER.format(node)}/nr_hugepages")
        got = self.pages(node)["nr"]
        if got != count:
            raise Failure(f"node {node} has {got} huge pages instead of {count}")

    def pages(self, node):
        """How many huge pages a node has, and how many of them are free."""
        folder = PAGES_FOLDER.format(node)
        words = self.guest.run(f"cat {folder}/nr_hugepages {folder}/free_hugepages").output.split()
        return dict(zip(("nr", "free"), map(int, words)))

    def expect_free_pages(self):
        """A Weir that has ended holds none."""
        for node in range(NODES):
            pages = self.pages(node)
            if pages["free"] != pages["nr"]:
                left = self.guest.run("ls /dev/hugepages", check=False).output.split()
                raise Failure(f"huge pages of node {node} after the end of Weir: {pages}; files: {left}")

    # --- Weir ---------------------------------------------------------------------------------

    def drop_in(self, name, text):
        """Settings of the service beside those of the package; none: takes them back."""
        path = f"{DROP_INS}/{name}.conf"
        if text:
            self.guest.write(path, text)
        else:
            self.guest.run(f"rm -f {path}")
        self.guest.run("systemctl daemon-reload")

    def configure(self, driver, ports, lcores=ONE_EACH, more=""):
        """`ports` is empty beside the kernel, where they follow from the driver file."""
        items = "ports = (\n" + ",\n".join(ports) + "\n);\n" if ports else ""
        text = CONFIGURATION.format(driver=driver, ports=items, lcores=lcores)
        self.guest.write(CONFIG, text + more)

    def note_journal(self):
        """log() begins here."""
        said = self.guest.run("journalctl -n 0 --show-cursor --no-pager", check=False).output
        self._since = said.split("-- cursor: ")[-1].strip()

    def log(self):
        """What Weir has said since it was last started here."""
        return self.guest.run(
            f"journalctl -u weir -o cat --no-pager --after-cursor={shlex.quote(self._since)}"
        ).output

    def start(self):
        """Starts the service and waits until its addresses are in use."""
        self.note_journal()
        self.guest.run(
            "systemctl reset-failed weir; rm -f /var/lib/weir/peers*; systemctl start weir", timeout=240
        )
        self.wait_until_served()

    def ports(self):
        return self.ask("ports")

    def verdict(self, name):
        """How many packets have ended in it."""
        return self.ask("verdicts")[name]

    def wait_until_served(self, timeout=60):
        end = time.monotonic() + timeout
        while True:
            ports = self.ports()
            if all(len(p["addresses_used"]) == len(p["addresses"]) and p["link_up"] for p in ports):
                return
            if time.monotonic() > end:
                raise Failure(f"no service after {timeout} s: {ports}")
            time.sleep(0.5)

    def end(self):
        """Stops the service, which has to end by itself and in order."""
        self.guest.run("systemctl stop weir", timeout=240)
        state = self.guest.run("systemctl show weir --property=Result --value").output.strip()
        if state != "success":
            raise Failure(f"the service ended with {state}:\n{self.log()}")
        leaked = [line for line in self.log().splitlines() if "leaked" in line]
        if leaked:
            raise Failure(leaked[0])
        self.expect_free_pages()

    def wait_for_problem(self, name, there, timeout=30):
        """Until the health check `name` fails, or is over."""
        end = time.monotonic() + timeout
        while self.ask("health")[name] != int(there):
            if time.monotonic() > end:
                raise Failure(f"health: {name} is not {int(there)} after {timeout} s\n{self.log()}")
            time.sleep(0.5)

    def wait_for_log(self, text, timeout=30):
        end = time.monotonic() + timeout
        while True:
            found = [line for line in self.log().splitlines() if text in line]
            if found:
                return found[-1]
            if time.monotonic() > end:
                raise Failure(f"Weir has not said {text!r} within {timeout} s:\n{self.log()}")
            time.sleep(0.5)

    def clients_link(self):
        return CLIENTS_NIC.kernel_name

    def tidy(self):
        """After a step that failed: as the first step has left the machine."""
        self.guest.run("systemctl disable --now weir; systemctl reset-failed weir", timeout=300, check=False)
        self.guest.run("ip -all netns delete", check=False)
        self.drop_in("beside", "")
        for node in range(NODES):
            self.set_pages(node, PAGES)
        for card in self.cards.values():
            if self.driver_of(card) == "vfio-pci":
                self.unbind(card)
            if self.driver_of(card):
                self.set_link(card, True)
