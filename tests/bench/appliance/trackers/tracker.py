# SPDX-License-Identifier: BSD-3-Clause
"""What the comparison knows of a tracker."""

import re
from dataclasses import dataclass
from pathlib import Path

from weir import PORT

START_S = 60


@dataclass(frozen=True)
class Task:
    """What a tracker is started for."""

    cpu: int
    address: str
    torrents: int
    peers: int
    hashes: Path  # info_hashes of the load, one in hexadecimal a line


class Tracker:
    """One that people run: on the kernel's sockets, built from a registry of packages."""

    name = ""
    version = ""
    lists_asker = False  # a reply may list the peer that asked
    num_want = 30  # peers that announces ask it for
    scrape_hashes = 10  # torrents that scrapes ask it for, at most
    wants_hashes = False  # serves only what it has been told of
    over_wire = True  # on the veth pair
    helpers = ()  # threads of the kernel that work for it, once it runs
    remark = ""  # where it is not like with like

    def __init__(self, folder):
        self.folder = folder / self.name

    @property
    def program(self):
        raise NotImplementedError

    def missing(self):
        """Why it cannot run, in words; nothing if it can."""
        return "" if self.program.exists() else "not installed (--install)"

    def install(self):
        """May take many minutes; raises Failed."""
        raise NotImplementedError

    def start(self, lab, wire, task):
        """The running process, once it listens on its end of the wire."""
        folder = lab.place(self.name)
        words, environment = self.command(folder, task)
        wire.route_through_kernel()
        with wire.tracker.inside():
            process = lab.start(words, folder, environment, cpus=[task.cpu])
        process.wait_for(lambda: _listens(process.pid), f"port {PORT}", START_S)
        return process

    def stop(self, lab, process):
        process.popen.kill()  # it has nothing to save, and some take long to part from it
        lab.end(process)

    def command(self, folder, task):
        """(words, environment) after the configuration was written to `folder`."""
        raise NotImplementedError


def _listens(pid):
    """Whether somebody has our UDP port in the process's namespace."""
    port = re.compile(rf"^ *\d+: [0-9A-F]+:{PORT:04X} ", re.M)
    tables = (Path(f"/proc/{pid}/net/{name}") for name in ("udp", "udp6"))
    return any(port.search(table.read_text()) for table in tables if table.exists())
