# SPDX-License-Identifier: BSD-3-Clause
"""A Weir with two ports: one for clients, one for attackers."""

import contextlib

import frames
import loaded
import pcap

ATTACKED = frames.Port(ipv4="198.51.100.1", ipv6="2001:db8:2::1", mac="02:00:00:00:00:0a")
# On the link of the attacked port, and elsewhere.
ATTACKERS = [
    frames.Client("198.51.100.9"),
    frames.Client("203.0.114.5"),
    frames.Client("2001:db8:2::9"),
    frames.Client("2a02:123::5"),
]
LIFE_S = 1800
PORTS = f"""
ports = (
    {{ device = "net_memif0"; addresses = [ "{loaded.TRACKER}/24", "{loaded.TRACKER6}/64" ]; }},
    {{ device = "net_memif1"; addresses = [ "{ATTACKED.ipv4}/24", "{ATTACKED.ipv6}/64" ]; }}
);
"""
CONFIG = """
host = {{ allow_private = true; dad = false; }};
limits = {{ budget = 0; connects = 0; }};
swarm = {{ max_torrents = 20000; max_peers = 60000; max_peers_ipv6 = 60000; }};
memory = {{ file_prefix = "{prefix}"; }};
driver = {{ name = "net_memif"; virtual = true; queues = 1; eal = [ "--no-pci", {vdevs} ]; }};
"""


class TwoPorts(loaded.Loaded):
    def __init__(self, laboratory, weir, sockets):
        super().__init__(laboratory, weir, sockets[0])
        self._attack = f"--vdev=net_memif1,role=client,id=0,socket={sockets[1]},socket-abstract=no,rsize=13"

    @contextlib.contextmanager
    def attacked(self, file, count):
        """Frames of a file, `count` in all, arrive at the second port as fast as it takes them. The context's
        value is the attacker's loaded.Load, which ends when it has sent all."""
        words = [self._laboratory.programs.weir_load, "--replay", file, "--count", count]
        load = loaded.Load([*words, "--json", "-", "--", self._attack])
        try:
            yield load
        finally:
            load.end()


def write_capture(folder, rows):
    path = folder / "attack.pcap"
    pcap.write(path, rows)
    return path


@contextlib.contextmanager
def running(laboratory):
    folder = laboratory.folder()
    sockets = [folder / "clients.sock", folder / "attack.sock"]
    macs = (loaded.STATION, ATTACKED.mac)
    vdevs = [
        f'"--vdev=net_memif{n},role=server,id=0,socket={socket},socket-abstract=no,mac={macs[n]}"'
        for n, socket in enumerate(sockets)
    ]
    text = PORTS + CONFIG.format(prefix=laboratory.file_prefix(), vdevs=", ".join(vdevs))
    with laboratory.running(text, folder, life_s=LIFE_S) as weir:
        yield TwoPorts(laboratory, weir, sockets)
