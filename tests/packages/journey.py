# SPDX-License-Identifier: BSD-3-Clause
"""The life of the packages on one machine: installed, started, rebooted, upgraded, removed, purged."""

import json
import pathlib
import re
import subprocess
import sys

from fresh import PACKAGES, dependencies
from root import Failure
from tree import Tree

CLIENT = pathlib.Path(__file__).resolve().parent / "client.py"
CONFIG = "/etc/weir/weir.cfg"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -y -q --no-install-recommends"
TRACKER = "10.77.0.1"
BEFORE = "0.0.1"
AFTER = "9.9.9"
SHARED = "/media/packages"
HASH = "11" * 20
SECOND_HASH = "22" * 20
# A second tracker, with all that two of them must not share.
SECOND = """
driver = {
    name = "net_tap: TAP interface weir1";
    virtual = true;
    eal = [ "--no-pci", "--vdev=net_tap1,iface=weir1" ];
    rx_descriptors = 64;
    tx_descriptors = 64;
    rss = false;
};
ports = ( { addresses = [ "10.78.0.1/24" ]; } );
tracker = { key_file = "/var/lib/weir/second.key"; };
snapshot = { file = "/var/lib/weir/second.peers"; };
"""


def check(condition, text):
    if not condition:
        raise Failure(text)


