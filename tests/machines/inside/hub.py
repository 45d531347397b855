# SPDX-License-Identifier: BSD-3-Clause
"""The clients' side of a machine: namespaces on the NIC that the kernel has; Weir has the other.

It offers what tests of tests/clients want from their lab, so that they run here unchanged.
"""

import contextlib
import os
import pathlib
import shutil
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "clients"), str(TESTS / "support")]

import namespace  # noqa: E402
import process  # noqa: E402
import telemetry  # noqa: E402

RUNTIME_FOLDERS = ("/run/weir", "/run")  # of the service; of a Weir started by hand


class Weir:
    """The one that systemd runs."""

    def __init__(self):
        paths = [telemetry.socket_path(folder) for folder in RUNTIME_FOLDERS]
        self._path = next((path for path in paths if os.path.exists(path)), paths[0])

    def ask(self, command):
        return telemetry.ask(self._path, command)

    def stats(self):
        return self.ask("/weir/stats")

    def verdicts(self, family=None):
        return self.ask("/weir/verdicts" if family is None else f"/weir/verdicts,{family}")


class Client(namespace.Namespace):
    """10.77.0.<number> and fd77::<number> on a virtual interface above the NIC `link`."""

    def __init__(self, number, link):
        super().__init__(f"client{number}")
        namespace.process.run(
            f"ip link add link {link} name eth0 netns {self.name} type macvlan mode bridge".split()
        )
        self.ip("link", "set", "eth0", "addrgenmode", "none")
        self.ip("link", "set", "eth0", "up")
        self.ip("addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
        self.ip("addr", "add", f"fd77::{number}/64", "dev", "eth0", "nodad")


class Hub:
    """with Hub("enp0s2") as hub: …"""

    def __init__(self, link):
        self.link = link
        self.weir = Weir()
        self._clients = {}
        self._exits = contextlib.ExitStack()

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="hub-")
        self._exits.callback(shutil.rmtree, self.folder, ignore_errors=True)
        process.run(["sysctl", "-qw", f"net.ipv6.conf.{self.link}.disable_ipv6=1"])
        process.run(["ip", "link", "set", self.link, "up"])
        return self

    def __exit__(self, *error):
        return self._exits.__exit__(*error)

    def make_folder(self, *names):
        path = os.path.join(self.folder, *names)
        os.makedirs(path, exist_ok=True)
        return path

    def client(self, number):
        if number not in self._clients:
            self._clients[number] = Client(number, self.link)
            self._exits.callback(self._clients[number].delete)
        return self._clients[number]

    def spawn(self, where, *arguments, **options):
        child = where.spawn(*arguments, **options)
        self._exits.callback(process.stop, child)
        return child
