# SPDX-License-Identifier: BSD-3-Clause
"""A running Weir whose configuration file is written again, and the signal for it."""

import contextlib
import os
import signal

import config
from suite import check

ADDRESS = "10.77.0.1"
PORT = {"addresses": [f"{ADDRESS}/24"]}
RING = {
    "driver.virtual": True,
    "driver.eal": ["--no-pci", "--vdev=net_ring0"],
    "driver.rx_descriptors": 256,
    "driver.tx_descriptors": 256,
    "swarm.max_torrents": 1000,
    "swarm.max_peers": 1000,
    "host.dad": False,  # ready at once
}
DONE, FAILED = "weir.cfg is in force", "reload failed: the running configuration stays"


class Reloading:
    def __init__(self, weir, path):
        self.weir = weir
        self.path = path
        self.done = self.failed = 0

    def signal(self):
        self.weir.process.send_signal(signal.SIGHUP)

    def write(self, text):
        """In one step, as editors and deployment tools do."""
        new = self.path.with_name("weir.cfg.new")
        new.write_text(text)
        new.rename(self.path)

    def reload(self, text=None):
        """Until the file is in force."""
        if text is not None:
            self.write(text)
        self.signal()
        self.done += 1
        self.weir.watched.wait_for(DONE, self.done)

    def refuse(self, text=None):
        """Until the reload has failed; nothing may have changed."""
        before = self.weir.ask("/weir/config")
        if text is not None:
            self.path.write_text(text)
        self.signal()
        self.failed += 1
        self.weir.watched.wait_for(FAILED, self.failed)
        after = self.weir.ask("/weir/config")
        check(after == before, f"it changed: {set(after.items()) ^ set(before.items())}")

    def said(self):
        return self.weir.watched.text()

    def rss_bytes(self):
        with open(f"/proc/{self.weir.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def config_text(prefix, settings=None, ports=(PORT,)):
    return config.text({**RING, "memory.file_prefix": prefix, **(settings or {})}, list(ports))


@contextlib.contextmanager
def running(laboratory, text, inside=()):
    folder = laboratory.folder()
    with laboratory.running(text, folder, inside=inside) as weir:
        yield Reloading(weir, folder / "weir.cfg")