class Journey:
    """`guest`: a booted one of nspawn.py; `packages`: of these sources; `shared`: SHARED of the guest."""

    def __init__(self, guest, packages, shared):
        self.guest = guest
        self.packages = packages
        self.shared = shared
        self.tree = None
        self.said = ""

    def say(self, text):
        return self.guest.shell(text).stdout

    def is_active(self, unit):
        return self.guest.run("systemctl", "is-active", unit, check=False).stdout.strip()

    def pid(self, unit="weir"):
        return int(self.say(f"systemctl show -P MainPID {unit}"))

    def program(self, unit="weir"):
        """The file that a service runs; "(deleted)" follows where it has been replaced."""
        return self.say(f"readlink /proc/{self.pid(unit)}/exe").strip()

    def start(self, unit):
        ended = self.guest.run("systemctl", "start", unit, check=False)
        check(
            ended.returncode == 0,
            ended.stdout + self.guest.run("systemctl", "status", "-n40", unit, check=False).stdout,
        )

    def set_up_host_end(self, interface="weir0", address="10.77.0.2/24"):
        self.say(f"ip link set {interface} up; ip addr replace {address} dev {interface}")

    def announce(self, *ports, info_hash=HASH, tracker=TRACKER):
        """Announces from within the network of the guest."""
        ended = subprocess.run(
            ["nsenter", f"--target={self.guest.leader}", "--net", sys.executable, CLIENT, tracker, info_hash]
            + [str(port) for port in ports],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        check(ended.returncode == 0, f"{ended.stderr}\n{self.say('journalctl -n 30 -u weir --no-pager')}")
        return json.loads(ended.stdout)

    def torrents(self):
        return json.loads(self.say("weirctl --json stats"))["torrents"]

    # --- the steps, in order ---

    def prepare(self):
        """Everything of Debian's is there, so that only our files make a difference."""
        self.say(f"{APT} satisfy '{dependencies(self.packages)}'")
        self.tree = Tree(self.guest)

    def install(self):
        said = self.say(f"{APT} install {PACKAGES}/*.deb")
        check("needs a correction" not in said and "does not start here" not in said, said)
        for unit in ("weir", "weir-gateway", "weir-hook"):
            enabled = self.guest.run("systemctl", "is-enabled", unit, check=False).stdout.strip()
            check(enabled == "disabled", f"{unit} is {enabled}")
            check(self.is_active(unit) == "inactive", f"{unit} is {self.is_active(unit)}")
        self.say("id weir; id weir-gateway")
        for path in ("/usr/sbin/weir", "/usr/bin/weirctl", "/usr/bin/weir-load", CONFIG):
            self.say(f"test -e {path}")
        self.say("weir --version && weirctl --version && weir-load --help >/dev/null")
        self.say("logrotate --debug /etc/logrotate.d/weir")
        self.say("/lib/systemd/systemd-sysctl /usr/lib/sysctl.d/60-weir.conf")
        return self.say("weir --version").strip()

    def check_configuration(self):
        self.say(f"weir -c {CONFIG} --check")

    def serve(self):
        self.start("weir")
        self.set_up_host_end()
        told = self.announce(7001, 7002)
        check(told["leechers"] == 2 and 7001 in told["ports"], told)
        return f"{told}, from a process of {self.say(f'stat -c %U /proc/{self.pid()}').strip()}"

    def look(self):
        """weirctl as root and as a member of the group; as nobody it is refused."""
        check(self.torrents() == 1, f"{self.torrents()} torrents")
        self.say("useradd --no-create-home --groups weir alice")
        self.say("runuser -u alice -- weirctl health")
        refused = self.guest.run("runuser", "-u", "nobody", "--", "weirctl", "health", check=False)
        check(refused.returncode != 0, "everybody may use weirctl")
        self.say("userdel alice")
        return refused.stdout.strip()

    def gateway(self):
        self.start("weir-gateway")
        said = self.say(
            "exec 3<>/dev/tcp/127.0.0.1/1212; "
            "printf 'GET /metrics HTTP/1.0\\r\\nHost: 127.0.0.1\\r\\n\\r\\n' >&3; cat <&3"
        )
        check(re.search(r"^weir_torrents(\{[^}]*\})? 1$", said, re.M), said[:2000])
        return "weir_torrents 1"

    def reboot(self):
        self.say("systemctl enable weir weir-gateway")
        self.guest.end()
        self.guest.boot()
        for unit in ("weir", "weir-gateway"):
            check(
                self.is_active(unit) == "active",
                self.guest.run("systemctl", "status", unit, check=False).stdout,
            )
        self.set_up_host_end()
        check(self.torrents() == 1, f"{self.torrents()} torrents")
        told = self.announce(7003)
        check(set(told["ports"]) >= {7001, 7002}, told)
        return str(told)

    def start_second(self):
        self.guest.run("tee", "/etc/weir/second.cfg", stdin=SECOND)
        self.start("weir@second")
        self.set_up_host_end("weir1", "10.78.0.2/24")
        return str(self.announce(7004, info_hash=SECOND_HASH, tracker="10.78.0.1"))

    def _upgrade(self, version):
        path = self.packages.again(version, self.shared)
        return self.say(f"{APT} --allow-downgrades install {SHARED}/{path.name}")

    def downgrade(self):
        """The version before: the same files under a lower number. Its upgrade is the next step."""
        self.said = self._upgrade(BEFORE)
        check("not restarted" not in self.said, self.said)
        self.say(f"sed -i 's/interval = 1800;/interval = 1700;/' {CONFIG} && systemctl reload weir")

    def upgrade(self):
        before = {unit: self.pid(unit) for unit in ("weir", "weir@second", "weir-gateway")}
        path = f"{PACKAGES}/{self.packages.found['weir'].name}"
        said = self.say(f"{APT} install {path}")
        for unit, pid in before.items():
            check(self.is_active(unit) == "active", said)
            check(
                self.pid(unit) != pid and "deleted" not in self.program(unit),
                f"{unit} was not restarted\n{said}",
            )
        check("interval = 1700;" in self.say(f"cat {CONFIG}"), "the configuration was replaced")
        self.set_up_host_end()
        self.set_up_host_end("weir1", "10.78.0.2/24")
        told = self.announce(7005)
        check(set(told["ports"]) >= {7001, 7002, 7003} and 1700 <= told["interval"] <= 1820, told)
        return str(told)

    def upgrade_refused(self):
        """The configuration has a line that the new program does not know."""
        self.say(f"sed -i 's/interval = 1700;/interval = 1700; intervall = 5;/' {CONFIG}")
        before = self.pid()
        said = self._upgrade(AFTER)
        check(self.pid() == before and "(deleted)" in self.program(), f"weir was restarted\n{said}")
        check("weir.service is not restarted" in said and "intervall" in said, said)
        check("deleted" not in self.program("weir@second"), "weir@second was not restarted")
        told = self.announce(7006)
        check(7005 in told["ports"], told)
        self.say(
            f"sed -i 's/ intervall = 5;//' {CONFIG} && weir -c {CONFIG} --check && systemctl restart weir"
        )
        check("deleted" not in self.program(), "the old program still runs")
        return "\n".join(line for line in said.splitlines() if line.startswith(("weir:", "  ")))

    def remove(self):
        self.say(f"{APT} remove weir weir-tools weir-doc")
        left = self.say("cat /proc/[0-9]*/comm | grep ^weir || true")
        check(left == "", left)
        self.say(f"test -s {CONFIG} && test -s /var/lib/weir/key && test -s /var/lib/weir/peers")
        self.say("! test -e /usr/sbin/weir && ! ip link show weir0 2>/dev/null")

    def purge(self):
        self.say("rm -f /etc/weir/second.cfg")  # the operator's, and no part of the package
        self.say("dpkg --purge weir weir-tools weir-doc && systemctl daemon-reload")
        left = self.tree.difference(Tree(self.guest))
        check(left == [], "\n".join(left))
        failed = self.say("systemctl --failed --plain --no-legend").strip()
        check("weir" not in failed, failed)
        return "files and users as before, but for users weir and weir-gateway"

    def install_broken(self):
        """A library of DPDK is not there, whatever dpkg knows."""
        libraries, kept = "/usr/lib/*/librte_hash.so.*", "/root/libraries"
        self.say(f"mkdir {kept} && ls -d {libraries} > {kept}/names && mv {libraries} {kept}/")
        said = self.say(f"{APT} install {PACKAGES}/weir_*.deb")
        for words in ("the program does not start here", "librte_hash.so", "apt-get install --fix-broken"):
            check(words in said, said)
        self.say(f"while read -r path; do mv {kept}/${{path##*/}} $path; done < {kept}/names && ldconfig")
        self.say("weir --version && dpkg --purge weir")
        return "\n".join(line for line in said.splitlines() if line.startswith(("weir:", "  ")))


STEPS = (
    ("what the packages need is there", Journey.prepare),
    ("installs, and starts nothing", Journey.install),
    ("the configuration passes --check", Journey.check_configuration),
    ("systemctl start weir answers announces", Journey.serve),
    ("weirctl works for root and the group weir, for nobody else", Journey.look),
    ("weir-gateway serves metrics", Journey.gateway),
    ("a reboot brings both back, with their peers", Journey.reboot),
    ("weir@second serves beside it", Journey.start_second),
    ("the version before is installed", Journey.downgrade),
    ("an upgrade keeps the configuration and restarts what runs", Journey.upgrade),
    ("an upgrade that the configuration does not fit keeps the old program", Journey.upgrade_refused),
    ("removal stops all of it and keeps configuration and state", Journey.remove),
    ("purge leaves nothing", Journey.purge),
    ("where the program does not start, the installation says why", Journey.install_broken),
)
