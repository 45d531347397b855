# SPDX-License-Identifier: BSD-3-Clause
"""Services in a guest: started, watched, reloaded, failing, restarted, stopped."""

import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import guest_root
from nspawn import Guest, obstacle

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SYSTEM = REPOSITORY / "scripts" / "system"
BUILD = ROOT = None  # set by run.py

PROGRAMS = (
    ("weir/weir", "/usr/sbin/weir"),
    ("weir-gateway/weir-gateway", "/usr/sbin/weir-gateway"),
    ("weirctl/weirctl", "/usr/bin/weirctl"),
)
HASH = "090c6d4fb3a03191c4ef1fda6236ef0efb2d5c10"
CONFIG = """
@include "/usr/share/weir/drivers-config/net_tap.cfg"
ports = ( { device = "net_tap0"; addresses = [ "10.77.0.1/24" ]; } );
tracker = { key_file = "%s"; };
snapshot = { file = "/var/lib/weir/peers"; };
access = { file = "/var/lib/weir/lists/torrents"; mode = "deny"; };
swarm = { max_torrents = 2000; max_peers = 5000; };
host = { dad = false; };
"""
KEY = "/var/lib/weir/key"
SEIZE, INTERRUPT = 0x4206, 0x4207  # of ptrace(2)
WALL = 0x40000000  # of waitpid(2): threads, too

# A connect and an announce of a seeder, or a scrape; what it prints is seeders and leechers.
CLIENT = r"""
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect(("10.77.0.1", 6969))
s.send(struct.pack(">QII", 0x41727101980, 0, 1))
id = s.recv(2048)[8:16]
info = bytes.fromhex(sys.argv[2])
if sys.argv[1] == "announce":
    s.send(id + struct.pack(">II", 1, 2) + info + b"-XX0000-abcdefghijkl"
           + struct.pack(">QQQIIIIH", 0, 0, 0, 2, 0, 1, 0xFFFFFFFF, 6881))
    r = s.recv(2048)
    print(*struct.unpack(">II", r[12:20])[::-1])
else:
    s.send(id + struct.pack(">II", 2, 3) + info)
    seeders, _, leechers = struct.unpack(">III", s.recv(2048)[8:20])
    print(seeders, leechers)
"""


def reap(thread):
    """Takes note of what the traced thread does; true."""
    try:
        os.waitpid(thread, os.WNOHANG | WALL)
    except ChildProcessError:
        pass
    return True


