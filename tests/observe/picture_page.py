#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the pictures of the gateway's page anew: page-dark.png, page-light.png and page-phone.png
of a Weir that weir-load asks over memif, page-transfer.png of a transfer between two real clients,
which needs root. Takes two minutes.
"""

import argparse
import contextlib
import pathlib
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "golden"), str(TESTS / "support")]

import gateway  # noqa: E402
import page  # noqa: E402
from browser import Browser  # noqa: E402
from laboratory import Laboratory, Programs  # noqa: E402
from suite import check  # noqa: E402
from transferring import transferring  # noqa: E402

BYTES_MAX = 250_000  # of each picture
CONFIG = """
host = {{ allow_private = true; dad = false; }};
limits = {{ budget = 0; connects = 0; }};
swarm = {{ max_torrents = 60000; max_peers = 200000; max_peers_ipv6 = 80000; }};
memory = {{ file_prefix = "{prefix}"; }};
lcores = {{ io = [ 0 ]; workers = [ 1 ]; ring_size = 16384; }};
driver = {{ name = "memif"; virtual = true; queues = 1; eal = [ "--no-pci", {devices} ]; }};
ports = (
    {{ device = "net_memif0"; addresses = [ "192.0.2.1/24", "2001:db8::1/64" ]; }},
    {{ device = "net_memif1"; addresses = [ "198.51.100.1/24", "2001:db8:1::1/64" ]; }}
);
"""
ADDRESSES = [("192.0.2.1", "2001:db8::1"), ("198.51.100.1", "2001:db8:1::1")]
# Gentle, so that a small machine has room for all of it, and some of everything.
LOAD = ["--connect", 20, "--announce", 78, "--scrape", 2, "--ipv6-share", 30, "--clients", 4000]
LOAD += ["--torrents", 50000, "--peers", 80000, "--stopped", 3, "--completed", 3]
LOAD += ["--timeout", 3000, "--quiet"]
# Port, requests a second, percent of junk, when it begins and how long it lasts in seconds.
RUNS = [(0, 16000, 1, 0, 88), (1, 9000, 12, 22, 10), (1, 11000, 3, 42, 46)]
LOOK_S = 76  # after the first has begun
TRANSFER_S = 12
SETTLE_S = 0.6  # until bars have moved to where they belong
VIEWS = {
    "page-dark": {"width": 1440, "height": 1000, "scheme": "dark"},
    "page-light": {"width": 1440, "height": 1000, "scheme": "light"},
    "page-phone": {"width": 390, "height": 844, "scheme": "dark", "density": 2},
}


def device(port, role, folder, more=""):
    socket = f"socket={folder}/{port}.sock,socket-abstract=no"
    return f"net_memif{port},role={role},id={port},{socket}{more}"


def config_text(prefix, folder):
    stations = (f",mac=02:00:00:00:00:0{port + 1}" for port in range(2))
    devices = (f'"--vdev={device(p, "server", folder, mac)}"' for p, mac in enumerate(stations))
    return CONFIG.format(prefix=prefix, devices=", ".join(devices))


def start_load(weir_load, folder, port, rate, junk, seconds):
    ipv4, ipv6 = ADDRESSES[port]
    words = [weir_load, *LOAD, "--rate", rate, "--junk", junk, "--duration", seconds]
    words += ["--tracker", ipv4, "--tracker6", ipv6, "--seed", port + 1]
    words += ["--", "--no-pci", "--no-huge", "-m", 512, "--lcores", "0@0,1@0"]
    words += [f"--vdev={device(port, 'client', folder, ',rsize=12')}"]
    # It polls: behind everybody else, and all of it on one CPU, so that the browser has another.
    words = ["nice", "-n", "19", *words]
    return subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def busy(laboratory):
    """A Weir that can be asked much, seen by a gateway: its address, and a function that starts a
    run of the load."""
    folder, prefix = laboratory.folder(), laboratory.file_prefix()
    loads = []

    def start(*run):
        loads.append(start_load(laboratory.programs.weir_load, folder, *run))

    with (
        laboratory.running(config_text(prefix, folder), folder),
        gateway.serving(laboratory, prefix) as server,
    ):
        try:
            yield server.url, start
        finally:
            for load in loads:
                load.terminate()
                load.wait()


def take(browser, shown, path):
    shown.fresh()
    browser.pause(SETTLE_S)
    shown.tab.picture(path)
    size = path.stat().st_size
    print(f"{path}: {size // 1000} KB", flush=True)
    check(size < BYTES_MAX, f"{path} is larger than {BYTES_MAX} bytes")


def lively_pictures(laboratory, into):
    with busy(laboratory) as (address, start), Browser() as browser:
        views = {name: page.Shown(browser.page(**view), address) for name, view in VIEWS.items()}
        begin = time.monotonic()
        for port, rate, junk, after, seconds in RUNS:
            browser.pause(begin + after - time.monotonic())
            start(port, rate, junk, seconds)
        browser.pause(begin + LOOK_S - time.monotonic())
        for name, shown in views.items():
            shown.check_clean()
            take(browser, shown, into / f"{name}.png")


def transfer_picture(laboratory, into):
    with transferring(laboratory.programs.weir) as lab:
        if "skip" in lab:
            print(f"no picture of a transfer: {lab['skip']}")
            return
        with (
            gateway.serving(laboratory, None, "--socket", lab["socket"]) as server,
            Browser() as browser,
        ):
            shown = page.Shown(browser.page(), server.url)
            shown.fresh()
            shown.look_up(lab["info_hash"])
            shown.wait_torrent(lab["info_hash"])
            browser.pause(TRANSFER_S)
            take(browser, shown, into / "page-transfer.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of a build")
    parser.add_argument("--into", type=pathlib.Path, default=TESTS.parent / "docs/img", help="(docs/img)")
    arguments = parser.parse_args()
    with Laboratory(Programs.of(arguments.build)) as laboratory:
        lively_pictures(laboratory, arguments.into)
        transfer_picture(laboratory, arguments.into)


if __name__ == "__main__":
    main()
