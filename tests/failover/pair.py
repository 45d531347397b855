# SPDX-License-Identifier: BSD-3-Clause
"""A router, two appliances behind it, and clients in front, each in a namespace of its own.

    clients  8.8.8.9, 2a00::9
       │
    router   ── bridge a ── appliance a: weir0 (Weir, by a packet socket) and the kernel's interface
             ── bridge b ── appliance b (the same bridge for VRRP)

An appliance sees the machine's own files, with the examples of docs/failing-over and the programs of this
build where a package would put them; what it writes stays in memory.
"""

import contextlib
import os
import re
import shutil
import signal
import tempfile

import namespace
import process
import telemetry

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLES = os.path.join(ROOT, "docs", "failing-over")
CLIENT = {4: ("8.8.8.9/24", "8.8.8.1/24"), 6: ("2a00::9/64", "2a00::1/64")}
INSTALLED = "/usr/share/doc/weir/failing-over"  # where the package weir-doc has the examples
# Room for the test's few torrents, and quick to start.
SMALL = "swarm = { max_torrents = 10000; max_peers = 50000; };\n"


def example(name):
    with open(os.path.join(EXAMPLES, name), encoding="utf-8") as file:
        return file.read()


def block(number, kind="cfg"):
    """A configuration of the guide, or its commands ("sh")."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", example("README.md"), re.M | re.S)[number]


class Host:
    """A namespace, and what it sees as its files."""

    def __init__(self, pair, name):
        self.pair = pair
        self.name = name
        self.net = namespace.Namespace(f"weir-{os.getpid()}-{name}")
        pair.on_exit(self.net.delete)
        self.ip = self.net.ip
        self.folder = os.path.join(pair.folder, name)
        self.root = os.path.join(self.folder, "root")
        self._mount()

    def _mount(self):
        paths = [os.path.join(self.folder, part) for part in ("upper", "work", "root")]
        for path in paths:
            os.makedirs(path)
        upper, work, root = paths
        layers = f"lowerdir=/,upperdir={upper},workdir={work}"
        process.run(["mount", "-t", "overlay", "overlay", "-o", layers, root])
        for path in ("dev", "proc"):
            process.run(["mount", "--bind", f"/{path}", f"{root}/{path}"])
        for path in ("run", "tmp"):
            process.run(["mount", "-t", "tmpfs", "tmpfs", f"{root}/{path}"])

    def path(self, path):
        """Where a file of the host is for us."""
        return self.root + path

    def write(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(path), mode)

    def _inside(self, words):
        # `ip netns exec` has made a mount namespace: the kernel's view of its interfaces goes there.
        return ["sh", "-c", 'mount -t sysfs sysfs "$0/sys" && exec chroot "$0" "$@"', self.root, *words]

    def run(self, *words, **how):
        return self.net.run(*self._inside([str(word) for word in words]), **how)

    def spawn(self, *words, log):
        """A program that ends with the pair at the latest; its output goes to /run/LOG.log."""
        path = self.path(f"/run/{log}.log")
        with open(path, "a", encoding="utf-8") as file:
            child = self.net.spawn(*self._inside([str(word) for word in words]), stdout=file, stderr=file)
        self.pair.on_exit(process.stop, child, signal.SIGKILL)
        return child

    def log(self, name):
        return process.read_text(self.path(f"/run/{name}.log"))

    def join(self, link, bridge):
        """An interface of the host in a bridge of the router."""
        router = self.pair.router
        port = f"{self.name}-{link}"
        router.ip("link", "add", port, "type", "veth", "peer", "name", link, "netns", self.net.name)
        router.ip("link", "set", port, "master", bridge, "up")
        self.ip("link", "set", link, "up")
        return port


class Appliance(Host):
    def __init__(self, pair, name, bridge, config):
        super().__init__(pair, name)
        self.config = config
        self.weir = self.hook = None
        programs = {"sbin/weir": "weir/weir", "bin/weirctl": "weirctl/weirctl"}
        for where, built in programs.items():
            shutil.copy(os.path.join(pair.build, "app", built), self.path(f"/usr/{where}"))
        shutil.copytree(os.path.join(ROOT, "drivers-config"), self.path("/etc/weir/drivers-config"))
        self.write("/etc/weir/weir.cfg", config + SMALL)
        shutil.copytree(EXAMPLES, self.path(INSTALLED))
        self.follow_guide(0)
        self.write("/var/lib/weir/key", "5a" * 32 + "\n", 0o600)
        # Weir's own interface has no address in the kernel.
        self.net.silence_ipv6()
        self.bridge = bridge
        self.weir_port = self.join("weir0", bridge)
        self.kernel_port = None

    def kernel_link(self, link, bridge, *addresses):
        """The kernel's interface beside Weir's."""
        for setting in ("disable_ipv6", "accept_dad"):  # a machine that is up has its addresses
            self.net.run("sh", "-c", f"echo 0 > /proc/sys/net/ipv6/conf/default/{setting}")
        self.kernel_port = self.join(link, bridge)
        for address in addresses:
            self.ip("addr", "add", address, "dev", link, *(("nodad",) if ":" in address else ()))

    def plug(self, *where):
        """Where its cables end: in a bridge ("master", NAME), or nowhere ("nomaster"). Links stay up."""
        for port in (self.weir_port, self.kernel_port):
            self.pair.router.ip("link", "set", port, *where)

    def follow_guide(self, number):
        """Commands of the guide, one after the other; what they say."""
        return self.run("sh", "-e", "-c", f"cd {INSTALLED}\n" + block(number, "sh")).stdout

    def start_weir(self):
        self.weir = self.spawn("/usr/sbin/weir", "-c", "/etc/weir/weir.cfg", log="weir")

    def wait_ready(self):
        def ready():
            if self.weir.poll() is not None:
                raise process.Failure(f"weir {self.name} ended:\n{self.log('weir')}")
            return self.health().get("ready") == 1

        process.wait_until(ready, f"ready {self.name}", 30)

    def ask(self, command):
        return telemetry.ask(telemetry.socket_path(self.path("/run")), command)

    def health(self):
        try:
            return self.ask("/weir/health") or {"status": "starts"}
        except (OSError, ValueError, KeyError):
            return {"status": "away"}

    def verdicts(self):
        return self.ask("/weir/verdicts")

    def start_hook(self, *options):
        self.hook = self.spawn("/usr/bin/weirctl", "hook", *options, "/etc/weir/hook", log="hook")


class Pair:
    """with Pair(build) as pair: …   Everything it made is gone afterwards."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.router = self.clients = None
        self.appliances = []
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="weir-failover-")
        self._exits.callback(shutil.rmtree, self.folder, ignore_errors=True)
        process.run(["mount", "-t", "tmpfs", "tmpfs", self.folder])
        self._exits.callback(process.run, ["umount", "-R", "-l", self.folder], check=False)
        self.router = Host(self, "router")
        for setting in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            self.sysctl(setting, 1)
        for family in ("ipv4", "ipv6"):
            self.sysctl(f"{family}/fib_multipath_hash_policy", 1)  # UDP ports, too
        self._add_clients()
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            for host in [self.router, *self.appliances]:
                for name in ("weir", "hook", "bird", "keepalived", "bgpd", "zebra"):
                    if host.log(name):
                        error.add_note(f"{host.name}, {name}:\n{host.log(name)[-3000:]}")
        return self._exits.__exit__(kind, error, trace)

    def on_exit(self, function, *arguments):
        self._exits.callback(function, *arguments)

    def sysctl(self, name, value):
        self.router.net.run("sh", "-c", f"echo {value} > /proc/sys/net/{name}")

    def bridge(self, name, *addresses):
        self.router.ip("link", "add", name, "type", "bridge")
        self.router.ip("link", "set", name, "up")
        # A switch has other ports, so the router's link stays up without the appliance.
        self.router.ip("link", "add", f"{name}-1", "type", "veth", "peer", "name", f"{name}-2")
        self.router.ip("link", "set", f"{name}-1", "master", name, "up")
        self.router.ip("link", "set", f"{name}-2", "up")
        for address in addresses:
            self.router.ip("addr", "add", address, "dev", name, *(("nodad",) if ":" in address else ()))

    def _add_clients(self):
        self.clients = namespace.Namespace(f"weir-{os.getpid()}-clients")
        self.on_exit(self.clients.delete)
        self.router.ip(
            "link", "add", "out", "type", "veth", "peer", "name", "eth0", "netns", self.clients.name
        )
        self.router.ip("link", "set", "out", "up")
        # On a virtual link the kernel leaves checksums unfinished; Weir takes them at their word.
        self.clients.run("ethtool", "-K", "eth0", "tx", "off")
        self.clients.ip("link", "set", "eth0", "up")
        for version, (client, router) in CLIENT.items():
            nodad = ("nodad",) if version == 6 else ()
            self.clients.ip("addr", "add", client, "dev", "eth0", *nodad)
            self.router.ip("addr", "add", router, "dev", "out", *nodad)
            self.clients.ip(f"-{version}", "route", "add", "default", "via", router.partition("/")[0])

    def appliance(self, name, bridge, config):
        made = Appliance(self, name, bridge, config)
        self.appliances.append(made)
        return made
