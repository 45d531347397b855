# SPDX-License-Identifier: BSD-3-Clause
"""A root with systemd and the libraries of the programs that were built here."""

import glob
import os
import pathlib
import platform
import subprocess

from root import Root, own_mirror
from systems import SYSTEMS

CACHE = pathlib.Path(os.environ.get("WEIR_SYSTEMS", "/var/cache/weir-systems"))
TOOLS = ("systemd", "systemd-sysv", "dbus", "iproute2", "curl", "util-linux")
DRIVERS = ("net_tap", "net_af_packet", "mempool_ring", "bus_vdev", "bus_pci")


def _libraries(programs):
    """Files that the programs load, DPDK's drivers included."""
    for program in programs:
        said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        yield from (line.split()[2] for line in said.splitlines() if "=> /" in line)
    for driver in DRIVERS:
        yield from glob.glob(f"/usr/lib/*/dpdk/pmds-*/librte_{driver}.so*")


def _packages(programs):
    found = {os.path.realpath(path) for path in _libraries(programs)}
    # Where /lib is /usr/lib, dpkg still knows some files by the name that their package gave them.
    files = sorted(found | {path.removeprefix("/usr") for path in found})
    said = subprocess.run(["dpkg", "-S", *files], capture_output=True, text=True, check=False).stdout
    return sorted({line.partition(":")[0] for line in said.splitlines()})


def _own_system():
    release = platform.freedesktop_os_release()
    for system in SYSTEMS:
        if system.suite == release.get("VERSION_CODENAME") and not system.foreign:
            return system
    raise LookupError(f"no recipe for {release.get('PRETTY_NAME')}")


def make(programs):
    """The folder of a root for this system's own release; made once, then brought up to date."""
    system = _own_system()
    folder = CACHE / f"services-{system.suite}"
    CACHE.mkdir(parents=True, exist_ok=True)
    root = Root(folder, system, CACHE / "services.log")
    root.make(own_mirror())
    root.install(*TOOLS, *_packages(programs))
    return folder
