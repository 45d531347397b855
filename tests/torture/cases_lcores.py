# SPDX-License-Identifier: BSD-3-Clause
"""One lcore of several stops for some seconds, as on a CPU that another program has."""

import os
import time

import loaded
from client import until
from stopped_thread import stopped, thread_of
from suite import Skipped, case, check

STALL_S = 5
LOAD_S = 8
TOLD_S = 1.0
RECOVERS_S = 1.0
RATE = 4000
RING = 256
LOAD = ("--torrents", 2000, "--peers", 10_000)


def two_workers():
    """The first CPU has both roles, the second one is a worker."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        raise Skipped("needs two CPUs")
    return f"lcores = {{ io = [ {cpus[0]} ]; workers = [ {cpus[0]}, {cpus[1]} ]; ring_size = {RING}; }};"


def worker_alone(weir):
    """The number of the lcore that is a worker and nothing else."""
    rows = weir.weir.ask("/weir/lcores")
    (number,) = (number for number, row in rows.items() if row["role"] == "worker")
    return number


def is_stuck(weir):
    return bool(weir.weir.ask("/weir/health").get("lcore_stuck"))


def stall(weir, number):
    """Seconds until health tells of it; packets of each lcore meanwhile, by number."""
    thread = thread_of(weir.weir.process.pid, f"rte-worker-{number}")
    began = time.monotonic()
    with stopped(thread):
        before = weir.weir.ask("/weir/lcores")
        told_s = until(lambda: is_stuck(weir), STALL_S, "health tells of the lcore")
        time.sleep(began + STALL_S - time.monotonic())
        after = weir.weir.ask("/weir/lcores")
    return told_s, {name: after[name]["packets"] - before[name]["packets"] for name in after}


@case("lcore: a worker stops for 5 s: told within 1 s, its torrents alone wait, and all is well 1 s later")
def worker_stops(laboratory):
    with loaded.running(laboratory, more=two_workers()) as weir:
        weir.load("--fill", *LOAD)
        mbufs = weir.mbufs_in_use()
        number = worker_alone(weir)
        with weir.loading_to_end(*LOAD, "--rate", RATE, "--duration", LOAD_S) as load:
            time.sleep(1)
            told_s, packets = stall(weir, number)
            well_s = until(lambda: not is_stuck(weir), 5, "health is well")
            results = load.results()
        dropped = weir.weir.ask("/weir/verdicts")["ring_full"]
        again = weir.load(*LOAD, "--rate", RATE, "--duration", 2)
        mbufs_left = weir.mbufs_in_use()
    check(told_s <= TOLD_S, f"health told of it after {told_s:.2f} s")
    check(well_s <= RECOVERS_S, f"health was well after {well_s:.2f} s")
    check(packets[number] == 0, f"it was not stopped: {packets}")
    check(results["wrong"] == 0, f"{results}")
    # Replies to requests that waited in its ring came after the time-out of the clients.
    lost = results["sent"] - results["answered"]
    check(0 < dropped <= lost <= dropped + RING, f"{lost} lost, {dropped} dropped before its ring: {results}")
    check(again["answered"] == again["sent"], f"afterwards: {again}")
    check(mbufs_left <= mbufs, f"{mbufs_left} mbufs are in use, {mbufs} before")
    print(f"# told after {told_s:.2f} s, well after {well_s:.2f} s; {lost} of {results['sent']} lost")