class Services(unittest.TestCase):
    """One guest for all; each test leaves its services stopped and its configuration as it was."""

    guest = folder = None

    @classmethod
    def setUpClass(cls):
        why = obstacle()
        if why is not None:
            raise unittest.SkipTest(f"a real systemd {why}")
        programs = [(BUILD / "app" / source, target) for source, target in PROGRAMS]
        root = ROOT or guest_root.make([path for path, _ in programs])
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-services-", dir="/var/tmp"))
        # No capability beyond what a container has: af_packet and TAP need no more.
        guest = Guest(root, cls.folder, "--bind=/dev/net/tun", "--bind-ro=/sys/module")
        for path, target in programs:
            guest.put(path, target, 0o755)
        for unit in SYSTEM.glob("*.service"):
            guest.put(unit, f"/usr/lib/systemd/system/{unit.name}")
        guest.put(SYSTEM / "weir.sysusers", "/usr/lib/sysusers.d/weir.conf")
        guest.put(SYSTEM / "weir.tmpfiles", "/usr/lib/tmpfiles.d/weir.conf")
        for config in (REPOSITORY / "drivers-config").glob("*.cfg"):
            guest.put(config, f"/usr/share/weir/drivers-config/{config.name}")
        guest.write("/etc/weir/weir.cfg", CONFIG % KEY)
        guest.write("/etc/sysusers.d/operators.conf", "u operator - -\nm operator weir\nu stranger - -\n")
        guest.boot()
        cls.guest = guest
        guest.shell("install -o weir -g weir -m 0600 /dev/null /var/lib/weir/lists/torrents")

    @classmethod
    def tearDownClass(cls):
        cls.guest.end()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def tearDown(self):
        self.run_in("systemctl stop weir weir-gateway 'weir@*' root; systemctl reset-failed", check=False)
        self.run_in(f"rm -f {KEY}")  # and with it a rotation that is under way
        self.configure(CONFIG % KEY)
        self.run_in("rm -rf /etc/systemd/system/*.service.d /etc/credstore; systemctl daemon-reload")

    # --- what tests do -------------------------------------------------------------------------

    def run_in(self, text, **options):
        return self.guest.shell(text, **options).stdout

    def configure(self, text, name="weir"):
        self.guest.shell(f"cat > /etc/weir/{name}.cfg", stdin=text)

    def drop_in(self, unit, text):
        self.guest.shell(
            f"cd /etc/systemd/system && mkdir -p {unit}.service.d && cat > {unit}.service.d/test.conf"
            " && systemctl daemon-reload",
            stdin=text,
        )

    def start(self, unit="weir", interface="weir0"):
        started = self.guest.shell(f"systemctl start {unit}", check=False)
        if started.returncode != 0:
            self.fail(self.run_in(f"systemctl status {unit} --no-pager -l -n 50", check=False))
        self.raise_interface(interface)

    def raise_interface(self, interface="weir0"):
        self.run_in(f"ip link set {interface} up && ip addr replace 10.77.0.2/24 dev {interface}")

    def show(self, name, unit="weir"):
        return self.run_in(f"systemctl show -p {name} --value {unit}").strip()

    def client(self, *words):
        ended = subprocess.run(
            ["nsenter", f"--target={self.guest.leader}", "--net", "/usr/bin/python3", "-c", CLIENT, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout.strip()

    def threads(self, unit="weir"):
        """Name and status of each thread of Weir, as the kernel tells them."""
        pid = self.show("MainPID", unit)
        said = self.run_in(
            f"cd /proc/{pid}/task; for t in *; do"
            " cat $t/comm; grep -E '^(Cap|Seccomp:|NoNew|Uid)' $t/status; echo; done"
        )
        blocks = [block.splitlines() for block in said.strip().split("\n\n")]
        return {
            lines[0]: dict(line.split(":\t", 1) for line in lines[1:] if ":\t" in line) for lines in blocks
        }

    def thread_outside(self, name):
        """Number of a thread of Weir as this machine counts it."""
        inside = self.show("MainPID")
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            pids = [line.split()[1:] for line in text.splitlines() if line.startswith("NSpid:")]
            if not text.startswith("Name:\tweir") or len(pids[0]) < 2 or pids[0][-1] != inside:
                continue
            if self.guest_of(status.parent) != self.guest_of(pathlib.Path(f"/proc/{self.guest.leader}")):
                continue
            for comm in status.parent.glob("task/*/comm"):
                if comm.read_text().strip() == name:
                    return int(comm.parent.name)
        self.fail(f"no thread {name}")
        return None

    @staticmethod
    def guest_of(process):
        return os.readlink(process / "ns" / "pid")

    # --- tests ---------------------------------------------------------------------------------

    def test_ready_and_status(self):
        self.start()
        self.assertEqual(self.show("ActiveState"), "active")
        self.assertIn(self.show("StatusText").split()[0], ("ready", "serving"))
        log = self.run_in("journalctl -u weir --no-pager -o cat")
        self.assertLess(log.index("weir: ready"), log.index("Started weir.service"))
        self.assertEqual(self.client("announce", HASH), "1 0")
        self.guest.wait_for(
            "figures in the status", lambda: "serving 1 torrents, 1 peers" in self.show("StatusText"), 15
        )

    def check_rights(self, threads):
        self.assertTrue({"weir", "eal-intr-thread", "weir-lists", "weir-snapshot"} <= set(threads), threads)
        user = self.run_in("id -u weir").strip()
        for name, status in threads.items():
            with self.subTest(name):
                for which in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
                    self.assertEqual(int(status[which], 16), 0, which)
                self.assertEqual(status["NoNewPrivs"], "1")
                self.assertEqual(status["Seccomp"], "2")
                self.assertEqual(status["Uid"].split(), [user] * 4)

    def test_rights(self):
        self.start()
        self.check_rights(self.threads())

    def test_rights_of_root(self):
        """Without a unit: root starts it, and security.user serves."""
        self.configure(CONFIG % KEY + 'security = { user = "weir"; };\n', "root")
        self.run_in("systemd-run --unit=root -p Type=notify weir -c /etc/weir/root.cfg")
        self.raise_interface()
        self.check_rights(self.threads("root"))
        self.assertEqual(self.client("announce", HASH), "1 0")
        self.run_in("weirctl snapshot && weirctl reload && weirctl secret rotate")
        operator = "setpriv --reuid=operator --regid=operator --init-groups"
        self.assertIn("status: ok", self.run_in(f"{operator} weirctl health"))
        self.run_in("systemctl stop root")
        self.run_in(
            "systemd-run --unit=root -p Type=notify weir -c /etc/weir/root.cfg && systemctl stop root"
        )
        self.assertIn("saved 1 torrents", self.run_in("journalctl -u root -o cat --no-pager"))
        self.assertNotIn("weir0", self.run_in("ip -br link"))

    def test_files_out_of_reach_of_the_user(self):
        self.configure((CONFIG % KEY).replace("/var/lib/weir/peers", "/root/peers"), "root")
        self.run_in("echo 'security = { user = \"weir\"; };' >> /etc/weir/root.cfg")
        said = self.guest.shell("weir -c /etc/weir/root.cfg", check=False)
        self.assertEqual(said.returncode, 1)
        self.assertIn("/root/peers: user weir (security.user) cannot write in the folder of it", said.stdout)

    def test_sockets_of_the_group(self):
        self.start()
        as_operator = "setpriv --reuid=operator --regid=operator --init-groups weirctl"
        self.assertIn("status: ok", self.run_in(f"{as_operator} health"))
        self.assertIn("snapshot of", self.run_in(f"{as_operator} snapshot"))
        said = self.guest.shell(
            "setpriv --reuid=stranger --regid=stranger --clear-groups weirctl health", check=False
        )
        self.assertEqual(said.returncode, 1)
        self.assertIn("members of control.group may use it", said.stdout)
        self.assertIn("status: ok", self.run_in("weirctl health"))  # root

    def test_lists_keys_and_links_as_the_user(self):
        self.start()
        self.assertIn("1", self.run_in(f"weirctl access add {HASH}"))
        self.assertIn(HASH, self.run_in("cat /var/lib/weir/lists/torrents"))
        self.run_in("weirctl secret rotate")
        self.assertIn("from=", self.run_in(f"cat {KEY}"))
        self.run_in(f"weirctl access remove {HASH}")
        self.run_in("ip link set weir0 mtu 1300")
        self.guest.wait_for(
            "the MTU", lambda: "MTU 1300" in self.run_in("journalctl -u weir -o cat --no-pager")
        )
        self.run_in("ip link set weir0 down")
        self.guest.wait_for("link_down", lambda: "link_down" in self.show("StatusText"), 15)

    def test_reload(self):
        self.start()
        self.run_in("systemctl reload weir")
        self.assertIn("is in force", self.run_in("journalctl -u weir -o cat --no-pager"))
        self.configure((CONFIG % KEY).replace("dad = false", "dad = 7"))
        refused = self.guest.shell("systemctl reload weir", check=False)
        self.assertNotEqual(refused.returncode, 0)
        log = self.run_in("systemctl status weir --no-pager -l -n 50", check=False)
        self.assertIn("the running configuration stays", log)
        self.assertIn("/etc/weir/weir.cfg:8: host.dad", log)
        self.assertEqual(self.show("ActiveState"), "active")
        self.assertEqual(self.client("announce", HASH), "1 0")

    def test_hanging_lcore_is_restarted(self):
        self.drop_in("weir", "[Service]\nWatchdogSec=6\n")
        self.start()
        pid = self.show("MainPID")
        thread = self.thread_outside("rte-worker-1")
        libc = ctypes.CDLL(None, use_errno=True)
        self.assertEqual(libc.ptrace(SEIZE, thread, 0, 0), 0, os.strerror(ctypes.get_errno()))
        self.assertEqual(libc.ptrace(INTERRUPT, thread, 0, 0), 0)
        self.guest.wait_for(
            "another Weir",
            # A thread that is traced is gone once its tracer has seen its end.
            lambda: reap(thread)
            and self.show("MainPID") not in (pid, "0")
            and self.show("ActiveState") == "active",
            60,
        )
        self.assertEqual(self.show("NRestarts"), "1")
        log = self.run_in("journalctl -u weir -o cat --no-pager")
        self.assertIn("lcore_stuck", log)
        self.assertIn("Watchdog timeout", log)

    def test_killed_weir_comes_back(self):
        self.start()
        self.client("announce", HASH)
        self.run_in("weirctl snapshot")
        pid = self.show("MainPID")
        self.run_in(f"kill -9 {pid}")
        self.guest.wait_for(
            "another Weir",
            lambda: self.show("MainPID") not in (pid, "0") and self.show("ActiveState") == "active",
            60,
        )
        self.raise_interface()
        self.assertEqual(self.client("scrape", HASH), "1 0")

    def test_restart_brings_swarms_back(self):
        self.start()
        self.client("announce", HASH)
        self.run_in("systemctl restart weir")
        self.raise_interface()
        self.assertEqual(self.client("scrape", HASH), "1 0")
        self.assertIn("restored 1 torrents", self.run_in("journalctl -u weir -o cat --no-pager"))

    def test_wrong_configuration_is_not_retried(self):
        self.configure("tracker = { port = 70000; };\n")
        self.assertNotEqual(self.guest.shell("systemctl start weir", check=False).returncode, 0)
        self.assertEqual(self.show("ActiveState"), "failed")
        self.assertEqual(self.show("NRestarts"), "0")
        said = self.run_in("systemctl status weir --no-pager -l", check=False)
        self.assertIn("not started: /etc/weir/weir.cfg:1: tracker.port", said)

    def test_failing_start_does_not_flap(self):
        self.configure((CONFIG % KEY).replace("net_tap0", "net_tap7"))
        self.guest.shell("systemctl start weir", check=False)
        self.guest.wait_for("the last attempt", lambda: self.show("ActiveState") == "failed", 90)
        self.assertEqual(self.show("NRestarts"), "5")
        said = self.run_in("systemctl status weir --no-pager -l", check=False)
        self.assertIn("not started: ", said)
        self.assertIn("net_tap7", said)

    def test_credentials(self):
        self.run_in(
            "mkdir -p /etc/credstore; umask 077; printf '%064d\\n' 7 > /etc/credstore/weir.key;"
            " echo secret > /etc/credstore/weir-gateway.token"
        )
        self.configure(CONFIG % "credential:weir.key")
        self.start()
        self.run_in("systemctl reload weir")  # reads it again
        refused = self.guest.shell("weirctl secret rotate", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is a credential of the service, which Weir cannot change", refused.stdout)
        self.run_in("systemctl start weir-gateway")
        ask = "curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:1212/api/v1/stats"
        self.assertEqual(self.run_in(ask), "401")
        self.assertEqual(self.run_in(f"{ask} -H 'Authorization: Bearer secret'"), "200")

    def test_gateway(self):
        self.run_in("systemctl start weir-gateway")  # before Weir
        self.start()
        self.client("announce", HASH)
        self.assertIn("ready: http://127.0.0.1:1212/", self.show("StatusText", "weir-gateway"))
        stats = "curl -s http://127.0.0.1:1212/api/v1/stats"
        self.guest.wait_for(  # it looks for Weir once a second
            "the gateway finds Weir", lambda: json.loads(self.run_in(stats)).get("seeders") == 1
        )
        self.assertIn("weir_up 1", self.run_in("curl -s http://127.0.0.1:1212/metrics"))
        pid = self.show("MainPID", "weir-gateway")
        self.assertEqual(
            self.run_in(f"ls /proc/{pid}/task/{pid}/children && cat /proc/{pid}/task/{pid}/children").split(),
            [f"/proc/{pid}/task/{pid}/children"],
        )
        status = self.run_in(f"cat /proc/{pid}/status")
        self.assertIn("Seccomp:\t2", status)
        self.assertIn("CapPrm:\t0000000000000000", status)
        self.run_in("systemctl restart weir")
        self.raise_interface()
        self.guest.wait_for(
            "the gateway finds Weir again",
            lambda: "weir_up 1" in self.run_in("curl -s http://127.0.0.1:1212/metrics"),
        )
        self.run_in("systemctl stop weir-gateway")
        self.assertEqual(self.show("Result", "weir-gateway"), "success")

    def test_several(self):
        other = (
            (CONFIG % "/var/lib/weir/key-other")
            .replace("10.77.0.1", "10.78.0.1")
            .replace("peers", "peers-other", 1)
        )
        other = other.replace(
            '@include "/usr/share/weir/drivers-config/net_tap.cfg"',
            "driver = { virtual = true; rss = false;"
            ' eal = [ "--no-pci", "--vdev=net_tap0,iface=other0" ]; };',
        )
        self.configure(other, "other")
        self.start()
        self.run_in("systemctl start weir@other")
        self.assertIn("status: ok", self.run_in("weirctl health"))
        self.assertIn("net_tap", self.run_in("weirctl --file-prefix other info"))
        self.run_in("systemctl reload weir@other && systemctl stop weir@other")
        self.assertIn("status: ok", self.run_in("weirctl health"))  # its sockets are still there

    def test_stop(self):
        self.start()
        self.run_in("systemctl stop weir")
        self.assertEqual(self.show("Result"), "success")
        self.assertEqual(self.show("ActiveState"), "inactive")
        log = self.run_in("journalctl -u weir -o cat --no-pager")
        self.assertIn("saved", log)
        self.assertNotIn("weir: error", log[log.rindex("stopping: Terminated") :])
        self.assertNotIn("weir0", self.run_in("ip -br link"))
