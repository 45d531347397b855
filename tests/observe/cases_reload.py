# SPDX-License-Identifier: BSD-3-Clause
"""Reloads under load: every packet is judged by one configuration, and none is lost."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import loaded
import reloading
from private_network import private_network
from reloading import Reloading
from suite import case, check

RELOADS = 100
LOADS_MAX = 5  # one after the other, until there were that many reloads; a busy machine needs several
TIMEOUT_S = 60
MORE_BYTES = 2 << 20  # what a process may grow by
MEMORY_ASKED = 10
PEERS = 30
PAIRS = ((600, 5), (1200, 20))  # interval, peers_max_ipv4
KINDS = ("connect", "announce", "scrape")
ANNOUNCER = pathlib.Path(__file__).with_name("announcer.py")


class Announcing:
    """announcer.py, from its first announce to its last."""

    def __init__(self, inside):
        golden = pathlib.Path(__file__).parents[1] / "golden"
        self.process = subprocess.Popen(
            [*inside, sys.executable, ANNOUNCER, reloading.ADDRESS, str(PEERS)],
            env={**os.environ, "PYTHONPATH": str(golden), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        check(self.process.stdout.readline() == "ready\n", "it cannot announce")

    def end(self):
        out, _ = self.process.communicate(timeout=TIMEOUT_S)
        check(self.process.returncode == 0, f"exit status {self.process.returncode}")
        return json.loads(out)

    def close(self):
        self.process.kill()
        self.process.communicate()


def pair_settings(pair):
    return {"tracker.interval": pair[0], "tracker.peers_max_ipv4": pair[1], "tracker.interval_spread": 0}


class Footprint:
    """Memory in use once the first reloads are over."""

    def __init__(self, weir):
        self.weir = weir
        self.before = self._now()

    def _now(self):
        """What was retired is freed at the next tick; the fewest mbufs, for packets may be on their way."""
        time.sleep(0.3)
        asked = [self.weir.weir.ask("/weir/memory") for _ in range(MEMORY_ASKED)]
        mbufs = min(memory["mbufs_in_use"] for memory in asked)
        return asked[-1]["heap_used_bytes"], mbufs, self.weir.rss_bytes()

    def check(self, rss=True):
        (heap, mbufs, rss_before), (heap_now, mbufs_now, rss_now) = self.before, self._now()
        check(heap_now == heap, f"the heap held {heap} bytes, and holds {heap_now}")
        check(mbufs_now == mbufs, f"{mbufs} mbufs were in use, and {mbufs_now} are")
        if rss:
            check(rss_now - rss_before < MORE_BYTES, f"from {rss_before} to {rss_now} bytes")


@case("reload: in a hundred reloads every reply has all of one configuration")
def no_mixture(laboratory):
    with contextlib.ExitStack() as stack:
        inside = stack.enter_context(private_network())
        prefix = laboratory.file_prefix()
        device = {"driver.eal": ["--no-pci", "--vdev=net_af_packet0,iface=weir0"]}
        texts = [reloading.config_text(prefix, {**device, **pair_settings(pair)}) for pair in PAIRS]
        weir = stack.enter_context(reloading.running(laboratory, texts[0], inside))
        announcing = stack.enter_context(contextlib.closing(Announcing(inside)))
        for number in range(10):
            weir.reload(texts[(number + 1) % 2])
        footprint = Footprint(weir)
        for number in range(RELOADS):
            time.sleep(0.02)
            weir.reload(texts[(number + 1) % 2])
        told = announcing.end()
        footprint.check()
        verdicts = weir.weir.ask("/weir/verdicts")
        stats = weir.weir.ask("/weir/stats")
        config = weir.weir.ask("/weir/config")
    seen = {(interval, peers): count for interval, peers, count in told["pairs"]}
    check(set(seen) == set(PAIRS), f"{seen}")
    check(min(seen.values()) >= RELOADS, f"{seen}")
    check(told["lost"] == 0, f"{told}")
    check(verdicts["connect"] == told["connects"], f"{verdicts}")
    check(verdicts["announce"] == told["announces"], f"{verdicts} of {told}")
    check(stats["rx_packets"] == sum(verdicts.values()), f"{stats} {verdicts}")
    check((config["tracker/interval"], config["tracker/peers_max_ipv4"]) == PAIRS[0], f"{config}")
    check(weir.weir.ended.err.count(": tracker.interval: was ") == RELOADS + 10, weir.weir.ended.err)


class Load:
    """weir-load in a thread."""

    def __init__(self, weir_on_memif, *options):
        self.results = None
        self._thread = threading.Thread(target=self._run, args=(weir_on_memif, options))
        self._thread.start()

    def _run(self, weir_on_memif, options):
        self.results = weir_on_memif.load(*options)

    def runs(self):
        return self._thread.is_alive()

    def end(self):
        self._thread.join()
        check(self.results is not None, "weir-load has no results")
        return self.results


def total(loads, kind):
    """From the first connect of each load on."""
    return sum(load["kinds"][kind]["answered"] + load["kinds_before"][kind]["answered"] for load in loads)


def reload_while(weir, load, texts):
    """Reloads until the load ends; returns how many there were."""
    reloads = 0
    while load.runs():
        weir.reload(texts[reloads % 2])
        reloads += 1
        time.sleep(0.03)
    return reloads


def reload_under_load(weir_on_memif, weir, texts):
    """Returns the number of reloads, and the results of the loads."""
    reloads, loads = 0, []
    while reloads < RELOADS and len(loads) < LOADS_MAX:
        load = Load(weir_on_memif, "--duration", 8, "--torrents", 100, "--peers", 2000)
        reloads += reload_while(weir, load, texts)
        loads.append(load.end())
    return reloads, loads


@case("reload: in a hundred reloads under load no request is lost, no memory, no count")
def under_load(laboratory):
    more = "tracker = {{ interval = {}; peers_max_ipv4 = {}; interval_spread = 0; }};\n"
    one, other = (more.format(*pair) for pair in PAIRS)
    with loaded.running(laboratory, more=one) as weir_on_memif:
        weir = Reloading(weir_on_memif.weir, weir_on_memif.config_path)
        text = weir.path.read_text()
        texts = [text.replace(one, other), text]
        check(texts[0] != text, text)
        weir_on_memif.load("--count", 5000, "--warm-up", 0, "--torrents", 100, "--peers", 2000)
        for number in range(10):
            weir.reload(texts[number % 2])
        footprint = Footprint(weir)
        before = weir.weir.ask("/weir/verdicts")
        reloads, loads = reload_under_load(weir_on_memif, weir, texts)
        footprint.check(rss=False)  # its tables fill meanwhile
        verdicts = weir.weir.ask("/weir/verdicts")
        stats = weir.weir.ask("/weir/stats")
        health = weir.weir.ask("/weir/health")
    check(reloads >= RELOADS, f"{reloads} reloads")
    for results in loads:
        check(results["lost"] == results["wrong"] == results["errors"] == 0, json.dumps(results))
        check(results["answered"] == results["sent"], json.dumps(results))
    for kind in KINDS:
        more = verdicts[kind] - before[kind]
        check(more == total(loads, kind), f"{kind}: {more}, not {total(loads, kind)}")
    check(stats["rx_packets"] == sum(verdicts.values()), f"{stats} {verdicts}")
    check(health["reload_failing"] == 0, f"{health}")
