# SPDX-License-Identifier: BSD-3-Clause
"""A tracker of the comparison."""

import re
from dataclasses import dataclass
from pathlib import Path

from weir import PORT

START_S = 60


@dataclass(frozen=True)
class Task:
    """The task that a tracker is started for."""

    cpu: int
    address: str
    torrents: int
    peers: int
    hashes: Path  # info_hashes of the load in hexadecimal, one per line


class Tracker:
    """A tracker on kernel sockets, installed from a package registry."""

    name = ""
    version = ""
    lists_self = False  # replies may list the requesting peer
    num_want = 30  # num_want of announces
    scrape_hashes = 10  # maximum number of torrents in a scrape
    needs_whitelist = False  # serves only torrents on a whitelist
    over_wire = True  # on the veth pair
    helpers = ()  # kernel threads that work for it, once it runs
    remark = ""  # limits of the comparison

    def __init__(self, folder):
        self.folder = folder / self.name

    @property
    def program(self):
        raise NotImplementedError

    def missing(self):
        """The reason why it cannot run; empty if it can."""
        return "" if self.program.exists() else "not installed (--install)"

    def install(self):
        """Installs it, which may take many minutes; raises Failed."""
        raise NotImplementedError

    def start(self, lab, wire, task):
        """Starts it; returns its process when it listens on its end of the veth pair."""
        folder = lab.place(self.name)
        words, environment = self.command(folder, task)
        wire.route_through_kernel()
        with wire.tracker.inside():
            process = lab.start(words, folder, environment, cpus=[task.cpu])
        process.wait_for(lambda: _listens(process.pid), f"port {PORT}", START_S)
        return process

    def stop(self, lab, process):
        process.popen.kill()  # it has nothing to save, and some take long to shut down
        lab.end(process)

    def command(self, folder, task):
        """Writes the configuration to `folder`; returns (words of the command, environment)."""
        raise NotImplementedError


def _listens(pid):
    """Whether the UDP port is open in the network namespace of the process."""
    port = re.compile(rf"^ *\d+: [0-9A-F]+:{PORT:04X} ", re.M)
    tables = (Path(f"/proc/{pid}/net/{name}") for name in ("udp", "udp6"))
    return any(port.search(table.read_text()) for table in tables if table.exists())
