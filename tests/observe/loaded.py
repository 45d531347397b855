# SPDX-License-Identifier: BSD-3-Clause
"""A Weir on memif, and weir-load on its other end."""

import contextlib
import json
import subprocess

from suite import check

TIMEOUT_S = 900
STATION = "02:00:00:00:00:09"
TRACKER = "192.0.2.1"
TRACKER6 = "2001:db8::1"

CONFIG = """
ports = ( {{ addresses = [ "{tracker}/24", "{tracker6}/64" ]; }} );
host = {{ allow_private = true; dad = false; neighbour_rate = 1000000; }};
limits = {{ {limits} }};
swarm = {{ max_torrents = {torrents}; max_peers = {peers}; max_peers_ipv6 = {peers_ipv6}; }};
memory = {{ file_prefix = "{prefix}"; }};
{more}
driver = {{ name = "net_memif"; virtual = true; queues = 1; eal = [ "--no-pci", "{vdev}" ]; }};
"""

LOAD = ["--tracker6", TRACKER6, "--ipv6-share", 25, "--connect", 20, "--announce", 79]
LOAD += ["--clients", 1000, "--timeout", 3000, "--warm-up", 0.2, "--json", "-"]


class Load:
    """A weir-load that runs."""

    def __init__(self, words):
        self.process = subprocess.Popen(
            list(map(str, words)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def results(self, allowed=(0,)):
        """When it has ended by itself, with an exit status that is allowed."""
        out, err = self.process.communicate(timeout=TIMEOUT_S)
        check(self.process.returncode in allowed, f"weir-load: {err}")
        return json.loads(out)

    def end(self):
        self.process.kill()
        self.process.communicate()


class Loaded:
    def __init__(self, laboratory, weir, socket):
        self.weir = weir
        self.config_path = socket.with_name("weir.cfg")
        self._laboratory = laboratory
        # 8192 slots: room for what comes while another program has the CPU.
        self._vdev = f"--vdev=net_memif0,role=client,id=0,socket={socket},socket-abstract=no,rsize=13"

    def _words(self, options):
        return [self._laboratory.programs.weir_load, *LOAD, *options, "--", self._vdev]

    def load(self, *options):
        """Runs weir-load to its end; returns its results."""
        return self._laboratory.run(*self._words(options)).json()

    def mbufs_in_use(self):
        """The fewest of some moments: packets may be on their way."""
        return min(self.weir.ask("/weir/memory")["mbufs_in_use"] for _ in range(10))

    @contextlib.contextmanager
    def loading_to_end(self, *options):
        """weir-load in the background, as a Load."""
        load = Load(self._words(options))
        try:
            yield load
        finally:
            load.end()

    @contextlib.contextmanager
    def loading(self, *options):
        """weir-load in the background; ended with the context, if not by itself."""
        words = list(map(str, self._words(options)))
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


# All of the load comes from 1,000 clients.
NO_LIMITS = "budget = 0; connects = 0;"


@contextlib.contextmanager
def running(
    laboratory, torrents=20_000, peers=60_000, peers_ipv6=None, more="", limits=NO_LIMITS, dies=False
):
    folder = laboratory.folder()
    socket = folder / "memif.sock"
    text = CONFIG.format(
        tracker=TRACKER,
        tracker6=TRACKER6,
        torrents=torrents,
        peers=peers,
        limits=limits,
        peers_ipv6=peers if peers_ipv6 is None else peers_ipv6,
        prefix=laboratory.file_prefix(),
        more=more,
        vdev=f"--vdev=net_memif0,role=server,id=0,socket={socket},socket-abstract=no,mac={STATION}",
    )
    with laboratory.running(text, folder, dies=dies) as weir:
        yield Loaded(laboratory, weir, socket)
