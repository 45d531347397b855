# SPDX-License-Identifier: BSD-3-Clause
"""Weir on a port that keeps files of requests in memory, one for each queue, and repeats them without end."""

import progress
from frames import FRAMES, SEED, TIME
from pipe import Pipe
from verdicts import handled
from weir import ADDRESS, Settings, Weir

MBUF_BYTES = 2432  # size of Weir's mbufs: DPDK's default plus headroom for AF_XDP
FILL_ADDRESS = "198.51.100.1"
MEASURED_TO = (
    ADDRESS,
    "02:70:63:61:70:00",
)  # the last byte of the driver's MAC address is the number of the port
FILL_TO = (FILL_ADDRESS, "02:70:63:61:70:01")

_SPARE_MBUFS = 16384  # in rings, queues and caches, besides those with the files
_STORE_MIB = 768


def mbufs_for(queues):
    return FRAMES * queues + _SPARE_MBUFS


def vdev(requests):
    """The device that reads the files, one for each queue."""
    return ",".join(["net_pcap0", *(f"rx_pcap={file.path}" for file in requests), "infinite_rx=1"])


class MemoryPort:
    """A Weir that is paused after its start; its store is filled first if there is a file for it."""

    def __init__(self, lab, options, name, requests, store, fill, io, workers, groups=None):
        self.name = name
        self._shares = requests[0].shares
        mbufs = mbufs_for(len(requests))
        settings = Settings(
            vdevs=[vdev(requests)],
            io=io,
            workers=workers,
            main=options.cpus[0],
            hugepages=options.hugepages,
            groups={
                "test": {"seed": SEED, "time": TIME},
                "swarm": {
                    "max_torrents": store.torrents * 11 // 10,  # the shares of workers are not exactly even
                    "max_peers": store.peers * 11 // 10,
                    "max_peers_ipv6": 0,
                },
                "memory": {"mbufs": mbufs, "size": mbufs * 4096 // 2**20 + _STORE_MIB},
                **(groups or {}),
            },
        )
        if fill is not None:
            pipe = Pipe(lab, "fill", fill)
            settings.vdevs.append(f"net_pcap1,rx_pcap={pipe.path}")
            # First, because requests of the first port get into the rings first.
            settings.ports = [("net_pcap1", [f"{FILL_ADDRESS}/24"]), ("net_pcap0", [f"{ADDRESS}/24"])]
        progress.tick(f"{name}: starting Weir")
        self.weir = Weir(lab, options.weir, settings, name).wait_ready()
        self.process = self.weir.process
        if fill is not None:
            pipe.fill(
                self.weir,
                store.peers,
                paced=len({*io, *workers}) > 1,
                tick=lambda share: progress.tick(f"{name}: store {share:.0%} filled"),
            )
        self.process.pause()

    def read(self):
        return self.weir.verdicts()

    def handled(self, before, after):
        return handled(self._shares, before, after)
