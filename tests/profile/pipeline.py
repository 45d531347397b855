# SPDX-License-Identifier: BSD-3-Clause
"""A weir on net_pcap that reads a file of frames in a loop: a load without a network."""

import os
import pathlib
import subprocess
import time

import config
import process
import telemetry
from appliance import Ended

DEVICE = "net_pcap0"
PREFIX = "weir"  # every weir has its own runtime directory
BURST = 32  # packets that an io lcore receives at once
WAIT_S = 300  # until packets arrive: valgrind is slow
ANSWER_S = 60
PAUSE_S = 0.2
START_S = 90  # under valgrind, on a slow machine

# Busy polling, so that idle turns would show; no rate limits in the host stack, and none by source: a file
# has few, which come back as fast as it repeats.
SETTINGS = {
    "tracker.interval_spread": 0,
    "host.allow_private": True,
    "host.dad": False,
    "host.echo_rate": 1000000,
    "host.unreachable_rate": 1000000,
    "host.neighbour_rate": 1000000,
    "limits.budget": 0,
    "limits.connects": 0,
    "lcores.idle": "poll",
    "driver.name": "net_pcap, repeating",
    "driver.virtual": True,
    "driver.rx_descriptors": 256,
    "driver.tx_descriptors": 256,
    "driver.queues": 1,
    "driver.checksum_offload": False,
    "driver.rss": False,
    "log.level": "debug",  # every counter at the end
    "security.seccomp": "off",  # valgrind makes calls of its own
    "test.seed": config.SEED,
    "test.time": config.TIME_S,
}

# The driver keeps the whole file in mbufs; these are for packets in transit.
SPARE_MBUFS = 8192

# Without huge pages an mbuf takes a page of 4 KiB, because it must not cross pages. Upper bounds for
# torrents and peers, indexes included.
BYTES_OF_MBUF = 4096
BYTES_OF_TORRENT = 256
BYTES_OF_PEER = 192
SPARE_MIB = 192


def memory_mib(mbufs, torrents, peers):
    needed = mbufs * BYTES_OF_MBUF + torrents * BYTES_OF_TORRENT + peers * BYTES_OF_PEER
    return SPARE_MIB + needed // (1 << 20)


def lcores(apart):
    """One lcore with both roles, or one for each. The control thread has little to do: it shares the
    last of these CPUs if there is no other."""
    cpus = sorted(os.sched_getaffinity(0))
    needed = 2 if apart else 1
    if len(cpus) < needed:
        raise process.Failure("--apart needs two CPUs")
    io, worker = cpus[0], cpus[needed - 1]
    main = cpus[needed] if len(cpus) > needed else worker
    return {"lcores.main": [main], "lcores.io": [io], "lcores.workers": [worker]}


class Pipeline:
    """A running weir, until the end of the `with` block. `folder`: a private directory."""

    def __init__(self, binary, load, folder, *, wrapper=(), apart=False):
        self.binary = binary
        self.load = load
        self.folder = pathlib.Path(folder)
        self.wrapper = wrapper
        self.settings = {**SETTINGS, **lcores(apart), **load.settings}
        self.process = None
        self._log = self.folder / "weir.log"

    def _config_text(self):
        mbufs = self.load.frames + SPARE_MBUFS
        torrents, peers = (self.settings[f"swarm.max_{what}"] for what in ("torrents", "peers"))
        settings = {
            **self.settings,
            "memory.file_prefix": PREFIX,
            "memory.hugepages": "no",
            "memory.size": memory_mib(mbufs, torrents, peers),
            "memory.mbufs": mbufs,
            "driver.eal": [
                "--no-pci",
                f"--vdev={DEVICE},rx_pcap={self.load.path},infinite_rx=1",
            ],
        }
        return config.text(settings, [{"device": DEVICE, "addresses": self.load.addresses}])

    def __enter__(self):
        path = self.folder / "weir.cfg"
        path.write_text(self._config_text())
        self.folder.chmod(0o700)
        with self._log.open("w") as log:
            self.process = process.spawn(
                [*self.wrapper, self.binary, "-c", path],
                cwd=self.folder,
                env={**os.environ, "RUNTIME_DIRECTORY": str(self.folder), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            process.wait_until(self._is_ready, "weir to be ready", START_S)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        process.stop(self.process, timeout=60)

    def _is_ready(self):
        if self.process.poll() is not None:
            raise process.Failure(f"weir ended with {self.process.returncode}:\n{self.log()}")
        return "weir: ready" in self.log()

    def log(self):
        return process.read_text(self._log)

    @property
    def pid(self):
        return self.process.pid

    def ask(self, command):
        path = telemetry.socket_path(self.folder, PREFIX)
        end = time.monotonic() + ANSWER_S
        while True:
            try:
                return telemetry.ask(path, command)
            except (TimeoutError, BlockingIOError):  # valgrind, on a busy machine
                if time.monotonic() > end:
                    raise process.Failure("no reply on the telemetry socket of weir") from None
                time.sleep(PAUSE_S)

    def packets(self):
        return self.ask("/weir/stats")["rx_packets"]

    def verdicts_since(self, before):
        """Packets by verdict since `before`, a reply to /weir/verdicts; without zeros."""
        after = self.ask("/weir/verdicts")
        return {name: n - before[name] for name, n in after.items() if n > before[name]}

    def wait_for_packets(self, count, what, progress):
        """Waits until `count` packets have been received since the start."""

        def enough():
            packets = self.packets()
            progress.show(f"{what}: {min(packets, count):,} of {count:,} packets")
            return packets >= count

        process.wait_until(enough, f"{what}: {count} packets", WAIT_S, pause=PAUSE_S)

    def warm_up(self, progress):
        """Waits until the load has passed often enough for a steady state."""
        self.wait_for_packets(self.load.warm_up, "warming up", progress)

    def lcore_threads(self):
        """Thread ids of the polling lcores."""
        tasks = pathlib.Path(f"/proc/{self.pid}/task").iterdir()
        return [int(t.name) for t in tasks if (t / "comm").read_text().startswith("rte-worker")]

    def end(self):
        """Stops weir and returns its counters."""
        status = process.stop(self.process, timeout=60)
        ended = Ended(status, "", self.log())
        if status != 0:
            raise process.Failure(f"weir ended with {status}:\n{ended.err}")
        return ended
