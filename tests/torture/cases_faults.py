# SPDX-License-Identifier: BSD-3-Clause
"""What breaks around a Weir that serves: an lcore that is stopped, links that flap, a disk that is full."""

import contextlib
import os
import pathlib
import subprocess
import sys
import time

import loaded
import reloading
from amount import times
from private_network import private_network
from stopped_thread import stopped, thread_of
from suite import case, check

STALL_S = 5
TOLD_S = 2.0  # a second until it counts as stuck, and a look
FLAPS = times(1000, 30)
START_S = 10
RESUMES_S = 2.0
UNTIL_SERVED = pathlib.Path(__file__).with_name("until_served.py")
TWO_WORKERS = "lcores = { io = [ 0 ]; workers = [ 0, 1 ]; };"
LOAD = ("--torrents", 2000, "--peers", 20_000, "--ipv6-share", 0, "--scrape", 0)
LOAD += ("--rate", 4000, "--timeout", 100)


def jobs_of(weir):
    """Jobs done, by lcore."""
    lcores = weir.weir.ask("/weir/lcores")
    return {int(number): row["packets"] for number, row in lcores.items() if "worker" in row["role"]}


def rates(weir, seconds):
    before = jobs_of(weir)
    time.sleep(seconds)
    return {lcore: (jobs - before[lcore]) / seconds for lcore, jobs in jobs_of(weir).items()}


def wait(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, f"not after {seconds} s: {what}")
        time.sleep(0.02)


def is_stuck(weir):
    return weir.weir.ask("/weir/health").get("lcore_stuck", 0) > 0


@case("fault: a worker stops for five seconds; the other goes on, it is told, and all is well again at once")
def stall(laboratory):
    with loaded.running(laboratory, more=TWO_WORKERS) as weir:
        weir.load("--fill", "--torrents", 2000, "--peers", 20_000)
        with weir.loading(*LOAD, "--duration", 60):
            time.sleep(1)
            before = rates(weir, 2)
            victim = max(lcore for lcore in before if lcore != 0)
            other = next(lcore for lcore in before if lcore != victim)
            with stopped(thread_of(weir.weir.process.pid, victim)):
                wait(lambda: is_stuck(weir), TOLD_S, "health tells of it")
                during = rates(weir, STALL_S - TOLD_S)
            wait(lambda: not is_stuck(weir), TOLD_S, "health is well")
            after = rates(weir, 2)
    check(before[victim] > 100 and before[other] > 100, f"{before}")
    check(during[victim] == 0, f"{during}")
    check(during[other] >= 0.9 * before[other], f"{during}, {before} before")
    check(after[victim] >= 0.9 * before[victim], f"{after}, {before} before")


def is_served(inside, seconds):
    golden = pathlib.Path(__file__).parents[1] / "golden"
    command = [*inside, sys.executable, UNTIL_SERVED, reloading.ADDRESS, str(seconds)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(golden)}, check=False).returncode == 0


def mbufs_in_use(weir):
    """The fewest of some moments: packets may be on their way."""
    return min(weir.ask("/weir/memory")["mbufs_in_use"] for _ in range(10))


@case("fault: the link goes down and up again and again, and each time clients are served at once")
def flaps(laboratory):
    settings = {"driver.eal": ["--no-pci", "--vdev=net_af_packet0,iface=weir0"], "limits.budget": 0}
    text = reloading.config_text(laboratory.file_prefix(), settings)
    with private_network() as inside, reloading.running(laboratory, text, inside) as reloaded:
        weir = reloaded.weir
        check(is_served(inside, START_S), "not served before the first flap")
        mbufs = mbufs_in_use(weir)
        for number in range(FLAPS):
            for state in ("down", "up"):
                subprocess.run([*inside, "ip", "link", "set", "weir0", state], check=True)
            check(is_served(inside, RESUMES_S), f"flap {number}: not served within {RESUMES_S} s")
        in_use = mbufs_in_use(weir)
    check(in_use <= mbufs, f"{in_use} mbufs, {mbufs} before")


@case(
    "fault: a snapshot finds the disk full: the one before stays, health tells of it; with room all is well"
)
def full_disk(laboratory):
    folder = laboratory.folder()
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "tmpfs", disk], check=True)
    try:
        more = f'snapshot = {{ file = "{disk}/peers"; interval = 0; }};'
        with loaded.running(laboratory, more=more) as weir:
            weir.load("--fill", "--torrents", 200, "--peers", 2000)
            first = laboratory.weirctl(weir.weir, "snapshot")
            check(first.status == 0, first.err)
            kept = (disk / "peers").read_bytes()
            (disk / "filler").write_bytes(b"")
            with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
                while True:
                    filler.write(bytes(4096))
            refused = laboratory.weirctl(weir.weir, "snapshot")
            check(refused.status != 0 and "No space left" in refused.err + refused.out, f"{refused}")
            wait(lambda: weir.weir.ask("/weir/health").get("snapshot_failing"), 5, "health tells of it")
            check((disk / "peers").read_bytes() == kept, "the snapshot before is another one")
            served = weir.load("--count", 20_000, "--torrents", 200, "--peers", 2000)
            check(served["lost"] == served["wrong"] == 0, f"{served}")
            (disk / "filler").unlink()
            again = laboratory.weirctl(weir.weir, "snapshot")
            check(again.status == 0, again.err)
            wait(lambda: not weir.weir.ask("/weir/health").get("snapshot_failing"), 5, "health is well")
    finally:
        subprocess.run(["umount", disk], check=True)
